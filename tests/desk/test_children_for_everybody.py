"""The pages of the register of children fit everybody, in every state."""

from playwright.sync_api import Browser, Page
from sqlalchemy import insert, update

from kindpakket.domain.letters import serial
from kindpakket.store import tables as t
from kindpakket.store.register_tables import given_letters
from tests.children.test_bring_in import HEAD, MEES_ROW, SAAR_ROW
from tests.desk.looking import Fits, opened
from tests.desk.lost import Office
from tests.desk.runs import begin, hand_in, made, order_of
from tests.desk.test_child_reminders import FOUR_WEEKS, closes, with_letters
from tests.support.children import NOOR, SAAR, add, everyone, list_file
from tests.support.town import SCHEME, Town


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def choose(page: Page, desk: str, *rows: list[str], head: list[str] = HEAD) -> None:
    page.goto(f"{desk}/kinderen/inlezen")
    page.get_by_label("Bestand").set_input_files(list_file(head, *rows))
    page.get_by_label("Regeling 1").check()
    tap(page, "Bekijk deze lijst")


def test_help_at_the_counter(chromium: Browser, with_runs: Office, fits: Fits) -> None:
    lost, town = with_runs, with_runs.town
    begun = {"run": lost.run, "stored_at": 1, "stored_by": lost.anna.address, "number": 51}
    saar, _noor = add(town, SAAR, NOOR)
    given = {"run": lost.run, "number": 1, "child": saar.id, "given_at": 1}
    with town.workspace.context.store.write() as db:
        db.execute(insert(t.letter_stock).values(begun))
        db.execute(insert(given_letters).values(given))
        run = {"run": 9, "scheme": 2, "letters": 50, "coupons": 300, "made_at": 1}
        db.execute(insert(t.letter_runs).values(run | {"list_sha256": "0x9"}))
    printed, content = made(order_of(lost.anna, begin(lost.anna)))
    hand_in(lost.anna, printed, content)
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/kinderen/kind/{saar.id}")
        fits(page, "a child with a letter, and cards in stock")
        tap(page, f"Brief {serial(lost.run, 1)} is kwijt")
        page.get_by_label("Nummer van de brief of kaart die kwijt is").wait_for()
        fits(page, "a lost letter of a child")
        page.goto(f"{desk}/kinderen/tweede-brief?van=1&naar=2")
        page.get_by_label("Regeling van de tweede brief").wait_for()
        fits(page, "a second letter")
        page.goto(f"{desk}/besluiten")
        page.get_by_role("link", name="Serie").first.click()
        page.get_by_text("Voor welke kinderen").wait_for()
        fits(page, "a decision on a run, with children")


def test_a_list_is_mended_saved_and_handed_out(chromium: Browser, town: Town, fits: Fits) -> None:
    with town.workspace.context.store.write() as db:
        row = {"run": 4, "scheme": SCHEME, "letters": 50, "coupons": 300}
        db.execute(insert(t.letter_runs).values(row | {"list_sha256": "0x4", "made_at": 1}))
    add(town, NOOR)
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/kinderen")
        fits(page, "children")
        page.get_by_role("link", name="Lees een lijst in").click()
        fits(page, "a list, to choose")
        choose(page, desk, SAAR_ROW, ["Mees 2", "gisteren", *MEES_ROW[2:]])
        page.get_by_role("alert").get_by_text("Er zijn 2 fouten.").wait_for()
        fits(page, "a list, with mistakes")
        choose(page, desk, SAAR_ROW, SAAR_ROW, MEES_ROW, head=["Kind", *HEAD[1:]])
        page.get_by_text("Er is geen kolom voor: hele naam.").wait_for()
        fits(page, "a list, columns")
        page.get_by_label("Kind", exact=True).select_option("hele naam")
        tap(page, "Ga verder")
        page.get_by_label("Hetzelfde kind: sla deze regel over").check()
        fits(page, "a list, with a doubt")
        tap(page, "Ga verder")
        page.get_by_text("De lijst is goed.").wait_for()
        fits(page, "a list that is right")
        tap(page, "Bewaar deze lijst")
        page.get_by_text("De lijst is bewaard.").wait_for()
        tap(page, "Wijs de brieven toe")
        page.get_by_text("De brieven zijn toegewezen.").wait_for()
        fits(page, "a list with letters")
        with page.expect_download() as printed:
            tap(page, "Maak de PDF")
        assert printed.value.suggested_filename == "lijst-2.pdf"
        page.get_by_role("link", name="Saar de Wit").click()
        fits(page, "a child")
        page.get_by_label("Ik heb gezien wie de brief ophaalt").check()
        tap(page, "Brief 4-001 is gegeven")
        page.get_by_text("Er staat bij dat de brief aan het loket is gegeven.").wait_for()
        page.get_by_role("link", name="Alles wat bekend is").click()
        fits(page, "what is known of a child")
        page.evaluate("window.print = () => { document.body.dataset.printed = '' }")
        page.get_by_role("button", name="Druk af").click()
        page.locator("[data-printed]").wait_for()
        page.goto(f"{desk}/kinderen/lijsten/1/uitdelen")
        fits(page, "letters one by one")
        with town.workspace.context.store.write() as db:
            db.execute(update(given_letters).values(given_at=1))
        page.goto(f"{desk}/kinderen/bellen")
        page.get_by_role("link", name="Mees de Wit").wait_for()
        fits(page, "letters not collected")
        page.goto(f"{desk}/inzage/kinderen")
        fits(page, "looks at children")
    assert [each.handed_out for child in everyone(town) for each in child.letters] == [
        "counter",
        None,
    ]


def test_reminders(chromium: Browser, town: Town, fits: Fits) -> None:
    with_letters(town)
    town.clock.time = closes(town) - FOUR_WEEKS
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/")
        fits(page, "the home page, when parents are to be reminded")
        page.get_by_role("link", name="Herinner de ouders: regeling 1 eindigt bijna").click()
        fits(page, "reminders")
        with page.expect_download() as printed:
            tap(page, "Maak de PDF")
        assert printed.value.suggested_filename == "herinnering-1.pdf"
        tap(page, "Deze herinneringen zijn op de post")
        page.get_by_label("Noor Bakker, 0594 65 43 21").check()
        tap(page, "Deze ouders zijn gebeld")
        page.get_by_text("Er is niemand om te bellen.").wait_for()
        fits(page, "reminders, all sent")
