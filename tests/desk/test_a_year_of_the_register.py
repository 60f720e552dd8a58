"""A year of sixty children: from a list with mistakes until nothing leads back to them.

Both privacy officers use real browsers, since only there a sealed letter is opened. The rest are
the forms of the desk, without a browser: their pages are looked at in
test_children_for_everybody.py.
"""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

from playwright.sync_api import Browser
from sqlalchemy import select

from kindpakket.domain.csv_files import write_csv
from kindpakket.domain.letters import serial
from kindpakket.services.children.people import Child
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.store import register_tables as r
from kindpakket.store_access import DATABASE
from tests.children.test_bring_in import HEAD
from tests.desk.lost import DIRK, EVA, Office, make_blanks, name_requesters
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, decided_by_two, field, read
from tests.desk.runs import begin, hand_in, made, name_officers, order_of
from tests.desk.test_replacing_letters import officers
from tests.support.children import everyone
from tests.support.town import BICYCLES, SCHEME, VALUES, Town, till_of

CHILDREN = 60
DAY = 24 * 3600
_FIRST = ["Saar", "Mees", "Noor", "Jip", "Fien", "Bram"]
_LAST = ["Bakker", "Visser", "Smit", "Mulder", "Bos", "Vos", "Peters", "Kok", "Dekker", "Prins"]
NAMES = [f"{first} {last}" for first in _FIRST for last in _LAST]
SECRET = 59
"""The place of the child whose address is secret, from 0."""


def rows() -> list[list[str]]:
    """Sixty children, each at an address of their own."""
    born = date(2015, 1, 1)
    return [
        [
            name,
            f"{born + timedelta(days=at):%d-%m-%Y}",
            f"Dorpsstraat {at + 1}",
            "1234 AB",
            "Voorbeeldstad",
            "ja" if at == SECRET else "",
        ]
        for at, name in enumerate(NAMES)
    ]


def test_from_a_list_with_mistakes_until_nothing_leads_back(chromium: Browser, town: Town) -> None:
    town.decide("fund", SCHEME, 3_000_000)
    name_requesters(town)
    with at_the_desk(town, ANNA, BRAM, CARLA, DIRK, EVA) as (anna, bram, carla, dirk, eva):
        name_officers(anna, bram, carla)
        a_list_with_mistakes_is_mended(anna)
        run = begin(anna, CHILDREN)
        printed, content = made(order_of(anna, run))
        decided_by_two(anna, bram, hand_in(anna, printed, content))
        letters = [sheet.letter for sheet in printed.sheets]
        blank_run, blanks = make_blanks(anna)
        children, sealed = everyone(town), stored(town)
        handed_out(anna, run, children[SECRET])
        town.api.pay(till_of(BICYCLES), town.code(2_500, letter=letters[0]), 2_500)
        lost = Office(run, letters, blank_run, blanks, town, anna, bram, dirk, eva)
        a_lost_letter_is_replaced(chromium, lost, children[0])
        gone = f"/kinderen/kind/{children[1].id}"
        assert "Het kind is verwijderd." in anna.told(f"{gone}/verwijderen", {"voor": "request"})
    kept = [each.id for each in everyone(town)]
    assert len(kept) == CHILDREN - 1
    everybody_is_reminded(town, kept)
    town.clock.time = int(town.view("schemes", SCHEME)["closes"]) + 93 * DAY
    delete_expired(town.workspace.context)
    with at_the_desk(town, ANNA) as (anna,):
        page = anna.page("/kinderen")
    assert f"Toen zijn {CHILDREN - 1} kinderen verwijderd. Er staan nu 0 kinderen in." in page
    nothing_leads_back(town, [each.id for each in children], sealed)


