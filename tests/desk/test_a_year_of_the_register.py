"""A year of sixty children in real browsers: from a list with mistakes until nothing leads back."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from kindpakket.actors import Api
from kindpakket.demo.client import open_client
from kindpakket.domain.letters import Letter, serial
from kindpakket.main import build_app, serving
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.settings import Settings
from kindpakket.store import register_tables as r
from kindpakket.store_access import DATABASE
from tests.apps.phone import RunningClock, Street, opened_phone
from tests.desk.clerk import Clerk, opened_clerk
from tests.desk.lost import DIRK, EVA, REASON, name_requesters
from tests.desk.making import WAITS, Maker
from tests.desk.office import ANNA, BRAM, CARLA, at_the_desk
from tests.desk.officers import Officer
from tests.desk.runs import OFFICERS, name_officers
from tests.support.children import everyone, list_file
from tests.support.municipality import OWN
from tests.support.paper import open_pdf
from tests.support.town import HERE, SCHEME, VALUES, Town, copied, opened

CHILDREN = 60
DAY = 24 * 3600
_FIRST = ["Saar", "Mees", "Noor", "Jip", "Fien", "Bram"]
_LAST = ["Bakker", "Visser", "Smit", "Mulder", "Bos", "Vos", "Peters", "Kok", "Dekker", "Prins"]
NAMES = [f"{first} {last}" for first in _FIRST for last in _LAST]
BORN = [date(2015, 1, 1) + timedelta(days=at) for at in range(CHILDREN)]
SECRET = CHILDREN - 1
"""The place of the child whose address is secret, from 0."""
HEAD = ["Kind", "Geboortedatum", "Straat en huisnummer", "Postcode", "Plaats", "Geheim adres"]
COUNTER = "hulp aan het loket of aan de telefoon"
REQUEST = "een verzoek van de ouder over gegevens"


@dataclass
class TownHall:
    """A street, and four officials with a browser each. Anna and Bram are the first and the second
    privacy officer; Dirk and Eva sign requests to replace a letter."""

    street: Street
    anna: Clerk
    bram: Clerk
    dirk: Clerk
    eva: Clerk

    @property
    def town(self) -> Town:
        return self.street.town


@pytest.fixture
def hall(chromium: Browser, founded: Path, tmp_path: Path) -> Iterator[TownHall]:
    with opened(copied(founded, tmp_path / "town"), RunningClock()) as town, ExitStack() as stack:
        town.decide("fund", SCHEME, 3_000_000)
        name_requesters(town)
        with at_the_desk(town, ANNA, BRAM, CARLA) as desks:
            name_officers(*desks)
        settings = Settings(data=town.directory, **OWN | {"app_address": HERE})
        base_url = stack.enter_context(serving(build_app(town.workspace, settings), None))
        api = Api(stack.enter_context(open_client(base_url)))
        clerks = [stack.enter_context(opened_clerk(chromium, base_url)) for _ in range(4)]
        for clerk, key in zip(clerks, (ANNA, BRAM, DIRK, EVA), strict=True):
            clerk.open_key(key, tmp_path)
        clerks[0].context.add_init_script(WAITS)
        yield TownHall(Street(town, base_url, api), *clerks)


def test_from_a_list_with_mistakes_until_nothing_leads_back(
    chromium: Browser, hall: TownHall
) -> None:
    town, anna = hall.town, hall.anna
    a_list_with_mistakes_is_mended(anna)
    letters = a_run_is_made_and_decided_by_two(hall)
    blank = blank_letters_are_made(anna)
    ids, sealed = [each.id for each in everyone(town)], stored(town)
    letters_are_handed_out(anna)
    a_parent_pays(chromium, hall, letters[0], "25")
    a_lost_letter_is_replaced(hall)
    assert sum(town.remaining(blank)) == sum(VALUES) - 2_500
    a_parent_pays(chromium, hall, blank, "5")
    a_child_moves_away(anna)
    everybody_is_reminded(hall)
    the_year_ends_and_deletion_runs(hall)
    nothing_leads_back(town, ids, sealed)


def a_list_with_mistakes_is_mended(anna: Clerk) -> None:
    """Columns and a child that is there twice on the page, wrong cells in the file."""
    right = [*rows(), rows()[0]]
    wrong = [list(each) for each in right]
    wrong[3][1], wrong[7][3] = "31-02-2015", "12 AB"
    anna.go("/kinderen")
    anna.link("Lees een lijst in")
    anna.page.get_by_label("Bestand").set_input_files(list_file(HEAD, *wrong))
    anna.page.get_by_label("Regeling 1").check()
    anna.tap("Bekijk deze lijst")
    anna.sees("Er is geen kolom voor: hele naam.")
    anna.page.get_by_label("Kind", exact=True).select_option("hele naam")
    anna.tap("Ga verder")
    anna.sees("Er zijn 2 fouten. Er is niets bewaard.")
    anna.sees("Regel 5, Geboortedatum: Dit is geen geboortedatum.")
    anna.page.get_by_label("Bestand").set_input_files(list_file(HEAD, *right))
    anna.tap("Bekijk deze lijst")
    anna.sees("Lijkt op regel 2")
    anna.page.get_by_label("Hetzelfde kind: sla deze regel over").check()
    anna.page.get_by_role("button", name="Ga verder").first.click()
    anna.sees("De lijst is goed.")
    anna.sees(f"{CHILDREN} kinderen")
    anna.tap("Bewaar deze lijst")
    anna.sees("De lijst is bewaard.")


def rows() -> list[list[str]]:
    """Sixty children, each at an address of their own."""
    return [
        [
            name,
            f"{born:%d-%m-%Y}",
            f"Dorpsstraat {at + 1}",
            "1234 AB",
            "Voorbeeldstad",
            "ja" if at == SECRET else "",
        ]
        for at, (name, born) in enumerate(zip(NAMES, BORN, strict=True))
    ]


def a_run_is_made_and_decided_by_two(hall: TownHall) -> list[Letter]:
    """One letter for each child; return them as printed."""
    letters = a_run_is_made(hall.anna, "Brieven met een bedrag", CHILDREN)
    hall.anna.sees(f"in totaal minstens {CHILDREN}")
    hall.anna.sign()
    hall.bram.sign_as_second()
    return letters


def blank_letters_are_made(anna: Clerk) -> Letter:
    return a_run_is_made(anna, "Lege brieven, voor wie zijn brief kwijt is", 3)[0]


def a_run_is_made(anna: Clerk, kind: str, count: int) -> list[Letter]:
    """Make, print and hand in a run, up to the page that comes then."""
    anna.go("/brieven/nieuw")
    anna.page.get_by_label("Wat voor brieven").select_option(kind)
    anna.fill("Aantal brieven", str(count))
    anna.tap("Verder")
    maker = Maker(anna.page, anna.context, anna.base_url)
    number = int(anna.page.url.rpartition("/")[2])
    letters, anna.page = maker.whole(number)
    maker.page.close()
    return letters


def letters_are_handed_out(anna: Clerk) -> None:
    """By post, and at the counter to who lives secretly."""
    anna.go("/kinderen/lijsten/1")
    anna.tap("Wijs de brieven toe")
    anna.sees("De brieven zijn toegewezen.")
    with anna.page.expect_download() as printed:
        anna.tap("Maak de PDF")
    assert len(open_pdf(printed.value.path())) == CHILDREN - 1
    anna.tap("Deze brieven zijn op de post")
    anna.sees("Er staat bij deze kinderen dat hun brief op de post is.")
    find(anna, serial(1, CHILDREN), COUNTER)
    hand_over(anna, serial(1, CHILDREN))


def find(anna: Clerk, number: str, purpose: str) -> None:
    """Open the page of the child who has the letter with this number."""
    anna.go("/kinderen")
    anna.fill("Naam of briefnummer", number)
    anna.page.get_by_label("Waarvoor zoekt u?").select_option(purpose)
    anna.page.locator("#main").get_by_role("button", name="Zoek").click()
    anna.page.locator(".desk-row").first.click()


def hand_over(anna: Clerk, number: str) -> None:
    anna.page.get_by_label("Ik heb gezien wie de brief ophaalt").check()
    anna.tap(f"Brief {number} is gegeven")
    anna.sees("Er staat bij dat de brief aan het loket is gegeven.")


def a_parent_pays(chromium: Browser, hall: TownHall, letter: Letter, euros: str) -> None:
    """A parent opens a letter on a phone that has none, and a till scans the code."""
    with opened_phone(chromium, hall.street) as phone:
        phone.open_letter(letter)
        hall.street.pay(phone.show_code(euros), int(euros) * 100)
        phone.heading("Betaald")


def a_lost_letter_is_replaced(hall: TownHall) -> None:
    """Two officials who are no privacy officers ask for it, and both privacy officers open it."""
    anna, dirk, lost, blank = hall.anna, hall.dirk, serial(1, 1), serial(2, 1)
    find(anna, lost, COUNTER)
    anna.tap(f"Brief {lost} is kwijt")
    anna.sees("Pak een dichte lege brief uit de voorraad.")
    dirk.go("/brieven/vervangen/nieuw")
    dirk.fill("Nummer van de brief of kaart die kwijt is", lost)
    dirk.fill("Nummer van de lege brief", blank)
    dirk.fill("Reden", REASON)
    dirk.tap("Stel dit voor")
    dirk.sees("Dit is voorgesteld.")
    dirk.sign()
    hall.eva.sign_message_as_second()
    path = hall.eva.page.url.partition("/gemeente")[2].partition("?")[0]
    first, second = Officer(anna), Officer(hall.bram)
    for officer, identity in zip((first, second), OFFICERS, strict=True):
        officer.add_key(identity)
    second.open(path)
    first.move(path)
    find(anna, lost, COUNTER)
    anna.fill("Nummer van een brief of kaart", blank)
    anna.tap("Wijs deze brief toe")
    hand_over(anna, blank)


def a_child_moves_away(anna: Clerk) -> None:
    find(anna, serial(1, 2), REQUEST)
    anna.tap("Verwijder dit kind")
    anna.sees("Het kind is verwijderd.")


def everybody_is_reminded(hall: TownHall) -> None:
    """Four weeks before the end, whatever they spent: one of them by telephone."""
    anna = hall.anna
    hall.town.clock.time = closes(hall.town) - 28 * DAY
    anna.sign_in()
    anna.link("Herinner de ouders: regeling 1 eindigt bijna")
    anna.sees(f"Er zijn nog {CHILDREN - 2} kinderen met een adres.")
    anna.tap("Deze herinneringen zijn op de post")
    anna.sees("Er staat bij deze kinderen dat de herinnering op de post is.")
    anna.page.get_by_label(NAMES[SECRET]).check()
    anna.tap("Deze ouders zijn gebeld")
    anna.sees("Er is niemand om te bellen.")
    anna.go("/")
    assert "Herinner de ouders" not in anna.page.inner_text("main")


def the_year_ends_and_deletion_runs(hall: TownHall) -> None:
    hall.town.clock.time = closes(hall.town) + 93 * DAY
    delete_expired(hall.town.workspace.context)
    hall.anna.sign_in()
    hall.anna.go("/kinderen")
    deleted = f"Toen zijn {CHILDREN - 1} kinderen verwijderd. Er staan nu 0 kinderen in."
    hall.anna.sees(deleted)


def closes(town: Town) -> int:
    return int(town.view("schemes", SCHEME)["closes"])


def stored(town: Town) -> list[bytes]:
    """What the database has of each child, encrypted."""
    with closing(sqlite3.connect(town.directory / DATABASE)) as db:
        return [person.encode() for (person,) in db.execute("SELECT person FROM children")]


def nothing_leads_back(town: Town, ids: list[str], sealed: list[bytes]) -> None:
    """No name, date of birth or address is in a file of the database or the chain. Only the log and
    the file of deletions have random ids, which name nobody."""
    with closing(sqlite3.connect(town.directory / DATABASE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = b"\n".join(each.read_bytes() for each in town.directory.rglob("*") if each.is_file())
    days = [f"{each:{form}}" for each in BORN for form in ("%d-%m-%Y", "%Y-%m-%d")]
    said = [*(each.encode() for each in (*NAMES, *days, "Dorpsstraat", "1234 AB")), *sealed]
    assert [each for each in said if each in files] == []
    with town.workspace.context.store.read() as db:
        for table in (r.children, r.child_lists, r.reminders):
            assert db.execute(select(table)).all() == []
        letters = db.execute(select(r.given_letters)).all()
        looked = set(db.scalars(select(r.looks.c.data_subject_id)))
    assert {(each.child, each.given_at, each.handed_out_at) for each in letters} == {("", 0, None)}
    assert looked == set(ids)
    assert sorted((town.directory / "deletions.txt").read_text().split()) == sorted(ids)
