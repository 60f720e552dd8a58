"""Bank accounts of shops: signed by the owner, or by two officials."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from kindpakket.actors import fields, hexed
from kindpakket.domain.categories import bits_of
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.protocol.messages import BankAccount
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.payouts.prepare import Verdict, preview
from kindpakket.services.shops.bank_accounts import (
    AccountValidity,
    find_account,
    list_versions,
    read_accounts,
    set_account,
    verify,
)
from kindpakket.store import tables as t
from kindpakket.store.database import StoreUnavailable
from tests.support.problems import problem
from tests.support.sessions import read, sign_in
from tests.support.town import ALL, BICYCLES, BOOKS, EVERYTHING, SAFE, Town, owner_of, till_of

IBAN, OTHER = "NL20INGB0001234567", "DE89370400440532013000"
DAY = 24 * 3600
NEXT_OWNER = Key(b"\x77" * 32)
THIEF = Key(b"\x78" * 32)


def message(town: Town, iban: str = IBAN, **changes: Any) -> BankAccount:
    """A message for the bicycle shop, one second later than the one before."""
    town.clock.time += 1
    usual = {"shop": BICYCLES, "iban": iban, "holder": "De Ketting", "nonce": town.now()}
    return BankAccount(**(usual | changes))


def sign(town: Town, signed: BankAccount, *keys: Key) -> Any:
    domain = town.api.domain
    signatures = [signed.sign(domain, key) for key in sorted(keys, key=address_of)]
    return set_account(town.workspace.context, signed, signatures)


def body(town: Town, signed: BankAccount, key: Key) -> dict[str, Any]:
    return fields(signed) | {"signature": hexed(signed.sign(town.api.domain, key))}


def by_owner(town: Town, iban: str = IBAN) -> BankAccount:
    signed = message(town, iban)
    answer = town.post("/bank-accounts", body(town, signed, owner_of(BICYCLES)))
    assert answer.status_code == 201, answer.text
    return signed


def validity(town: Town) -> AccountValidity | None:
    found = find_account(town.workspace.context, BICYCLES)
    return found and found[1]


def shown(town: Town, key: Key | None = None) -> Any:
    token = sign_in(town, key or owner_of(BICYCLES))
    return read(town, f"/shops/{BICYCLES}/bank-account", token).json()


def payable(town: Town) -> bool:
    """Whether a payout to the bicycle shop is possible."""
    town.api.pay(till_of(BICYCLES), town.code(1_00), 1_00)
    (line,) = preview(town.workspace.context, minimum=1, hold_days=0)
    assert line.shop == BICYCLES
    return line.verdict is Verdict.PAID


def replace_owner(town: Town, owner: Key = NEXT_OWNER) -> None:
    town.decide("setShop", BICYCLES, bits_of(["bicycles"]), address_of(owner), True)


# ------------------------------------------------------------------------------ who may


def test_the_owner_says_where_the_money_goes(town: Town) -> None:
    signed = by_owner(town)
    for key in (owner_of(BICYCLES), till_of(BICYCLES).key):
        assert shown(town, key) == {
            "iban": "NL20 •••• 4567",
            "holder": "De Ketting",
            "nonce": signed.nonce,
            "signedBy": "owner",
            "changedAt": "2027-01-15T09:00:01Z",
        }
    assert payable(town)


def test_without_an_account_there_is_none_and_nothing_is_paid(town: Town) -> None:
    assert shown(town) is None
    assert not payable(town)


@pytest.mark.parametrize("key", [EVERYTHING[0], till_of(BICYCLES).key, owner_of(BOOKS), THIEF])
def test_nobody_else_says_so_alone(town: Town, key: Key) -> None:
    problem(town.post("/bank-accounts", body(town, message(town), key)), 409, "not_the_owner")
    assert validity(town) is None


def test_two_officials_who_hold_shops_say_so(town: Town) -> None:
    sign(town, message(town), *EVERYTHING[:2])
    assert shown(town)["signedBy"] == "officials"
    assert payable(town)


@pytest.mark.parametrize(
    "keys",
    [
        (EVERYTHING[0], EVERYTHING[0]),
        (EVERYTHING[0], SAFE),
        (EVERYTHING[0], owner_of(BICYCLES)),
        EVERYTHING,
    ],
    ids=["one twice", "one without SHOPS", "one and the owner", "three"],
)
def test_no_other_hands_do(town: Town, keys: tuple[Key, ...]) -> None:
    with pytest.raises(Refusal, match="not_authorised"):
        sign(town, message(town), *keys)
    assert validity(town) is None


@pytest.mark.parametrize(
    ("field", "other"),
    [("shop", BOOKS), ("iban", OTHER), ("holder", "S. Jansen"), ("nonce", 1_800_000_000)],
)
def test_an_account_counts_as_it_was_signed(town: Town, field: str, other: object) -> None:
    changed = body(town, message(town), owner_of(BICYCLES)) | {field: other}
    problem(town.post("/bank-accounts", changed), 409, "not_the_owner")


# ------------------------------------------------------------------------- accepted accounts


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iban": "NL20INGB0001234568"}, "iban_invalid"),
        ({"iban": "BR1800360305000010009795493C1"}, "iban_invalid"),
        ({"holder": " De Ketting"}, "holder_invalid"),
        ({"holder": "C\u0327ag\u0306lar"}, "holder_invalid"),
        ({"holder": "\u202e"}, "holder_invalid"),
        ({"holder": "_"}, "holder_invalid"),
    ],
)
def test_an_account_that_no_bank_reads_is_refused(
    town: Town, changes: dict[str, str], code: str
) -> None:
    signed = body(town, message(town, **changes), owner_of(BICYCLES))
    problem(town.post("/bank-accounts", signed), 409, code)


def test_a_nonce_grows_and_is_at_most_a_day_ahead(town: Town) -> None:
    owner = owner_of(BICYCLES)
    first = message(town, nonce=town.now() + DAY + 1)
    assert town.post("/bank-accounts", body(town, first, owner)).status_code == 201
    older = message(town, OTHER, nonce=first.nonce - 1)
    problem(town.post("/bank-accounts", body(town, older, owner)), 409, "nonce_too_old")
    same = message(town, OTHER, nonce=first.nonce)
    problem(town.post("/bank-accounts", body(town, same, owner)), 409, "nonce_too_old")
    ahead = message(town, OTHER, nonce=town.now() + DAY + 2)
    problem(town.post("/bank-accounts", body(town, ahead, owner)), 409, "nonce_too_far_ahead")


def test_the_same_message_again_changes_nothing(town: Town) -> None:
    signed = by_owner(town)
    town.clock.time += 5
    again = town.post("/bank-accounts", body(town, signed, owner_of(BICYCLES)))
    assert again.status_code == 200
    assert again.json() == shown(town)
    assert len(list_versions(town.workspace.context, BICYCLES, 9)) == 1


def test_every_version_is_kept_with_who_signed_it(town: Town) -> None:
    by_owner(town)
    sign(town, message(town, OTHER), *EVERYTHING[:2])
    versions = list_versions(town.workspace.context, BICYCLES, 9)
    assert [each.iban for each in versions] == [OTHER, IBAN]
    assert versions[0].signers == tuple(sorted(map(address_of, EVERYTHING[:2])))
    assert versions[1].signers == (address_of(owner_of(BICYCLES)),)
    assert read_accounts(town.workspace.context)[BICYCLES] == versions[0]


def test_an_owner_who_signs_often_makes_no_page_long(town: Town) -> None:
    for _time in range(5):
        by_owner(town)
    context = town.workspace.context
    assert len(list_versions(context, BICYCLES, 3)) == 3
    assert read_accounts(context)[BICYCLES] == list_versions(context, BICYCLES, 1)[0]


def test_another_shop_reads_no_account(town: Town) -> None:
    by_owner(town)
    token = sign_in(town, owner_of(BOOKS))
    problem(read(town, f"/shops/{BICYCLES}/bank-account", token), 403, "not_authorised")


# ------------------------------------------------------------------------------ afterwards


def test_an_account_of_a_former_owner_is_marked(town: Town) -> None:
    by_owner(town)
    replace_owner(town)
    assert validity(town) is AccountValidity.OWNER_REPLACED
    assert shown(town, NEXT_OWNER)["signedBy"] == "former_owner"
    problem(
        town.post("/bank-accounts", body(town, message(town), owner_of(BICYCLES))),
        *(409, "not_the_owner"),
    )


def test_an_account_stays_when_the_officials_leave(town: Town) -> None:
    sign(town, message(town), *EVERYTHING[1:])
    replace_owner(town)
    newcomer = Key(b"\x79" * 32)
    town.decide("setOfficial", address_of(newcomer), ALL)
    town.decide("setOfficial", address_of(EVERYTHING[2]), 0)
    assert validity(town) is AccountValidity.VALID


def test_two_who_were_officials_before_sign_nothing(town: Town) -> None:
    newcomer = Key(b"\x79" * 32)
    town.decide("setOfficial", address_of(newcomer), ALL)
    town.decide("setOfficial", address_of(EVERYTHING[2]), 0)
    with pytest.raises(Refusal, match="not_authorised"):
        sign(town, message(town), *EVERYTHING[1:])


# ----------------------------------------------------------------------- a tampered database


@pytest.mark.parametrize(
    "lie",
    [
        {"iban": OTHER},
        {"holder": "S. Jansen"},
        {"signatures": b""},
        {"signatures": b"\x11" * 64},
        {"signatures": b"\x11" * 128},
        {"signatures": b"\x11" * 63},
    ],
    ids=str,
)
def test_a_row_that_was_changed_is_not_paid(town: Town, lie: dict[str, Any]) -> None:
    by_owner(town)
    with town.workspace.context.store.write() as db:
        db.execute(update(t.bank_accounts).values(lie))
    assert validity(town) is AccountValidity.NOT_SIGNED
    assert shown(town) is None
    assert not payable(town)


@pytest.mark.parametrize("lie", [{"set_at": 1}, {"block": 1}, {"block": 10**12}, {"block": -1}])
def test_what_is_not_signed_sends_no_money_elsewhere(town: Town, lie: dict[str, int]) -> None:
    by_owner(town)
    with town.workspace.context.store.write() as db:
        db.execute(update(t.bank_accounts).values(lie))
    assert validity(town) is AccountValidity.VALID
    if "block" in lie:  # for a block before the shop existed, or none, no signer is known
        replace_owner(town)
        assert validity(town) is AccountValidity.NOT_SIGNED


@pytest.mark.parametrize("moved", [f"shop = {BOOKS}", "nonce = 1800000000"])
def test_a_row_that_was_moved_is_not_paid(town: Town, moved: str) -> None:
    by_owner(town)
    with town.workspace.context.store.write() as db:
        db.execute(text(f"UPDATE bank_accounts SET {moved}"))
    with pytest.raises(StoreUnavailable, match="bank_accounts"):
        read_accounts(town.workspace.context)


def test_an_account_of_another_shop_is_not_paid(town: Town) -> None:
    by_owner(town)
    with town.workspace.context.store.write() as db:
        row = dict(db.execute(select(t.bank_accounts)).mappings().one())
        db.execute(insert(t.bank_accounts).values(row | {"shop": BOOKS}))
    accounts = read_accounts(town.workspace.context)
    assert verify(town.workspace.context, accounts[BOOKS]) is AccountValidity.NOT_SIGNED


@pytest.mark.parametrize("keys", [(THIEF,), (THIEF, EVERYTHING[0]), (till_of(BICYCLES).key,)])
def test_a_row_that_was_put_in_is_not_paid(town: Town, keys: tuple[Key, ...]) -> None:
    by_owner(town)
    signed = message(town, OTHER)
    signatures = [signed.sign(town.api.domain, key) for key in sorted(keys, key=address_of)]
    with town.workspace.context.store.write() as db:
        row = dict(db.execute(select(t.bank_accounts)).mappings().one())
        row |= vars(signed) | {"signatures": b"".join(signatures)}
        db.execute(insert(t.bank_accounts).values(row))
    assert validity(town) is AccountValidity.NOT_SIGNED
    assert not payable(town)


def test_views_that_were_changed_give_nobody_authority(town: Town) -> None:
    signed = message(town, OTHER)
    with town.workspace.context.store.write(views=True) as db:
        db.execute(update(t.shops).values(owner=address_of(THIEF)))
        db.execute(insert(t.officials).values(official=address_of(THIEF), capacities=ALL))
    problem(town.post("/bank-accounts", body(town, signed, THIEF)), 409, "not_the_owner")
    with pytest.raises(Refusal, match="not_authorised"):
        sign(town, signed, THIEF, EVERYTHING[0])


def test_an_older_version_that_was_put_back_has_a_lower_nonce(town: Town) -> None:
    by_owner(town)
    newer = by_owner(town, OTHER)
    with town.workspace.context.store.write() as db:
        db.execute(delete(t.bank_accounts).where(t.bank_accounts.c.nonce == newer.nonce))
    assert shown(town)["nonce"] < newer.nonce


def test_without_the_ledger_nothing_is_said_of_an_account(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_owner(town)
    (account,) = list_versions(town.workspace.context, BICYCLES, 9)

    def cut(*_args: object, **_more: object) -> None:
        raise LedgerUnavailable("cut")

    monkeypatch.setattr(town.workspace.context.ledger, "view", cut)
    with pytest.raises(LedgerUnavailable):
        verify(town.workspace.context, account)