def a_list_with_mistakes_is_mended(anna: Desk) -> None:
    head, right = [*HEAD, "Geheim adres"], rows()
    wrong = [list(each) for each in right]
    wrong[3][1], wrong[7][3] = "31-02-2015", "12 AB"
    form = {"scheme": str(SCHEME)}
    looked = anna.post("/kinderen/inlezen", form, list=("l.csv", write_csv([head, *wrong])))
    assert "Er zijn 2 fouten. Er is niets bewaard." in read(looked.text)
    assert "Regel 5, Geboortedatum: Dit is geen geboortedatum." in read(looked.text)
    looked = anna.post("/kinderen/inlezen", form, list=("l.csv", write_csv([head, *right])))
    assert "De lijst is goed. regeling 1 60 kinderen" in read(looked.text)
    carried = form | {"rows": field(looked.text, "rows"), "doen": "bewaren"}
    assert "De lijst is bewaard." in anna.told("/kinderen/inlezen", carried)


def handed_out(anna: Desk, run: int, secret: Child) -> None:
    """By post, and at the counter to who lives secretly."""
    given = {"run": str(run), "first": "1"}
    assert "De brieven zijn toegewezen." in anna.told("/kinderen/lijsten/1/toewijzen", given)
    batch = {"letters": field(anna.get("/kinderen/lijsten/1").text, "letters")}
    assert len(batch["letters"].split()) == CHILDREN - 1
    assert "op de post" in anna.told("/kinderen/lijsten/1/posten", batch)
    seen = {"number": serial(run, CHILDREN), "seen": "ja"}
    assert "aan het loket" in anna.told(f"/kinderen/kind/{secret.id}/gegeven", seen)


def a_lost_letter_is_replaced(chromium: Browser, lost: Office, child: Child) -> None:
    """Two officials sign; both officers open it in their browsers; the blank letter pays."""
    path, town = lost.signed(), lost.town
    with officers(chromium, lost) as (first, second):
        second.open(path)
        first.move(path)
    assert town.remaining(lost.blanks[0]) == [VALUES[0] - 2_500, *VALUES[1:]]
    number = serial(lost.blank_run, 1)
    lost.anna.told(f"/kinderen/kind/{child.id}/brief", {"number": number})
    lost.anna.told(f"/kinderen/kind/{child.id}/gegeven", {"number": number, "seen": "ja"})
    town.api.pay(till_of(BICYCLES), town.code(500, letter=lost.blanks[0]), 500)


def everybody_is_reminded(town: Town, kept: list[str]) -> None:
    """Four weeks before the end, whatever they spent: one of them by telephone."""
    town.clock.time = int(town.view("schemes", SCHEME)["closes"]) - 28 * DAY
    path = f"/kinderen/herinneren/{SCHEME}"
    with at_the_desk(town, ANNA) as (anna,):
        batch = {"children": field(anna.get(path).text, "children")}
        assert len(batch["children"].split()) == len(kept) - 1
        anna.told(f"{path}/verstuurd", batch)
        anna.told(f"{path}/gebeld", {"child": [kept[-1]]})
        assert "Herinner de ouders" not in anna.page("/")


def stored(town: Town) -> list[bytes]:
    """What the database has of each child, encrypted."""
    with closing(sqlite3.connect(town.directory / DATABASE)) as db:
        return [person.encode() for (person,) in db.execute("SELECT person FROM children")]


def nothing_leads_back(town: Town, ids: list[str], sealed: list[bytes]) -> None:
    """Only the log and the file of deletions have random ids, which name nobody."""
    with closing(sqlite3.connect(town.directory / DATABASE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = b"\n".join(each.read_bytes() for each in town.directory.rglob("*") if each.is_file())
    said = [*(each.encode() for each in NAMES), b"Dorpsstraat", *sealed]
    assert [each for each in said if each in files] == []
    with town.workspace.context.store.read() as db:
        for table in (r.children, r.child_lists, r.reminders):
            assert db.execute(select(table)).all() == []
        letters = db.execute(select(r.given_letters)).all()
        looked = set(db.scalars(select(r.looks.c.data_subject_id)))
    assert {(each.child, each.given_at, each.handed_out_at) for each in letters} == {("", 0, None)}
    assert looked == set(ids)
    assert sorted((town.directory / "deletions.txt").read_text().split()) == sorted(ids)
