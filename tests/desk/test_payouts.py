"""Payouts at the desk: a preview, two signatures for every account, and the payment file."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.payouts.lists import list_payouts
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from tests.desk.office import ANNA, BRAM, Desk, at_the_desk, decided_by_two, field, read
from tests.support.payouts import DAY, Order, give_account, orders, told
from tests.support.small_town import key
from tests.support.town import BICYCLES, BOOKS, Town, till_of

HELP_DESK = Settings.model_fields["help_desk"].default
"""An example."""
NOW = "?minimum=0,01&dagen=0"
"""Rules without a minimum and hold days: everything that is owed."""


@pytest.fixture(autouse=True)
def payer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PAYER_IBAN", "NL91ABNA0417164300")


@pytest.fixture
def paid(town: Town) -> Town:
    """A town that owes the bicycle shop 30.00 and the bookshop 12.50, both with an account."""
    give_account(town, BICYCLES, "NL20 INGB 0001 2345 67", "Çağlar & Zn.")
    give_account(town, BOOKS, "DE89 3704 0044 0532 0130 00", "De Kaft")
    sell(town, BICYCLES, 30_00)
    sell(town, BOOKS, 12_50)
    return town


def sell(town: Town, shop: ShopId, amount: int) -> Any:
    return town.api.pay(till_of(shop), town.code(amount), amount)


def form(desk: Desk, rules: str = NOW) -> dict[str, str]:
    """The fields of the form below a preview."""
    page = desk.get(f"/uitbetalingen/nieuw{rules}").text
    return {name: field(page, name) for name in ("seen", "minimum", "dagen")}


def prepare(desk: Desk, rules: str = NOW) -> str:
    return desk.prepare("/uitbetalingen/nieuw", form(desk, rules))


def pay_out(anna: Desk, bram: Desk) -> bytes:
    anna.town.clock.time += 1
    decided_by_two(anna, bram, prepare(anna))
    batch = list_payouts(anna.town.workspace.context)[0].batch
    return download(anna, batch)


def download(desk: Desk, batch: int) -> bytes:
    answer = desk.post(f"/uitbetalingen/{batch}/bestand")
    assert answer.status_code == 200, read(answer.text)
    return answer.content


def batches(town: Town) -> list[int]:
    return [each.batch for each in list_payouts(town.workspace.context)]


# ------------------------------------------------------------------------------ preview


def test_a_preview_says_what_each_shop_gets_and_why_not(paid: Town, anna: Desk) -> None:
    sell(paid, ShopId(1), 5_00)
    page = anna.page("/uitbetalingen/nieuw?minimum=15&dagen=0")
    assert "Winkel 1 (1) € 35,00 € 35,00" not in page, "nothing is on hold"
    assert "Winkel 1 (1) € 35,00 € 0,00 € 35,00" in page
    assert "Winkel 4 (4) € 12,50 € 0,00 € 0,00 onder het drempelbedrag; blijft staan" in page
    assert "Winkels 1 Totaal € 35,00" in page


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ("", "Winkel 1 (1) € 30,00 € 30,00 € 0,00 alles is nog in de wachttijd"),
        ("?minimum=30,01&dagen=0", "Winkel 1 (1) € 30,00 € 0,00 € 0,00 onder het drempelbedrag"),
        ("?minimum=30&dagen=0", "Winkel 1 (1) € 30,00 € 0,00 € 30,00"),
    ],
)
def test_a_preview_goes_by_the_minimum_and_the_hold_days(anna: Desk, rules: str, line: str) -> None:
    assert line in anna.page(f"/uitbetalingen/nieuw{rules}")


def test_a_shop_without_an_account_and_one_below_zero_are_told(
    town: Town, anna: Desk, bram: Desk
) -> None:
    give_account(town, BICYCLES, "NL20 INGB 0001 2345 67", "F")
    payment = sell(town, BICYCLES, 10_00)
    pay_out(anna, bram)
    town.api.refund(till_of(BICYCLES), payment["id"], 4_00, town.now())
    sell(town, BOOKS, 1_00)
    page = anna.page(f"/uitbetalingen/nieuw{NOW}")
    assert "Winkel 1 (1) € -4,00 € 6,00" not in page
    assert "staat in de min; dat gaat van de volgende omzet af" in page
    assert "geen rekening bekend" in page
    assert "Bereid de uitbetaling voor" not in page


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("rules", "mistake", "kept"),
    [
        ("?minimum=veel&dagen=0", "Dit is geen bedrag.", "veel"),
        ("?minimum=0&dagen=0", "Dit is geen bedrag.", "0"),
        ("?minimum=5&dagen=-1", "Vul een aantal dagen in van 0 tot 3650.", "-1"),
        ("?minimum=5&dagen=3651", "Vul een aantal dagen in van 0 tot 3650.", "3651"),
        ("?minimum=5&dagen=³", "Vul een aantal dagen in van 0 tot 3650.", "³"),
    ],
)
def test_a_preview_tells_what_it_cannot_read(
    anna: Desk, rules: str, mistake: str, kept: str
) -> None:
    answer = anna.get(f"/uitbetalingen/nieuw{rules}")
    assert answer.status_code == 400
    assert mistake in read(answer.text)
    assert f'value="{kept}"' in answer.text
    assert "Bereid de uitbetaling voor" not in answer.text


def test_an_account_to_pay_from_is_asked_for_by_its_setting(
    paid: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KINDPAKKET_PAYER_IBAN")
    with at_the_desk(paid, ANNA) as (anna,):
        assert "Stel KINDPAKKET_PAYER_IBAN in." in read(anna.get("/uitbetalingen/nieuw").text)
        answer = anna.post("/uitbetalingen/nieuw", {"minimum": "5", "dagen": "0", "seen": "x"})
        assert answer.status_code == 409
    assert batches(paid) == []


def test_no_payout_is_prepared_with_an_example_value(paid: Town) -> None:
    with at_the_desk(paid, ANNA) as (anna,):
        known = form(anna)
    with at_the_desk(paid, ANNA, help_desk=HELP_DESK) as (anna,):
        page = read(anna.get(f"/uitbetalingen/nieuw{NOW}").text)
        assert "dit zijn nog voorbeelden: KINDPAKKET_HELP_DESK." in page
        assert anna.post("/uitbetalingen/nieuw", known).status_code == 409
    assert batches(paid) == []


def test_nothing_to_pay_is_nothing_to_prepare(anna: Desk) -> None:
    assert "Geen winkel heeft iets te goed." in anna.page("/uitbetalingen/nieuw")
    assert "Begin met een uitbetaling maken" in anna.page("/uitbetalingen")


# ------------------------------------------------------------------------------ prepare, sign


@pytest.mark.usefixtures("paid")
def test_a_payout_goes_from_a_preview_to_a_file_for_the_bank(anna: Desk, bram: Desk) -> None:
    prepared = prepare(anna)
    assert "Bekijk namen en rekeningen voordat u tekent" in bram.page(f"/besluiten/{prepared}")
    decided_by_two(anna, bram, prepared)
    answer = bram.post("/uitbetalingen/1/bestand")
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["content-disposition"] == 'attachment; filename="KP-1.xml"'
    assert answer.headers["cache-control"] == "no-store"
    assert orders(answer.content) == [
        Order(
            "Caglar + Zn.",
            "NL20INGB0001234567",
            "30.00",
            "KP-1-1",
            "Kindpakket uitbetaling 1, winkel 1: Winkel 1",
        ),
        Order(
            "De Kaft",
            "DE89370400440532013000",
            "12.50",
            "KP-1-4",
            "Kindpakket uitbetaling 1, winkel 4: Winkel 4",
        ),
    ]
    assert told(answer.content, "PmtInf/Dbtr/Nm") == "Gemeente Zuidhorn"
    assert "KP-1" in anna.page("/uitbetalingen")
    assert "vastgelegd" in anna.page("/uitbetalingen")


def test_who_signs_sees_every_account_whole_and_what_the_bank_will_read(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    prepare(anna)
    page = bram.page("/uitbetalingen/1")
    new = "rekening nieuw of veranderd sinds de vorige uitbetaling"
    signed = "de eigenaar, 15 januari 2027 om 10.00.01 uur"
    assert (
        f"Winkel 1 Çağlar & Zn. NL20 INGB 0001 2345 67 {signed} € 30,00 € 30,00 {new} KP-1-1"
    ) in page
    assert "Winkel 4 De Kaft DE89 3704 0044 0532 0130 00 de eigenaar" in page
    (payout,) = list_payouts(paid.workspace.context)
    assert payout.sha256 in page
    assert payout.decision in bram.get("/uitbetalingen/1").text
    decision = bram.page(f"/besluiten/{payout.decision}")
    assert official_code(address_of(ANNA)) in decision, "who prepared it"
    assert f"Let op: 2 × {new}." in decision


def test_an_account_that_is_changed_after_preparing_is_not_what_is_signed(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    prepare(anna)
    give_account(paid, BICYCLES, "BE68 5390 0754 7034", "Iemand anders")
    page = bram.page("/uitbetalingen/1")
    assert "NL20 INGB 0001 2345 67" in page
    assert "BE68" not in page


def test_lines_that_are_not_those_decided_on_are_not_signed(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    prepared = prepare(anna)
    signatures = bram.signatures(prepared)
    with paid.workspace.context.store.write() as db:
        db.execute(update(t.payout_lines).values(iban="BE68539007547034"))
    page = bram.page("/uitbetalingen/1")
    assert "Teken dit niet" in page
    assert "BE68" not in page
    assert "Teken dit niet." in bram.page(f"/besluiten/{prepared}")
    answer = bram.post(f"/besluiten/{prepared}/handtekening", {"signature": signatures})
    assert answer.status_code == 409
    assert "Uw handtekening is niet bewaard" in read(answer.text)
    assert "Getekend door nog niemand" in bram.page(f"/besluiten/{prepared}")


def test_an_account_that_nobody_signed_is_not_signed_for(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    """An account, and lines with the matching hash, were written to the database directly."""
    with paid.workspace.context.store.write() as db:
        db.execute(update(t.bank_accounts).values(signatures=b"\x01" * 64))
    assert "rekening door niemand getekend die dat mag" in anna.page(f"/uitbetalingen/nieuw{NOW}")
    give_account(paid, BICYCLES, "NL20 INGB 0001 2345 67", "Çağlar & Zn.")
    prepared = prepare(anna)
    with paid.workspace.context.store.write() as db:
        db.execute(update(t.bank_accounts).values(signatures=b"\x01" * 64))
    assert "Teken dit niet" in bram.page("/uitbetalingen/1")
    assert "niemand die dat mag" in bram.page("/uitbetalingen/1")
    answer = bram.sign(prepared)
    assert answer.status_code == 409
    assert paid.view("shops", BICYCLES)["owed"] == 30_00


def test_two_officials_are_named_who_signed_an_account(paid: Town, anna: Desk, bram: Desk) -> None:
    two = sorted((ANNA, BRAM), key=address_of)
    give_account(paid, BOOKS, "DE89 3704 0044 0532 0130 00", "De Kaft", by=two)
    prepare(anna)
    page = bram.page("/uitbetalingen/1")
    for each in two:
        assert f"sleutel {official_code(address_of(each))}" in page


def test_what_is_owed_now_stands_beside_what_was_asked(paid: Town, anna: Desk, bram: Desk) -> None:
    payment = sell(paid, BOOKS, 1_00)
    prepared = prepare(anna)
    paid.api.refund(till_of(BOOKS), payment["id"], 1_00, paid.now())
    assert "€ 13,50 € 12,50" in bram.page("/uitbetalingen/1")
    decided_by_two(anna, bram, prepared)
    page = anna.page("/uitbetalingen/1")
    assert "Totaal, hoogstens € 43,50 Vastgelegd € 42,50" in page
    assert [each.amount for each in orders(download(anna, 1))] == ["30.00", "12.50"]


def test_a_payout_of_which_nothing_is_left_has_no_file(paid: Town, anna: Desk, bram: Desk) -> None:
    prepared = prepare(anna)
    paid.decide("settle", 9, [BICYCLES, BOOKS], [30_00, 12_50], b"\x22" * 32)
    decided_by_two(anna, bram, prepared)
    page = anna.page("/uitbetalingen/1")
    assert "was niets meer te betalen: er is geen bestand" in page
    assert "Maak het bestand" not in page
    assert anna.post("/uitbetalingen/1/bestand").status_code == 409


def test_one_official_alone_gets_no_file(paid: Town, anna: Desk) -> None:
    prepared = prepare(anna)
    for _time in range(2):
        anna.sign(prepared)
    answer = anna.post("/uitbetalingen/1/bestand")
    assert answer.status_code == 409
    assert "Uitbetaling 1 staat nog niet in het grootboek." in read(answer.text)
    assert paid.view("shops", BICYCLES)["owed"] == 30_00


def test_the_file_is_the_same_bytes_each_time(paid: Town, anna: Desk, bram: Desk) -> None:
    first = pay_out(anna, bram)
    paid.clock.time += 3600 // 4
    assert download(bram, 1) == first


def test_a_form_that_is_sent_again_prepares_once(paid: Town, anna: Desk, bram: Desk) -> None:
    sent = form(anna)
    anna.prepare("/uitbetalingen/nieuw", sent)
    for desk in (anna, bram):
        again = desk.post("/uitbetalingen/nieuw", sent)
        assert again.headers["location"] == "/gemeente/uitbetalingen/1?gedaan=wacht"
    assert batches(paid) == [1]


def test_a_payout_is_not_made_twice(paid: Town, anna: Desk, bram: Desk) -> None:
    sent = form(anna)
    decided_by_two(anna, bram, anna.prepare("/uitbetalingen/nieuw", sent))
    assert anna.post("/uitbetalingen/nieuw", sent).status_code == 409
    assert batches(paid) == [1]


def test_a_preview_that_is_not_true_any_more_prepares_nothing(paid: Town, anna: Desk) -> None:
    sent = form(anna)
    sell(paid, BOOKS, 1_00)
    answer = anna.post("/uitbetalingen/nieuw", sent)
    assert answer.status_code == 409
    page = read(answer.text)
    assert "Intussen is er iets veranderd." in page
    assert "€ 13,50" in page
    assert 'name="minimum" value="0,01"' in answer.text
    assert batches(paid) == []


def test_a_sale_that_is_too_young_to_be_paid_does_not_make_a_preview_old(
    paid: Town,
) -> None:
    paid.clock.time += 8 * DAY
    with at_the_desk(paid, ANNA) as (later,):
        sent = form(later, "?minimum=5&dagen=7")
        sell(paid, BOOKS, 1_00)
        later.prepare("/uitbetalingen/nieuw", sent)
    (file,) = list_payouts(paid.workspace.context)
    assert file.amount == 42_50


# ------------------------------------------------------------------------------ withdraw


def test_a_payout_whose_decision_was_cancelled_is_withdrawn(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    prepared = prepare(anna)
    anna.post(f"/besluiten/{prepared}/intrekken", {"signature": anna.signatures(prepared)})
    assert "gaat niet meer door" in anna.page("/uitbetalingen/1")
    answer = anna.post("/uitbetalingen/1/terugnemen")
    assert answer.headers["location"] == "/gemeente/uitbetalingen?gedaan=teruggenomen"
    pay_out(anna, bram)
    assert batches(paid) == [1, 1]
    page = anna.page("/uitbetalingen/1")
    assert "Stand vastgelegd" in page


@pytest.mark.usefixtures("paid")
def test_a_payout_that_waits_is_not_withdrawn(anna: Desk) -> None:
    prepare(anna)
    answer = anna.post("/uitbetalingen/1/terugnemen")
    assert answer.status_code == 409
    assert "Uitbetaling 1 kan niet worden teruggenomen" in read(answer.text)


# ------------------------------------------------------------------------------ returned


def returned(desk: Desk, amount: str, shop: str = "4") -> dict[str, str]:
    """The fields of the form for returned money."""
    page = desk.get("/uitbetalingen/1/teruggekomen").text
    return {"seen": field(page, "seen"), "shop": shop, "amount": amount}


def test_what_the_bank_returned_is_owed_again_by_two(paid: Town, anna: Desk, bram: Desk) -> None:
    pay_out(anna, bram)
    sent = returned(anna, "12,50")
    prepared = anna.prepare("/uitbetalingen/1/teruggekomen", sent)
    assert anna.prepare("/uitbetalingen/1/teruggekomen", sent) == prepared, "sent again"
    assert "Dit besluit wachtte al." in anna.told("/uitbetalingen/1/teruggekomen", sent)
    words = bram.page(f"/besluiten/{prepared}")
    assert "winkel 4 € -12,50 (teruggekomen)" in words
    assert "Dit kwam terug van KP-1-4." in words
    anna.sign(prepared)
    assert paid.view("shops", BOOKS)["owed"] == 0, "one alone"
    bram.sign(prepared)
    assert paid.view("shops", BOOKS)["owed"] == 12_50
    assert "€ -12,50 (teruggekomen)" in anna.page("/winkels/4")
    assert "€ 12,50 € 12,50 (15 januari 2027" in anna.page("/uitbetalingen/1"), "at its line"
    late = anna.post("/uitbetalingen/1/teruggekomen", sent)
    assert late.status_code == 409
    assert [each.reference for each in orders(pay_out(anna, bram))] == ["KP-3-4"]


@pytest.mark.parametrize(
    ("amount", "shop", "mistake"),
    [
        ("12,51", "4", "Zo veel kreeg deze winkel niet"),
        ("1", "2", "Zo veel kreeg deze winkel niet"),
        ("0", "4", "Dit is geen bedrag."),
        ("-1", "4", "Dit is geen bedrag."),
        ("1", "vier", "Zo veel kreeg deze winkel niet"),
    ],
)
def test_no_more_comes_back_than_was_paid(
    paid: Town, anna: Desk, bram: Desk, amount: str, shop: str, mistake: str
) -> None:
    pay_out(anna, bram)
    answer = anna.post("/uitbetalingen/1/teruggekomen", returned(anna, amount, shop))
    assert answer.status_code == 400
    assert mistake in read(answer.text)
    assert paid.view("shops", BOOKS)["settled"] == 12_50


def test_parts_that_come_back_are_counted_together(paid: Town, anna: Desk, bram: Desk) -> None:
    pay_out(anna, bram)
    sent = returned(anna, "10")
    decided_by_two(anna, bram, anna.prepare("/uitbetalingen/1/teruggekomen", sent))
    paid.clock.time += 1
    assert "winkel 4: € 2,50" in anna.page("/uitbetalingen/1/teruggekomen")
    answer = anna.post("/uitbetalingen/1/teruggekomen", returned(anna, "2,51"))
    assert answer.status_code == 400


def test_nothing_comes_back_of_a_payout_that_was_not_recorded(anna: Desk) -> None:
    assert anna.get("/uitbetalingen/1/teruggekomen").status_code == 404


# ------------------------------------------------------------------------------ who may


@pytest.mark.parametrize("capacity", [Capacity.SHOPS, ~Capacity.PAYOUT])
def test_who_does_not_pay_out_sees_no_account(paid: Town, anna: Desk, capacity: Capacity) -> None:
    prepared = prepare(anna)
    paid.decide("setOfficial", address_of(key(61)), int(capacity) & 127)
    with at_the_desk(paid, key(61)) as (carla,):
        for path in ("", "/nieuw", "/1", "/1/teruggekomen"):
            assert carla.get(f"/uitbetalingen{path}").status_code == 403
        for path in ("/nieuw", "/1/bestand", "/1/geweigerd", "/1/terugnemen", "/1/teruggekomen"):
            assert carla.post(f"/uitbetalingen{path}").status_code == 403
        for path in (f"/besluiten/{prepared}", "/winkels/1", "/besluiten"):
            assert "0001 2345" not in carla.page(path)
            assert "INGB0001234567" not in carla.get(path).text
        assert "/uitbetalingen/1" not in carla.get(f"/besluiten/{prepared}").text


@pytest.mark.parametrize("batch", ["2", "0", "x", "99999999999999999999"])
def test_a_payout_that_does_not_exist_is_not_found(anna: Desk, batch: str) -> None:
    assert anna.get(f"/uitbetalingen/{batch}").status_code == 404
    assert anna.post(f"/uitbetalingen/{batch}/bestand").status_code == 404
    assert not re.search(r"KP-\d", anna.page("/uitbetalingen"))


def test_a_shop_that_was_suspended_is_paid_what_it_is_owed(
    paid: Town, anna: Desk, bram: Desk
) -> None:
    paid.decide("setShop", BICYCLES, 1, address_of(key(70)), False)
    assert [each.reference for each in orders(pay_out(anna, bram))] == ["KP-1-1", "KP-1-4"]
