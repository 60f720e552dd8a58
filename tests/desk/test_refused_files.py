"""A payment file that the bank refused: two officials record it, and another file is made."""

import pytest

from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from tests.desk.office import ANNA, BRAM, Desk, field, read
from tests.desk.test_payouts import download, pay_out
from tests.support.payouts import HOLDERS, IBANS, give_account, orders, sell
from tests.support.town import BICYCLES, Town


@pytest.fixture(autouse=True)
def paid(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town that owes the bicycle shop 30.00."""
    monkeypatch.setenv("KINDPAKKET_PAYER_IBAN", "NL91ABNA0417164300")
    give_account(town, BICYCLES, IBANS[BICYCLES], HOLDERS[BICYCLES])
    sell(town, BICYCLES, 30_00)
    return town


def refuse(desk: Desk) -> str:
    """Sign that the bank refused the file; return the redirect."""
    page = desk.get("/uitbetalingen/1").text
    form = {name: field(page, name) for name in ("sha256", "nonce")}
    answer = desk.post(
        "/uitbetalingen/1/geweigerd", form | {"signature": desk.signed("/uitbetalingen/1")}
    )
    assert answer.status_code == 303, read(answer.text)
    return answer.headers["location"].rpartition("=")[2]


def test_a_file_that_the_bank_refused_is_made_anew_when_two_say_so(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    first = pay_out(anna, bram)
    paid.clock.time += 600
    assert refuse(anna) == "getekend"
    page = bram.page("/uitbetalingen/1")
    assert download(bram, 1) == first
    paid.clock.time += 600
    assert refuse(bram) == "geweigerd"
    page = anna.page("/uitbetalingen/1?gedaan=geweigerd")
    assert "Maak hier een nieuw bestand." in page
    assert "Haal het bestand" not in page
    second = download(anna, 1)
    assert second != first
    assert orders(second) == orders(first)
    page = anna.page("/uitbetalingen/1")
    signers = sorted(map(address_of, (ANNA, BRAM)))
    both = ", ".join(f"sleutel {official_code(signer)}" for signer in signers)
    assert f"Door de bank geweigerd, volgens {both} Bestand 2" in page
    assert download(bram, 1) == second


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonce", "1"),
        ("nonce", "x"),
        ("nonce", "9" * 30),
        ("sha256", "0x" + "11" * 32),
        ("sha256", "x"),
        ("signature", "0x" + "11" * 64),
        ("signature", ""),
        ("signature", "zz"),
    ],
)
def test_a_refusal_that_was_changed_is_not_kept(
    anna: Desk, bram: Desk, name: str, value: str
) -> None:
    pay_out(anna, bram)
    page = anna.get("/uitbetalingen/1").text
    form = {name: field(page, name) for name in ("sha256", "nonce")}
    form |= {"signature": anna.signed("/uitbetalingen/1")[0], name: value}
    assert anna.post("/uitbetalingen/1/geweigerd", form).status_code == 409
    assert "een tweede ambtenaar" not in bram.page("/uitbetalingen/1")
