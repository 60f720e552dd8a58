"""The payment file: made of what was settled, once, with a future date."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import update

from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.messages import PaymentFileRefused
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.payouts.give_file import list_payment_files
from kindpakket.services.payouts.lists import PayoutRefused, find_payout
from kindpakket.services.payouts.refused_files import refusal_of, sign_refusal
from kindpakket.store import tables as t
from tests.support.payouts import DAY, get_file, orders, pay_out, sell, told
from tests.support.town import BICYCLES, EVERYTHING, Town


def at(town: Town, moment: str) -> None:
    """Set the clock to a moment in winter time in the Netherlands."""
    town.clock.time = int(datetime.fromisoformat(moment + "+01:00").timestamp())


def day_of(file: bytes) -> str:
    return told(file, "PmtInf/ReqdExctnDt/Dt")


def refused(town: Town, batch: int, signers: list[Key]) -> bool:
    """Have officials sign that the bank refused the newest file; return whether the refusal is
    recorded."""
    context, enough = town.workspace.context, False
    for key in signers:
        message = refusal_of(context, batch)
        enough = sign_refusal(context, message, message.sign(context.ledger.domain, key))
    return enough


def files(town: Town, batch: int) -> list[tuple[int, str, int]]:
    payout = find_payout(town.workspace.context, batch)
    assert payout is not None
    listed = list_payment_files(town.workspace.context, payout)
    return [(each.number, each.day.isoformat(), len(each.refused_by)) for each in listed]


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("2027-01-20T10:00", "2027-01-21"),
        ("2027-01-22T23:59:59", "2027-01-25"),  # a Friday evening
        ("2027-01-23T00:00", "2027-01-25"),
        ("2027-03-25T12:00", "2027-03-30"),  # the Thursday before Easter
        ("2027-12-24T12:00", "2027-12-27"),  # Christmas is on a Saturday
        ("2027-12-31T23:00", "2028-01-03"),
    ],
)
def test_a_file_has_the_first_bank_day_after_it_is_first_asked_for(
    paid: Town, asked: str, day: str
) -> None:
    batch = pay_out(paid)
    at(paid, asked)
    assert day_of(get_file(paid, batch)) == day


def test_a_file_that_is_asked_for_late_has_a_day_that_is_to_come(paid: Town) -> None:
    batch = pay_out(paid)
    paid.clock.time += 40 * DAY
    today = datetime.fromtimestamp(paid.clock.time, UTC).date().isoformat()
    assert day_of(get_file(paid, batch)) > today


def test_a_file_that_is_asked_for_again_is_the_same_bytes(paid: Town) -> None:
    batch = pay_out(paid)
    file = get_file(paid, batch)
    paid.clock.time += 400 * DAY
    assert get_file(paid, batch) == file
    assert files(paid, batch) == [(1, "2027-01-18", 0)]


def test_two_who_ask_at_once_get_the_same_bytes(paid: Town) -> None:
    batch = pay_out(paid)
    with ThreadPoolExecutor(4) as pool:
        got = {task.result() for task in [pool.submit(get_file, paid, batch) for _ in range(4)]}
    assert len(got) == 1
    assert files(paid, batch) == [(1, "2027-01-18", 0)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"NL20INGB0001234567", b"BE68539007547034"),
        (b">30.00<", b">30.009<"),
        (b'Ccy="EUR">30.00', b'Ccy="USD">30.00'),
        (b"Caglar + Zn. Fietsen", b"Iemand anders"),
        (b"KP-1-4", b"KP-1-5"),
        (b"</PmtInf>", b"<CdtTrfTxInf/></PmtInf>"),
        (b"<GrpHdr>", b"<GrpHdr><GrpHdr/>"),
    ],
)
def test_a_file_that_was_changed_does_not_go_out(paid: Town, old: bytes, new: bytes) -> None:
    batch = pay_out(paid)
    file = get_file(paid, batch)
    assert old in file
    other = file.replace(old, new)
    values = {"bytes": other, "sha256": "0x" + sha256(other).hexdigest()}
    with paid.workspace.context.store.write() as db:
        db.execute(update(t.payment_files).values(**values))
    with pytest.raises(PayoutRefused, match="is hier veranderd"):
        get_file(paid, batch)


# ------------------------------------------------------------------------------ refused whole


def test_two_record_that_the_bank_refused_a_file_and_another_is_made(paid: Town) -> None:
    batch = pay_out(paid)
    first = get_file(paid, batch)
    paid.clock.time += 5 * DAY
    assert not refused(paid, batch, EVERYTHING[:1])
    assert get_file(paid, batch) == first, "one alone"
    assert refused(paid, batch, EVERYTHING[1:2])
    second = get_file(paid, batch)
    assert day_of(second) == "2027-01-21"
    assert told(second, "GrpHdr/MsgId") != told(first, "GrpHdr/MsgId")
    assert orders(second) == orders(first)
    assert get_file(paid, batch) == second
    assert files(paid, batch) == [(1, "2027-01-18", 2), (2, "2027-01-21", 0)]


def test_the_new_one_can_be_refused_too(paid: Town) -> None:
    batch = pay_out(paid)
    for number in (1, 2):
        get_file(paid, batch)
        refused(paid, batch, EVERYTHING[:2])
        assert [refusal for _, _, refusal in files(paid, batch)] == [2] * number
    get_file(paid, batch)
    assert len(files(paid, batch)) == 3


def test_one_official_twice_is_one(paid: Town) -> None:
    batch = pay_out(paid)
    get_file(paid, batch)
    assert not refused(paid, batch, [EVERYTHING[0]] * 2)


def test_an_official_without_payout_does_not_count(paid: Town) -> None:
    batch = pay_out(paid)
    get_file(paid, batch)
    paid.decide("setOfficial", address_of(EVERYTHING[2]), 2)
    with pytest.raises(Refusal, match="not_authorised"):
        refused(paid, batch, EVERYTHING[2:])


def test_a_refusal_stays_recorded_when_its_signer_leaves(paid: Town) -> None:
    batch = pay_out(paid)
    get_file(paid, batch)
    refused(paid, batch, EVERYTHING[1:])
    paid.decide("setOfficial", address_of(EVERYTHING[2]), 2)
    assert files(paid, batch) == [(1, "2027-01-18", 2)]


@pytest.mark.parametrize("block", [-1, 10**12])
def test_a_refusal_counts_by_who_has_payout_now_where_its_block_cannot_be_read(
    paid: Town, block: int
) -> None:
    """As on a node that pruned that block."""
    batch = pay_out(paid)
    get_file(paid, batch)
    refused(paid, batch, EVERYTHING[1:])
    with paid.workspace.context.store.write() as db:
        db.execute(update(t.file_refusals).values(block=block))
    assert files(paid, batch) == [(1, "2027-01-18", 2)]
    paid.decide("setOfficial", address_of(EVERYTHING[2]), 2)
    assert files(paid, batch) == [(1, "2027-01-18", 0)]


def test_a_refusal_does_not_count_by_a_block_that_is_not_final(
    paid: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, ledger = pay_out(paid), paid.workspace.context.ledger
    get_file(paid, batch)
    final = ledger.head()
    sell(paid, BICYCLES, 10_00)
    refused(paid, batch, EVERYTHING[1:])
    paid.decide("setOfficial", address_of(EVERYTHING[2]), 2)
    monkeypatch.setattr(ledger, "head", lambda: final)
    assert files(paid, batch) == [(1, "2027-01-18", 0)]


def test_a_refusal_of_another_file_is_not_kept(paid: Town) -> None:
    batch, context = pay_out(paid), paid.workspace.context
    get_file(paid, batch)
    message = refusal_of(context, batch)
    sign_refusal(context, message, message.sign(context.ledger.domain, EVERYTHING[1]))
    for other in (
        PaymentFileRefused(2, message.sha256_of_file, message.nonce),
        PaymentFileRefused(1, "0x" + "11" * 32, message.nonce),  # type: ignore[arg-type]
        PaymentFileRefused(1, message.sha256_of_file, message.nonce + 1),
    ):
        with pytest.raises(PayoutRefused):
            sign_refusal(context, other, other.sign(context.ledger.domain, EVERYTHING[0]))
    assert files(paid, batch) == [(1, "2027-01-18", 0)]


def test_a_refusal_that_nobody_signed_makes_no_new_file(paid: Town) -> None:
    """Whoever can write to the database cannot sign."""
    batch, context = pay_out(paid), paid.workspace.context
    file = get_file(paid, batch)
    refused(paid, batch, EVERYTHING[:1])
    with context.store.write() as db:
        (row,) = db.execute(t.file_refusals.select())
        for signature in (row.signature, b"", b"\x01" * 64):
            forged = row._asdict() | {"signer": f"0x{len(signature):040}", "signature": signature}
            forged["signer"] = "0x" + signature.hex()[:38].ljust(40, "0")
            db.execute(t.file_refusals.insert().values(forged))
    assert get_file(paid, batch) == file


def test_what_has_no_file_was_refused_by_no_bank(paid: Town) -> None:
    batch = pay_out(paid)
    with pytest.raises(PayoutRefused, match="is nog geen bestand gemaakt"):
        refused(paid, batch, EVERYTHING[:1])
