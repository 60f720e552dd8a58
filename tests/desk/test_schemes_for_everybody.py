"""The pages of schemes and letter runs fit everybody, in every state."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import address_of
from kindpakket.services.letters.generate import make_run
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.desk.looking import Fits, opened
from tests.desk.office import ANNA
from tests.support.many_letters import issue, spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, VALUES, Clock, Town
from tests.support.town import opened as opened_town


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_policy_fits_everybody(chromium: Browser, town: Town, fits: Fits) -> None:
    issue(town, 27)
    spend(town, BICYCLES, 12)
    spend(town, BOOKS, 3, first=12)
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/regelingen")
        fits(page, "schemes")
        page.get_by_role("link", name="Maak een regeling").click()
        fits(page, "new")
        tap(page, "Bereid deze regeling voor")
        page.get_by_role("alert").wait_for()
        fits(page, "new, with mistakes")
        page.get_by_label("Naam", exact=True).fill("Winterpakket")
        excluded = page.get_by_role("group", name="Winkels die nooit mogen")
        excluded.get_by_label(re.compile("dranken")).check()
        page.get_by_label("Zoek een soort winkel").fill("boeken")
        tap(page, "Zoek")
        page.get_by_text("1 soort winkel gevonden").wait_for()
        fits(page, "searched")
        expect(page.get_by_label("Naam", exact=True)).to_have_value("Winterpakket")
        page.goto(f"{desk}/regelingen/1")
        page.get_by_text("Voorgoed sluiten").click()
        fits(page, "one scheme")
        page.goto(f"{desk}/regelingen/1/teksten")
        fits(page, "texts")
        page.goto(f"{desk}/regelingen/1/regels")
        permitted = page.get_by_role("group", name="Winkels die mogen")
        permitted.get_by_label(re.compile("fietsen")).uncheck()
        tap(page, "Probeer uit")
        page.get_by_role("heading", name="Wat deze regels hadden geweigerd").wait_for()
        fits(page, "tried")
        tap(page, "Bereid voor wat u uitprobeerde")
        page.get_by_text("Dit besluit is voorbereid.").wait_for()


def test_the_end_of_a_scheme_fits_everybody(chromium: Browser, town: Town, fits: Fits) -> None:
    issue(town, 12)
    spend(town, BICYCLES, 12)
    town.clock.time = town.view("schemes", SCHEME)["closes"]
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/")
        fits(page, "home, a scheme is over")
        page.get_by_role("link", name="Regeling 1 is voorbij").click()
        fits(page, "a scheme that is over")
        tap(page, "Bereid voor dat")
        page.get_by_text("Dit besluit is voorbereid.").wait_for()


def test_letter_runs_fit_everybody(chromium: Browser, town: Town, fits: Fits) -> None:
    run = make_run(SCHEME, 50, VALUES)
    file = {"name": "tegoeden.json", "mimeType": "application/json", "buffer": run.coupon_list}
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/brieven")
        fits(page, "no runs")
        tap(page, "Bekijk deze lijst")
        page.get_by_role("alert").wait_for()
        fits(page, "no list")
        page.get_by_label("Bestand").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_label("Aantal brieven").fill("50")
        tap(page, "Bekijk deze lijst")
        page.get_by_text(run.list_sha256).wait_for()
        fits(page, "a list")
        tap(page, "Het controlegetal klopt")
        page.get_by_text("Dit besluit is voorbereid.").wait_for()
        page.goto(f"{desk}/brieven")
        fits(page, "a run")


def test_an_empty_town_is_told_what_to_do_first(
    chromium: Browser, tmp_path: Path, fits: Fits
) -> None:
    clock, directory = Clock(), tmp_path / "empty"
    officials = {address_of(ANNA): sum(Capacity)}
    officials |= {f"0x{number:040x}": sum(Capacity) for number in (1, 2)}  # type: ignore[misc]
    Workspace.create(Settings(data=directory), officials, clock=clock, sync=False).close()
    with (
        opened_town(directory, clock) as town,
        opened(chromium, town) as (page, desk),
    ):
        for path, sentence in (
            ("/regelingen", "Er is nog geen regeling. Maak er een"),
            ("/brieven", "Er is nog geen serie."),
        ):
            page.goto(desk + path)
            expect(page.get_by_text(sentence)).to_be_visible()
            fits(page, path)
