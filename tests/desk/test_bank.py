"""The bank at the desk: a statement is read, what differs is shown, and what came back decided."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from kindpakket.desk import bank
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.figures.looks import list_looks
from kindpakket.services.payouts.lists import PayoutRefused
from kindpakket.store import tables as t
from tests.bank.test_matching import BOTH
from tests.desk.looking import Fits, opened
from tests.desk.office import ANNA, Desk, at_the_desk, decided_by_two, field, read, visitor
from tests.support.payouts import DAY, HOLDERS, IBANS, get_file, give_account, pay_out, sell
from tests.support.statements import (
    BICYCLES_IBAN,
    BOOKS_IBAN,
    NAME,
    Booked,
    came_back,
    paid,
    statement,
)
from tests.support.town import BICYCLES, BOOKS, Town

BACK = statement(came_back(30_00, "KP-1-1"), opening=957_50, day="2027-01-20", number="2027-2")
PAGE, JOURNAL = "/uitbetalingen/bank", "/uitbetalingen/boekingen"


def numbered(day: str, number: int) -> bytes:
    """A statement with this number of the bank."""
    sequence = f"<ElctrncSeqNb>{number}</ElctrncSeqNb>"
    return statement(day=day, number=day, sequence=sequence)


@pytest.fixture(autouse=True)
def payer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PAYER_IBAN", "NL91ABNA0417164300")


@pytest.fixture
def settled(town: Town) -> Town:
    """A town that paid out € 30.00 and € 12.50, of which the bank has the file; it is now 22
    January."""
    for shop, iban in IBANS.items():
        give_account(town, shop, iban, HOLDERS[shop])
    sell(town, BICYCLES, 30_00)
    sell(town, BOOKS, 12_50)
    pay_out(town)
    get_file(town, 1)
    town.clock.time += 7 * DAY
    return town


def upload(desk: Desk, content: bytes) -> str:
    """Hand in a file; return the text of the page that follows."""
    answer = desk.post(PAGE, statement=("afschrift.xml", content, "application/xml"))
    if answer.status_code == 303:
        return desk.page(answer.headers["location"].removeprefix("/gemeente"))
    assert answer.status_code == 400
    return read(answer.text)


@pytest.mark.usefixtures("settled")
def test_a_statement_is_read_and_everything_agrees(anna: Desk) -> None:
    assert "er is geen afschrift gelezen" in anna.page(PAGE)
    page = upload(anna, statement(*BOTH))
    assert "Het afschrift is gelezen." in page
    assert "bank zeggen hetzelfde, tot en met 19-01-2027" in page
    assert "KP-1 € 42,50 € 42,50 € 0,00 € 0,00 € 0,00 klopt" in page
    assert "Dit afschrift was al gelezen." in upload(anna, statement(*BOTH))
    assert "Vergelijk met de bank" in anna.page("/uitbetalingen")


def test_of_payouts_that_agree_the_newest_are_shown(
    settled: Town, anna: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "_SHOWN", 1)
    upload(anna, statement(*BOTH))
    sell(settled, BICYCLES, 7_00)
    get_file(settled, pay_out(settled))
    later = {"opening": 957_50, "day": "2027-01-20", "number": "2027-2"}
    page = upload(anna, statement(paid(7_00, "KP-2-1"), **later))  # type: ignore[arg-type]
    assert "KP-2 € 7,00 € 7,00" in page
    assert "KP-1 €" not in page
    again = {"opening": 950_50, "day": "2027-01-21", "number": "2027-3"}
    page = upload(anna, statement(paid(1_00, "KP-1-1"), **again))  # type: ignore[arg-type]
    assert "KP-1 € 42,50 € 43,50" in page, "it does not agree"


def test_what_came_back_is_decided_by_two(settled: Town, anna: Desk, bram: Desk) -> None:
    upload(anna, statement(*BOTH))
    page = upload(anna, BACK)
    assert "De bank stuurde geld terug. Het besluit staat klaar" in page
    assert "KP-1-1 : de bank stuurde € 30,00 terug; er is een besluit nodig" in page
    waiting = anna.get("/besluiten").text
    (decision,) = re.findall(r"/gemeente/besluiten/(0x[0-9a-f]{64})", waiting)
    assert "Er was niets om voor te bereiden" in anna.told(f"{PAGE}/teruggekomen", {})
    waiting = anna.get("/besluiten").text
    assert len(re.findall(r"/gemeente/besluiten/(0x[0-9a-f]{64})", waiting)) == 1
    decided_by_two(anna, bram, decision)
    assert int(settled.view("shops", BICYCLES)["owed"]) == 30_00
    page = anna.page(PAGE)
    assert "bank zeggen hetzelfde" in page
    assert "KP-1 € 42,50 € 42,50 € 30,00 € 30,00 € 0,00 klopt" in page


@pytest.mark.usefixtures("settled")
def test_a_line_that_does_not_fit_is_looked_at(anna: Desk) -> None:
    page = upload(anna, statement(*BOTH, paid(5_00, "KP-2-1", bank="BR-77")))
    assert "€ -5,00 , 19-01-2027, KP-2-1: het grootboek kent dit kenmerk niet." in page
    assert "Verwijzing van de bank: BR-77" in page
    line = field(anna.get(PAGE).text, "line")
    assert "dat u dit hebt bekeken" in anna.told(f"{PAGE}/gezien", {"line": line})
    page = anna.page(PAGE)
    assert "Om naar te kijken" not in page
    code = official_code(anna.address)
    assert f"het grootboek kent dit kenmerk niet. Bekeken door sleutel {code}" in page
    again = anna.post(f"{PAGE}/gezien", {"line": line})
    assert "U kunt dit niet als bekeken aanmerken." in read(again.text)


@pytest.mark.usefixtures("settled")
def test_another_official_looks_at_money_to_another_account(anna: Desk, bram: Desk) -> None:
    page = upload(anna, statement(paid(30_00, "KP-1-1", BOOKS_IBAN), BOTH[1]))
    assert "KP-1-1 : een andere rekening dan is vastgelegd" in page
    assert "Een andere ambtenaar moet naar deze regel kijken." in page
    line = field(bram.get(PAGE).text, "line")
    assert anna.post(f"{PAGE}/gezien", {"line": line}).status_code == 400
    assert "dat u dit hebt bekeken" in bram.told(f"{PAGE}/gezien", {"line": line})
    assert "bank zeggen hetzelfde" in anna.page(PAGE)


@pytest.mark.usefixtures("settled")
def test_another_official_looks_at_a_number_that_does_not_follow(anna: Desk, bram: Desk) -> None:
    upload(anna, numbered("2026-12-31", 250))
    page = upload(anna, numbered("2027-01-04", 1))
    assert "Afschrift van 04-01-2027 : heeft nummer 1, en dat van 31-12-2026 nummer 250" in page
    assert "U las dit afschrift of dat ervoor." in page
    of = {"statement": re.findall(r'name="statement" value="([^"]+)"', bram.get(PAGE).text)[0]}
    assert anna.post(f"{PAGE}/gezien", of).status_code == 400
    assert "dat u dit hebt bekeken" in bram.told(f"{PAGE}/gezien", of)
    page = anna.page(PAGE)
    assert "Nummers van afschriften" not in page
    assert f"Bekeken door sleutel {official_code(bram.address)}" in page


@pytest.mark.usefixtures("settled")
def test_every_statement_can_be_removed(anna: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "_SHOWN", 1)
    upload(anna, BACK)
    upload(anna, statement(*BOTH))
    shown = anna.get(PAGE).text
    assert len(re.findall(r'<option value="(0x[0-9a-f]{64})"', shown)) == 2
    assert "€ 1.000,00 € 957,50" in read(shown), "the one that was read last"


def test_a_difference_of_nothing_is_not_shown(settled: Town, anna: Desk) -> None:
    upload(anna, statement(*BOTH))
    with settled.workspace.context.store.write(views=True) as db:
        db.execute(update(t.shops).where(t.shops.c.shop == BOOKS).values(settled=7))
    page = anna.page(PAGE)
    assert "winkel 4 : de administratie zegt iets anders dan het grootboek" in page
    assert "verschil" not in page


@pytest.mark.usefixtures("settled")
def test_a_payout_refused_meanwhile_is_told(anna: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PayoutRefused("Zo veel kreeg deze winkel niet.")

    monkeypatch.setattr(bank, "prepare_returns", refuse)
    page = upload(anna, statement(*BOTH))
    assert "Zo veel kreeg deze winkel niet." in page
    assert "KP-1 € 42,50 € 42,50" in page, "the statement was stored"


@pytest.mark.usefixtures("settled")
def test_a_statement_is_removed(anna: Desk) -> None:
    upload(anna, statement(paid(29_00, "KP-1-1")))
    shown = anna.get(PAGE).text
    assert "Er kloppen 2 dingen niet." in read(shown)
    (option,) = re.findall(r'<option value="(0x[0-9a-f]{64})"', shown)
    assert "Het afschrift is weggehaald." in anna.told(f"{PAGE}/weghalen", {"statement": option})
    page = anna.page(PAGE)
    assert "er is geen afschrift gelezen" in page
    assert page.count(f"sleutel {official_code(anna.address)}") == 2, "who read and who removed"


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!DOCTYPE a []><a/>", "mag geen DOCTYPE hebben"),
        (b"PK\x03\x04", "geen leesbare XML"),
        (statement(*BOTH, account=BICYCLES_IBAN), "is van rekening NL20 •••• 4567"),
        (statement(*BOTH, closing=1), "niet het verschil tussen begin- en eindsaldo"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(anna: Desk, content: bytes, why: str) -> None:
    page = upload(anna, content)
    assert why in page
    assert "er is geen afschrift gelezen" in page


@pytest.mark.usefixtures("settled")
def test_a_file_that_is_too_large_is_not_read(anna: Desk) -> None:
    answer = anna.post(PAGE, statement=("a.xml", b" " * 1_100_000, "application/xml"))
    assert answer.status_code == 413


@pytest.mark.usefixtures("settled")
def test_no_name_or_account_of_a_statement_is_on_the_page(anna: Desk) -> None:
    page = upload(anna, statement(*BOTH, paid(5_00, "KP-2-1", "NL02ABNA0123456789")))
    assert NAME not in page
    assert "NL02" not in page


def test_a_form_of_another_site_reads_nothing(settled: Town, anna: Desk) -> None:
    file = {"statement": ("a.xml", statement(*BOTH), "application/xml")}
    answer = anna.http.post(f"/gemeente{PAGE}", data={"csrf": "x"}, files=file)
    assert answer.status_code == 403
    assert "er is geen afschrift gelezen" in anna.page(PAGE)
    assert visitor(settled).get(f"/gemeente{PAGE}", follow_redirects=False).status_code == 303


@pytest.fixture
def bookkeeper(settled: Town) -> Iterator[Desk]:
    """A desk with settings for the journal, in February."""
    settled.clock.time += 20 * DAY
    accounts = {"expenses": "4430", "payable": "1600", "in_transit": "1900"}
    settings = {f"journal_{name}": account for name, account in accounts.items()}
    with at_the_desk(settled, ANNA, **settings) as (desk,):
        yield desk


def test_the_journal_is_downloaded(bookkeeper: Desk) -> None:
    desk = bookkeeper
    assert "geen winkel en geen losse betaling" in desk.page(JOURNAL)
    csv = desk.get(f"{JOURNAL}?periode=2027-01&als=csv")
    assert csv.headers["content-disposition"] == 'attachment; filename="boekingen-2027-01.csv"'
    assert "B202701-1;31-01-2027;2027-01;4430" in csv.text
    xaf = desk.get(f"{JOURNAL}?periode=2027&als=xaf")
    assert xaf.headers["content-type"] == "application/xml"
    assert b"<totalDebit>85.00</totalDebit>" in xaf.content
    early = desk.get(f"{JOURNAL}?periode=2027-02&als=csv")
    assert early.status_code == 409
    assert "vanaf de 2e van de maand erna." in read(early.text)
    assert desk.get(f"{JOURNAL}?periode=2027-13").status_code == 404


def test_the_journal_begins_with_the_first_payment(bookkeeper: Desk) -> None:
    offered = re.findall(r'<option value="([^"]+)"', bookkeeper.get(JOURNAL).text)
    assert offered == ["2027", "2027-01"]


def test_who_downloads_the_journal_is_logged(settled: Town, bookkeeper: Desk) -> None:
    for file in ("?periode=2027-01&als=csv", "?periode=2027&als=xaf", "?periode=2027-02&als=csv"):
        bookkeeper.get(f"{JOURNAL}{file}")
    (look,) = list_looks(settled.workspace.context, most=9)
    assert (look.official, look.page, look.number) == (address_of(ANNA), "journal", 2027)
    assert look.times == 2  # February is not over
    assert "Boekingen van 2027" in bookkeeper.page("/inzage/cijfers")


def test_the_journal_asks_for_its_accounts(anna: Desk) -> None:
    asked = anna.get(f"{JOURNAL}?periode=2026-12&als=csv")
    assert asked.status_code == 409
    assert "Stel KINDPAKKET_JOURNAL_EXPENSES in." in read(asked.text)


def test_the_journals_page_fits_everybody(chromium: Browser, town: Town, fits: Fits) -> None:
    with opened(chromium, town) as (page, desk):
        page.goto(desk + JOURNAL)
        fits(page, "the journal")
        page.get_by_role("button", name="Download als CSV").click()
        page.get_by_role("alert").wait_for()
        fits(page, "the journal, without accounts")


def test_the_page_fits_everybody(chromium: Browser, settled: Town, anna: Desk, fits: Fits) -> None:
    with opened(chromium, settled) as (page, desk):
        page.goto(desk + PAGE)
        fits(page, "the bank, without a statement")
        upload(anna, statement(*BOTH, paid(5_00, "KP-2-1", bank="BR-77"), Booked(-9_00)))
        upload(anna, statement(came_back(30_00, "KP-1-1"), day="2027-01-20", number="2027-2"))
        upload(anna, numbered("2027-01-20", 4))
        upload(anna, numbered("2027-01-21", 6))
        page.goto(f"{desk}{PAGE}?gedaan=teruggekomen")
        page.locator("details").first.evaluate("each => { each.open = true }")
        fits(page, "the bank, with findings")
        page.get_by_role("button", name="Ik heb dit bekeken").first.click()
        page.get_by_text("Bekeken", exact=True).click()
        page.get_by_text("Bekeken door").wait_for()
        fits(page, "the bank, with a line that was looked at")
        page.get_by_label("Lees een afschrift in").set_input_files(
            {"name": "a.xml", "mimeType": "application/xml", "buffer": b"<a/>"}
        )
        page.get_by_role("button", name="Lees dit afschrift").click()
        page.get_by_role("alert").wait_for()
        fits(page, "the bank, a file that is no statement")
