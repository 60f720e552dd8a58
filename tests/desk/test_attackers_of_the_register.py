"""What each attacker reads of the register and of its letters, on real parts and real files.

What one privacy officer, the server and a stolen backup open of letters is in test_lost_letters.py;
here is what the register adds to each.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import select

from kindpakket.backup import backup
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.letters import Letter, serial
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.looks import Purpose, RegisterReader, list_looks
from kindpakket.services.children.people import search_children
from kindpakket.services.letters.hand_out import give_letter, hand_over
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children, given_letters
from kindpakket.store_access import DATABASE, STORE_KEY
from kindpakket.workspace import Workspace
from tests.desk.lost import Office
from tests.desk.office import Desk, at_the_desk
from tests.desk.runs import OFFICERS
from tests.desk.test_access import HOLDERS
from tests.support.children import SAAR, add
from tests.support.town import BICYCLES, till_of

CLERK = HOLDERS[Capacity.REGISTER]
AT_THE_COUNTER = RegisterReader(address_of(CLERK), Purpose.COUNTER)
SAID = [b"Saar de Wit", b"2017-03-09", b"Dorpsstraat", b"1234 AB", b"0594 12 34 56"]
"""What is known of the child."""


@pytest.fixture
def lived(with_runs: Office) -> Iterator[tuple[Office, Desk, str]]:
    """Saar's letter, the first of the run, was handed over at the counter and pays € 42,50; an
    official who holds REGISTER only is at the desk."""
    town, context = with_runs.town, with_runs.town.workspace.context
    town.decide("setOfficial", address_of(CLERK), int(Capacity.REGISTER))
    (saar,) = add(town, SAAR)
    give_letter(context, AT_THE_COUNTER, saar.id, serial(with_runs.run, 1))
    hand_over(context, AT_THE_COUNTER, saar.id, serial(with_runs.run, 1))
    town.api.pay(till_of(BICYCLES), town.code(4_250, letter=with_runs.letters[0]), 4_250)
    with at_the_desk(town, CLERK) as (clerk,):
        yield with_runs, clerk, saar.id


def forms_of(letters: list[Letter]) -> list[bytes]:
    """All that spends a letter, in each form in which it could be stored."""
    found = []
    for letter in letters:
        key = coupon_key(letter, 0, 0)
        found += [letter.text.encode(), letter.secret, letter.secret.hex().encode()]
        found += [key, key.hex().encode()]
    return found


def contents(directory: Path) -> bytes:
    return b"\n".join(each.read_bytes() for each in directory.rglob("*") if each.is_file())


# the server and its database, together


def test_the_server_reads_every_child_and_the_number_of_its_letter(
    lived: tuple[Office, Desk, str],
) -> None:
    """This is not given: whoever runs the server has the key of the database."""
    lost, _clerk, child = lived
    (found,), _more = search_children(lost.town.workspace.context, AT_THE_COUNTER, "saar")
    assert (found.id, found.person) == (child, SAAR)
    assert [(each.run, each.number) for each in found.letters] == [(lost.run, 1)]


def test_the_server_has_nothing_that_spends_a_childs_letter(
    lived: tuple[Office, Desk, str],
) -> None:
    lost, _clerk, _child = lived
    kept = contents(lost.town.directory)
    assert [each for each in forms_of([*lost.letters, *lost.blanks]) if each in kept] == []


def test_nothing_that_the_server_stores_leads_from_a_letters_number_to_its_coupons(
    lived: tuple[Office, Desk, str],
) -> None:
    """The coupons of all letters of a run are in the order of their addresses, and no table with
    the number of a letter has a coupon in it."""
    lost, _clerk, _child = lived
    of_letter = [address_of(coupon_key(lost.letters[0], 0, index)) for index in range(6)]
    with closing(sqlite3.connect(lost.town.directory / DATABASE)) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        with_numbers = [
            table
            for table in tables
            if {"run", "number"} <= {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        ]
        rows = [repr(row) for each in with_numbers for row in db.execute(f"SELECT * FROM {each}")]
    assert {"sealed_letters", "given_letters"} <= set(with_numbers)
    assert not [row for row in rows for coupon in of_letter if coupon.lower() in row.lower()]


# one privacy officer, with the register and the database


@pytest.mark.parametrize("officer", OFFICERS)
def test_one_privacy_officer_with_the_register_knows_the_letter_and_cannot_open_it(
    lived: tuple[Office, Desk, str], officer: Any
) -> None:
    lost, _clerk, child = lived
    with lost.town.workspace.context.store.read() as db:
        letter = db.execute(select(given_letters).where(given_letters.c.child == child)).one()
        table = t.sealed_letters.c
        this = select(table.sealed).where(table.run == letter.run, table.number == letter.number)
        sealed = db.execute(this).scalar_one()
    opened = sealed
    try:
        opened = pyrage.decrypt(sealed, [officer])
    except pyrage.DecryptError:
        assert officer is OFFICERS[0], "the outer layer is the second officer's"
    assert lost.letters[0].text.encode() not in opened
    if officer is OFFICERS[1]:
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(opened, [officer])


# one colleague at the front desk


def test_a_colleague_at_the_front_desk_sees_no_purchase(lived: tuple[Office, Desk, str]) -> None:
    lost, clerk, child = lived
    pages = ["/", "/kinderen", f"/kinderen/kind/{child}", f"/kinderen/kind/{child}/afdrukken"]
    pages += ["/kinderen/lijsten/1", "/kinderen/bellen", "/kinderen/herinneren/1"]
    pages += ["/brieven/vervangen", "/besluiten", "/privacy"]
    told = "\n".join(clerk.page(each) for each in pages)
    assert "Saar de Wit" in told
    assert serial(lost.run, 1) in told
    for bought in ("42,50", "Winkel 1", "winkel 1", "fietsen"):
        assert bought not in told
    for path in ("/cijfers", "/winkels", "/winkels/1/betalingen", "/brieven", "/uitbetalingen"):
        assert clerk.get(path).status_code == 403


def test_a_colleague_at_the_front_desk_leaves_a_trace_of_each_look_and_cannot_read_it(
    lived: tuple[Office, Desk, str],
) -> None:
    lost, clerk, child = lived
    lost.town.clock.time += 1
    clerk.page(f"/kinderen/kind/{child}")
    (look,) = list_looks(lost.town.workspace.context, 1)
    assert (look.child, look.official, look.time) == (child, address_of(CLERK), lost.town.now())
    assert clerk.get("/inzage/kinderen").status_code == 403


# a stolen backup


def test_a_stolen_backup_tells_how_many_and_when_and_not_who(
    lived: tuple[Office, Desk, str], tmp_path: Path
) -> None:
    lost, _clerk, child = lived
    copy, apart = tmp_path / "copy", tmp_path / STORE_KEY
    shutil.move(lost.town.directory / STORE_KEY, apart)
    backup(Settings(data=lost.town.directory, store_key_file=apart), copy)
    kept = contents(copy)
    assert [each for each in SAID if each in kept] == []
    assert [each for each in forms_of(lost.letters) if each in kept] == []
    assert not list(copy.rglob(STORE_KEY))
    (file,) = copy.rglob(DATABASE)
    with closing(sqlite3.connect(file)) as db:
        told = db.execute("SELECT child, list, position, scheme FROM children").fetchall()
        letters = db.execute("SELECT run, number, child, handed_out FROM given_letters").fetchall()
    assert told == [(child, 1, 1, 1)]
    assert letters == [(lost.run, 1, child, "counter")]


def test_a_stolen_backup_with_the_key_in_it_is_the_register_of_then(
    lived: tuple[Office, Desk, str], tmp_path: Path
) -> None:
    """This is not given: keep the key elsewhere. The manifest says whether it is in a copy."""
    lost, _clerk, _child = lived
    copy = tmp_path / "copy"
    backup(Settings(data=lost.town.directory), copy)
    assert json.loads((copy / "manifest.json").read_text())["has_store_key"]
    with (
        Workspace.open(Settings(data=copy), read_only=True) as workspace,
        workspace.context.store.read() as db,
    ):
        assert "Saar de Wit" in db.execute(select(children.c.person)).scalar_one()
