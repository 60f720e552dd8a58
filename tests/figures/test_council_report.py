"""The report to the council: one content as page and PDF, with public amounts only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner, Result

from kindpakket.cli import app
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import bits_of
from kindpakket.domain.refusals import Code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.ages import Ages, set_ages
from kindpakket.services.figures.published_months import (
    KindPeriod,
    PublishedMoney,
    PublishedMonth,
)
from kindpakket.services.figures.published_refusals import PublishedRefusals
from kindpakket.services.oversight.requested_audits import ask_audit, run_audits
from kindpakket.services.payments import refusals_seen
from kindpakket.services.publication import Publication, PublicScheme, council, read_publication
from kindpakket.services.publication.council import list_subjects, make_report
from kindpakket.services.publication.document import Document, as_pdf
from kindpakket.services.schemes.changes import Rules
from tests.desk.looking import look_for_everybody, opened
from tests.desk.office import ANNA, Desk, at_the_desk
from tests.desk.test_audits import report_of
from tests.figures.test_public_page import DAY, a_month, morning
from tests.figures.test_refusals import refused
from tests.support.many_letters import spend
from tests.support.municipality import CONFIG
from tests.support.paper import open_pdf, words
from tests.support.printed import STATIONERY
from tests.support.screens import Screens
from tests.support.small_town import key
from tests.support.town import (
    BICYCLES,
    BICYCLES_AND_SPIRITS,
    OFF_LICENCE,
    SCHEME,
    SITE,
    START,
    Town,
)

PAGE, PDF = "/cijfers/raadsverslag", "/cijfers/raadsverslag.pdf"


@contextmanager
def desk(town: Town) -> Iterator[Desk]:
    with at_the_desk(town, ANNA) as (anna,):
        yield anna


def texts_of(pdf: bytes) -> list[str]:
    return [words(page).replace("\N{NO-BREAK SPACE}", " ") for page in open_pdf(pdf)]


def report(town: Town, key: str = "regeling-1") -> Document:
    return make_report(town.workspace.context, key, SITE)


def told_in(document: Document) -> list[str]:
    """Every text of the report, without spaces."""
    found = [
        document.title,
        document.about,
        *(text for pair in document.key_figures for text in pair),
    ]
    for section in document.sections:
        found.append(section.title)
        for part in section.parts:
            match part.kind:
                case "text":
                    found.append(part.text)
                case "bars":
                    found += [part.title, *(each.value for each in part.bars)]
                case "values":
                    found += [part.title, *(text for row in part.rows for text in row)]
                case "grid":
                    found += [head.text for head in part.heads]
                    found += [text for row in part.rows for text in row]
    return [re.sub(r"\s", "", each) for each in found]


# ----------------------------------------------------------------------------- what it tells


def test_it_tells_what_the_public_page_tells(large_town: Town) -> None:
    set_ages(large_town.workspace.context.store, SCHEME, Ages(4, 17))
    a_month(large_town)
    with desk(large_town) as anna:
        page = anna.page(PAGE)
    assert "Verslag aan de raad: Regeling 1" in page
    assert "Tussenstand tot 14 februari 2027: er kan nog worden betaald." in page
    assert "Leeftijd van 4 tot en met 17 jaar Geld op een brief € 300,00" in page
    assert "Winkels die mogen fietsen en bromfietsen; boeken; speelgoed" in page
    assert "Op brieven is € 1.500,00 gezet. Daarvan is € 60,17 besteed: 4%." in page
    assert "Er kan dus meer zijn besteed dan hier staat." in page
    assert "Januari 2027 € 1.500,00 € 63,77 € 3,60 € 60,17" in page
    assert "Boeken € 33,77 53% Fietsen en bromfietsen € 30,00 47% Samen € 63,77 100%" in page
    assert (
        "Budget € 10.000,00 Besteed € 60,17 Staat nog op brieven € 1.439,83 "
        "Niet op brieven gezet € 8.500,00 De laatste drie zijn samen het budget." in page
    )


def test_a_scheme_that_is_paused_does_not_promise_payments(large_town: Town) -> None:
    a_month(large_town)
    large_town.decide("setPaused", SCHEME, True)
    morning(large_town)
    assert report(large_town).about.endswith(": er kan nu niet worden betaald.")


def test_what_too_few_letters_paid_is_not_told_as_nothing(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9)
    morning(large_town, 30)
    with desk(large_town) as anna:
        page = anna.page(PAGE)
    assert "Op brieven gezet € 1.500,00 Besteed nog te weinig om te tonen Waarvoor" in page
    assert "Op brieven is € 1.500,00 gezet. Er is nog te weinig besteed om te tonen." in page
    assert (
        "Budget € 10.000,00 Op brieven gezet € 1.500,00 Niet op brieven gezet € 8.500,00 "
        "De laatste twee zijn samen het budget." in page
    )
    assert "Januari 2027 € 1.500,00 Samen € 1.500,00" in page
    assert "€ 0,00" not in page


def test_page_and_pdf_tell_the_same(large_town: Town) -> None:
    a_month(large_town)
    report_of(large_town)
    document = report(large_town)
    with desk(large_town) as anna:
        page = re.sub(r"\s", "", anna.page(PAGE))
        pdf = anna.get(f"{PDF}?over=regeling-1")
    assert (
        pdf.headers["Content-Disposition"] == 'attachment; filename="raadsverslag-regeling-1.pdf"'
    )
    printed = re.sub(r"\s", "", "".join(texts_of(pdf.content)))
    told = told_in(document)
    assert len(told) > 60
    assert [each for each in told if each not in page] == []
    assert [each for each in told if each not in printed] == []


def test_a_hidden_number_is_in_neither(large_town: Town) -> None:
    """Three letters paid € 3,33 at a kind of shop, and so € 33,77 at books is hidden too."""
    large_town.decide("setRules", 1, 1, 2**33, 2**20 - 1, 0)
    spend(large_town, BICYCLES_AND_SPIRITS, 3, amount=111)
    a_month(large_town)
    with desk(large_town) as anna:
        page = anna.page(PAGE)
        printed = " ".join(texts_of(anna.get(f"{PDF}?over=regeling-1").content))
    for told in (page, printed):
        assert "Andere soorten samen € 37,10" in told
        assert "Fietsen en bromfietsen € 30,00" in told
        assert "3,33" not in told
        assert "33,77" not in told
        assert "Niet op brieven gezet € 8.500,00" in told


def test_refusals_are_told_of_whole_months(large_town: Town) -> None:
    for number in range(12):
        refused(large_town, OFF_LICENCE, number)
    refusals_seen._waiting.join()
    morning(large_town, 30)
    with desk(large_town) as anna:
        page = anna.page(PAGE)
    assert "Dit budget kan niet in dit soort winkel worden gebruikt. 12" in page
    assert "Geteld zijn hele maanden: januari 2027." in page


def test_after_the_end_it_says_what_was_not_used_and_taken_back(large_town: Town) -> None:
    a_month(large_town)
    large_town.decide("closeScheme", SCHEME)
    large_town.decide("fund", SCHEME, -850_000)
    morning(large_town)
    with desk(large_town) as anna:
        page = anna.page(PAGE)
    assert "Er wordt niet meer betaald." in page
    assert (
        "Budget dat is gegeven € 10.000,00 Teruggenomen van het budget € -8.500,00 "
        "Budget € 1.500,00 Besteed € 60,17 Bleef op brieven staan € 1.439,83 "
        "Niet op brieven gezet € 0,00" in page
    )
    assert "Wat niet op brieven is gezet, is teruggenomen." in page
    assert "Budget eraf: € 8.500,00" in page
    assert "Voorgoed gesloten" in page


def test_it_says_how_it_was_checked(large_town: Town) -> None:
    a_month(large_town)
    context = large_town.workspace.context
    with desk(large_town) as anna:
        assert "geen verslag van een onafhankelijke controle" in anna.page(PAGE)
        report_of(large_town)
        ask_audit(context, address_of(ANNA))
        run_audits(context)
        page = anna.page(PAGE)
    assert (
        "Uitslag Alles klopt. Gecontroleerd tot en met blok 7, 15 januari 2027 Controlegetal"
        in page
    )
    assert re.search(r"Gedaan op \d+ \w+ 2027 Gecontroleerd", page)
    assert re.search(r"Controlegetal \(SHA-256\) [0-9a-f]{64} ", page)
    # The town has no table of categories on its ledger, which the audit cannot compare then.
    own = (
        f"Gecontroleerd tot en met blok {context.ledger.head()} Uitslag Wat na te gaan was, klopt."
    )
    assert own in page
    passport = read_publication(context).passport
    assert f"kindpakket-audit kopie/chain --expect {passport.block}:{passport.hash}" in page
    assert "https://town.test/over" in page


def test_an_audit_that_is_a_week_older_than_the_figures_is_said_to_be_old(
    large_town: Town,
) -> None:
    head = large_town.workspace.context.ledger.head()
    told = {"last_block": 7, "last_hash": large_town.workspace.context.ledger.block_hash(7)}
    morning(large_town)
    with desk(large_town) as anna:
        report_of(large_town, **told, last_time=large_town.now() - 5 * DAY)
        assert "Deze controle is oud" not in anna.page(PAGE)
        report_of(large_town, **told, last_time=large_town.now() - 9 * DAY)
        assert "Deze controle is oud" in anna.page(PAGE)
        told |= {
            "last_block": head,
            "last_hash": large_town.workspace.context.ledger.block_hash(head),
        }
        report_of(large_town, **told, last_time=large_town.now() - 9 * DAY)
        assert "Deze controle is oud" not in anna.page(PAGE)


def test_it_is_there_in_english(large_town: Town) -> None:
    a_month(large_town)
    with desk(large_town) as anna:
        page = anna.page(f"{PAGE}?taal=en")
        pdf = anna.get(f"{PDF}?over=regeling-1&taal=en").content
    for told in (page, " ".join(texts_of(pdf))):
        assert "€1,500.00 was put on letters. Of that, €60.17 was spent: 4%." in told
    assert str(pikepdf.open(BytesIO(pdf)).Root.Lang) == "en-GB"


# ----------------------------------------------------------------------------- what it is about


def scheme(number: int, opens: int, **money: int) -> PublicScheme:
    months = (PublishedMonth("2027-01", money["granted"], money["spent"], 0),)
    return PublicScheme(
        number,
        f"Pakket {number}",
        30_000,
        Rules(opens, opens + 10**7, bits_of(["books"]), 0),
        paused=False,
        closed=False,
        decisions=(),
        money=PublishedMoney(money["funded"], months),
    )


@pytest.fixture
def published(large_town: Town, monkeypatch: pytest.MonkeyPatch) -> list[PublicScheme]:
    """The schemes that are published instead of those of the town, the newest first; of the first
    there are fourteen decisions."""
    schemes: list[PublicScheme] = []
    before = read_publication(large_town.workspace.context)

    def instead(_: object) -> Publication:
        return replace(before, schemes=tuple(schemes), changes=before.changes * 7)

    monkeypatch.setattr(council, "read_publication", instead)
    return schemes


def test_schemes_that_begin_in_a_year_or_school_year_are_told_together(
    large_town: Town, published: list[PublicScheme]
) -> None:
    july, august = 1_816_000_000, 1_818_500_000  # 19 July and 17 August 2027
    published += [
        scheme(3, august, funded=300_00, granted=200_00, spent=50_00),
        scheme(2, july, funded=100_00, granted=100_00, spent=30_00),
        scheme(1, START, funded=1_000_00, granted=700_00, spent=20_00),
    ]
    subjects = list_subjects(council.read_publication(large_town.workspace.context))
    assert [(each.name, [of.id for of in each.schemes]) for each in subjects] == [
        ("Pakket 3", [3]),
        ("Pakket 2", [2]),
        ("Pakket 1", [1]),
        ("Schooljaar 2027-2028", [3]),
        ("Regelingen van 2027", [1, 2, 3]),
        ("Schooljaar 2026-2027", [1, 2]),
    ]
    told = report(large_town, "2027")
    assert told.key_figures[0][1] == "€\N{NO-BREAK SPACE}1.400,00"
    text = " ".join(told_in(told))
    assert "Pakket1 €1.000,00 €700,00 €20,00 €680,00 3%" in text
    assert "Samen €1.400,00 €1.000,00 €100,00 €900,00 10%" in text
    assert "Pakket1:Regelinggemaakt" in text


def test_of_several_schemes_too_few_payments_are_not_told_as_nothing(
    large_town: Town, published: list[PublicScheme]
) -> None:
    """Only of the second of seven, of which the last three are told together."""
    published += [
        scheme(number, START, funded=100_00, granted=50_00, spent=20_00 * (number == 2))
        for number in range(7, 0, -1)
    ]
    text = " ".join(told_in(report(large_town, "2027")))
    few = "nogteweinigomtetonen – –"
    assert f"Pakket1 €100,00 €50,00 {few} Pakket2 €100,00 €50,00 €20,00 €30,00 40%" in text
    assert f"Andereregelingensamen €300,00 €150,00 {few} Samen" in text


def test_of_one_scheme_every_kind_of_shop_is_named_and_of_several_the_first(
    large_town: Town, published: list[PublicScheme]
) -> None:
    published += [
        replace(
            scheme(number, START, funded=1, granted=1, spent=1),
            rules=Rules(START, 2**33, 2**16 - 1, 0),
        )
        for number in (2, 1)
    ]
    one, several = (
        " ".join(told_in(report(large_town))),
        " ".join(told_in(report(large_town, "2027"))),
    )
    assert "buitensport;supermarkten" in one
    assert "supermarkten" not in several
    assert "ennog8,dieop/overstaan" in several


def test_what_is_not_there_is_not_found(large_town: Town) -> None:
    with desk(large_town) as anna:
        for about in ("regeling-2", "2028", "x" * 20, "../1"):
            assert anna.get(f"{PAGE}?over={about}").status_code == 404, about
            assert anna.get(f"{PDF}?over={about}").status_code == 404, about


def test_without_a_scheme_it_says_so(large_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    none = replace(read_publication(large_town.workspace.context), schemes=())
    monkeypatch.setattr("kindpakket.desk.council.read_publication", lambda _: none)
    with desk(large_town) as anna:
        assert "Er is nog geen regeling, dus ook geen verslag." in anna.page(PAGE)


def test_who_may_not_read_figures_may_not_read_it(large_town: Town) -> None:
    clerk = key(61)
    large_town.decide("setOfficial", address_of(clerk), int(Capacity.REGISTER))
    with at_the_desk(large_town, clerk) as (other,):
        assert other.get(PAGE).status_code == 403
        assert other.get(f"{PDF}?over=regeling-1").status_code == 403


# ----------------------------------------------------------------------------- the PDF


def test_the_pdf_is_tagged_with_title_and_language(large_town: Town) -> None:
    a_month(large_town)
    pdf = pikepdf.open(BytesIO(as_pdf(report(large_town), STATIONERY, START)))
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == "nl-NL"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as told:
        assert told["dc:title"] == "Verslag aan de raad: Regeling 1"
        assert told["pdfuaid:part"] == "1"
    kinds = [str(each.S) for each in pdf.Root.StructTreeRoot.K[0].K]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 7


def test_the_longest_report_has_four_pages(
    large_town: Town, published: list[PublicScheme], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds, pairs = 2**20 - 1, {3 << bit: 9_999_999 for bit in range(19)}
    months = [f"{year}-{month:02}" for year in (2025, 2026, 2027) for month in range(1, 13)]
    money = PublishedMoney(
        99_999_999_99,
        tuple(PublishedMonth(month, 2_000_000_00, 1_999_999_99, 99_99) for month in months),
        (KindPeriod(months[0], months[-1], pairs, (1,), 9),),
    )
    published += [
        replace(
            scheme(number, START, funded=1, granted=1, spent=1),
            name=f"Kindpakket voor bijzondere uitgaven van gezinnen met kinderen tot {number} jaar",
            rules=Rules(START, START + 10**7, kinds >> 2, kinds),
            money=money,
        )
        for number in range(6, 0, -1)
    ]
    all_refused = PublishedRefusals(("2026-01", "2026-12"), dict.fromkeys(Code, 100))
    monkeypatch.setattr(council, "read_published_refusals", lambda *_, **__: all_refused)
    report_of(large_town)
    ask_audit(large_town.workspace.context, address_of(ANNA))
    run_audits(large_town.workspace.context)
    document = report(large_town, "2027")
    pages = texts_of(as_pdf(document, STATIONERY, START))
    assert len(pages) == 4
    assert "Bladzijde 4 van 4" in pages[3]
    printed = re.sub(r"\s", "", "".join(pages))
    assert [each for each in told_in(document) if each not in printed] == []


# ----------------------------------------------------------------------------- the command


def run(town: Town, *args: str) -> Result:
    command = ["council-report", "--data", str(town.directory), *args]
    return CliRunner().invoke(app, command, env={"KINDPAKKET_CONFIG": str(CONFIG)})


def test_the_command_writes_the_same_pdf(large_town: Town, tmp_path: Path) -> None:
    a_month(large_town)
    file = tmp_path / "verslag.pdf"
    told = run(large_town, "2027", "--out", str(file), "--language", "en")
    assert (told.exit_code, told.output) == (0, f"Het verslag staat in {file}.\n")
    text = " ".join(texts_of(file.read_bytes()))
    assert "Report to the council: Schemes of 2027" in text
    assert "Gemeente Zuidhorn" in text
    again = run(large_town, "2027", "--out", str(file))
    assert (again.exit_code, again.output) == (2, f"Er is al een bestand {file}.\n")


def test_the_command_says_what_a_report_can_be_about(large_town: Town, tmp_path: Path) -> None:
    told = run(large_town, "2030", "--out", str(tmp_path / "verslag.pdf"))
    assert told.exit_code == 2
    assert told.output == "Dit kan wel: regeling-1, 2027, 2026-2027.\n"


# ----------------------------------------------------------------------------- the page


def test_the_page_fits_everybody(large_town: Town, chromium: Browser, screens: Screens) -> None:
    a_month(large_town)
    report_of(large_town)
    with opened(chromium, large_town) as (page, address):
        page.goto(f"{address}{PAGE}")
        page.get_by_role("heading", name="Wat niet is gebruikt").wait_for()
        look_for_everybody(page, "report to the council", screens)
        page.get_by_label("Waarover?").select_option("2027")
        page.get_by_role("button", name="Laat zien").click()
        page.get_by_role("heading", name="Verslag aan de raad: Regelingen van 2027").wait_for()
