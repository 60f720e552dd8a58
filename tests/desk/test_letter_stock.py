"""Letters with an amount in stock: issued, and granted only when they are handed out."""

import pytest
from sqlalchemy import delete, insert, select, update

from kindpakket.cli.schemes import describe
from kindpakket.domain.letters import serial
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.schemes.look_up import find_scheme
from kindpakket.store import tables as t
from kindpakket.store.register_tables import given_letters
from tests.desk.lost import Office
from tests.desk.office import read
from tests.support.town import BICYCLES, SCHEME, till_of

ON_LEDGER = 90_000 + 51 * 30_000
"""What the town's letters and those of the run have together, in cents."""


@pytest.fixture
def issued(with_runs: Office) -> Office:
    return with_runs


def record(here: Office, what: str, first: int, last: int | None = None) -> None:
    form = {"what": what, "first": serial(here.run, first)}
    form["last"] = serial(here.run, last) if last else ""
    answer = here.dirk.post(f"/brieven/voorraad/{here.run}", form)
    assert answer.status_code == 303, read(answer.text)


def granted_everywhere(here: Office) -> set[int]:
    """What is granted, as each page and command says it; one amount if all say the same."""
    context = here.town.workspace.context
    scheme = find_scheme(context, SCHEME)
    (figures,) = read_figures(context).schemes
    told = describe(scheme, context.now())
    assert figures.stock == scheme.stock == told["stock"]
    return {figures.issued, scheme.granted, told["issued"]}


def test_a_letter_in_stock_is_granted_when_it_is_handed_out(issued: Office) -> None:
    assert granted_everywhere(issued) == {ON_LEDGER}
    record(issued, "voorraad", 1, 10)
    assert granted_everywhere(issued) == {ON_LEDGER - 10 * 30_000}
    assert "In voorraad ligt € 3.000,00." in issued.anna.page("/")
    record(issued, "uitgedeeld", 3)
    assert granted_everywhere(issued) == {ON_LEDGER - 9 * 30_000}
    page = issued.dirk.page(f"/brieven/voorraad/{issued.run}")
    told = (
        f"{serial(issued.run, 1)} tot en met {serial(issued.run, 2)}, {serial(issued.run, 4)} tot"
    )
    assert told in page
    assert "9, € 2.700,00" in page
    assert issued.town.view("schemes", SCHEME)["issued"] == ON_LEDGER, (
        "the ledger knows nothing of it"
    )


def test_what_is_free_of_the_budget_does_not_grow_with_the_stock(issued: Office) -> None:
    record(issued, "voorraad", 1, 51)
    free = find_scheme(issued.town.workspace.context, SCHEME)
    assert free.funded - free.issued == free.funded - ON_LEDGER
    assert free.funded == free.granted + free.stock + (free.funded - ON_LEDGER)


def test_a_letter_that_paid_counts_as_handed_out(issued: Office) -> None:
    town = issued.town
    record(issued, "voorraad", 1, 51)
    town.api.pay(till_of(BICYCLES), town.code(2_500, letter=issued.letters[0]), 2_500)
    (figures,) = read_figures(town.workspace.context).schemes
    assert (figures.stock, figures.left) == (51 * 30_000, 90_000 - 2_500)
    with town.workspace.context.write_with_views() as db:
        db.execute(update(t.schemes).values(spent=100_000))
    (figures,) = read_figures(town.workspace.context).schemes
    assert (figures.issued, figures.left) == (100_000, 0), "never less than was paid"


def test_a_letter_that_was_replaced_is_in_stock_no_more(issued: Office) -> None:
    record(issued, "voorraad", 1, 2)
    issued.signed(lost=1, blank=None)
    assert granted_everywhere(issued) == {ON_LEDGER - 60_000}
    with issued.town.workspace.context.store.write() as db:
        db.execute(update(t.letter_replacements).values(done_at=issued.town.now()))
    assert granted_everywhere(issued) == {ON_LEDGER - 30_000}


def test_who_stored_and_handed_out_is_kept(issued: Office) -> None:
    record(issued, "voorraad", 7)
    record(issued, "uitgedeeld", 7)
    with issued.town.workspace.context.store.read() as db:
        row = db.execute(select(t.letter_stock)).one()
    assert (row.stored_by, row.handed_out_by) == (issued.dirk.address, issued.dirk.address)


def test_what_somebody_can_have_read_does_not_go_back_into_stock(issued: Office) -> None:
    """Of a family's letter, its number in stock would hide that it was granted."""
    context = issued.town.workspace.context
    record(issued, "voorraad", 1, 9)
    record(issued, "uitgedeeld", 7)
    issued.signed(lost=20, blank=None)
    given = {"run": issued.run, "child": "0" * 32, "given_at": 1, "handed_out": "post"}
    with context.store.write() as db:
        db.execute(update(t.letter_replacements).values(done_at=issued.town.now()))
        db.execute(insert(given_letters).values(**given, number=30))
    for number in (7, 20, 30):
        form = {"what": "voorraad", "last": serial(issued.run, 40)}
        form["first"] = serial(issued.run, number)
        answer = issued.dirk.post(f"/brieven/voorraad/{issued.run}", form)
        assert answer.status_code == 400
        assert f"Brief {serial(issued.run, number)} is uitgedeeld" in read(answer.text)
    record(issued, "voorraad", 8, 19)
    assert granted_everywhere(issued) == {ON_LEDGER - 18 * 30_000}


def test_what_cannot_be_in_stock(issued: Office) -> None:
    path = f"/brieven/voorraad/{issued.run}"

    def refused(told: str, first: str, last: str = "") -> None:
        form = {"what": "voorraad", "first": first, "last": last}
        answer = issued.dirk.post(path, form)
        assert answer.status_code == 400
        assert told in read(answer.text)

    refused("tot en met 1-051.", "1-052")
    refused("tot en met 1-051.", "1-007", "1-006")
    refused("Vul een nummer van deze serie in", "2-007")
    refused("Vul een nummer van deze serie in", "zeven")
    assert issued.dirk.get("/brieven/voorraad/99").status_code == 404
    blank = issued.dirk.page(f"/brieven/voorraad/{issued.blank_run}")
    assert f"Serie {issued.blank_run} staat niet op het grootboek." in blank
    with issued.town.workspace.context.store.write() as db:
        db.execute(delete(t.begun_runs).where(t.begun_runs.c.run == issued.run))
    assert "Al haar brieven tellen als uitgedeeld." in issued.dirk.page(path)
    refused("is gemaakt met de opdrachtregel", "1-007")
    assert granted_everywhere(issued) == {ON_LEDGER}
