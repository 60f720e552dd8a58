"""After eight years payouts and accounts are deleted, and shops and officials that left."""

import pytest
from sqlalchemy import Table, insert, select

from kindpakket.domain.categories import bits_of
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.names import name_founder
from kindpakket.services.oversight.kept_payouts import audit_payouts
from kindpakket.services.oversight.retention import delete_expired, last_run
from kindpakket.services.oversight.retention_books import YEARS_8
from kindpakket.services.payouts.lists import list_payouts
from kindpakket.store import tables as t
from kindpakket_audit.findings import Level
from tests.support.payouts import IBANS, get_file, give_account, pay_out, sell
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Town, owner_of, till_of

DAY = 24 * 3600
LEFT = address_of(EVERYTHING[2])


def rows(town: Town, table: Table) -> int:
    with town.workspace.context.store.read() as db:
        return len(db.execute(select(table)).all())


@pytest.fixture
def left(town: Town) -> Town:
    """Two shops are paid out; then one leaves, and so does an official."""
    store = town.workspace.context.store
    with store.write() as db:
        for shop, name in ((BICYCLES, "Fietsenwinkel"), (BOOKS, "Boekhandel")):
            detail = {"name": name, "address": "Kerkplein 3", "invited_at": town.now()}
            db.execute(insert(t.shop_details).values(shop=shop, **detail))
        db.execute(insert(t.till_names).values(till=address_of(till_of(BOOKS).key), name="Balie"))
    name_founder(store, LEFT, "Carla Smit")
    for shop in (BICYCLES, BOOKS):
        give_account(town, shop, IBANS[shop], "Houder")
        sell(town, shop, 1_250)
    get_file(town, pay_out(town))
    town.clock.time += DAY
    town.decide("setShop", BOOKS, bits_of(["books"]), address_of(owner_of(BOOKS)), False)
    town.decide("setOfficial", LEFT, 0)
    return town


def at(town: Town, seconds: float) -> dict[str, int]:
    """What is deleted so long after the last of these."""
    town.clock.time = seconds
    delete_expired(town.workspace.context)
    run = last_run(town.workspace.context)
    assert run
    return run.deleted


def test_nothing_is_deleted_while_its_year_is_kept(left: Town) -> None:
    assert at(left, left.clock.time + YEARS_8 - 2 * DAY) == {}


def test_after_its_period_it_is_deleted_and_who_takes_part_stays(left: Town) -> None:
    deleted = at(left, left.clock.time + YEARS_8 + DAY)
    assert deleted == {
        "payouts": 3,  # a file and two lines
        "shops": 2,  # an account and the details
        "tills": 3,  # its name and rights, and those of a shop that left before
        "officials": 1,
    }
    assert rows(left, t.bank_accounts) == rows(left, t.shop_details) == 1
    assert rows(left, t.payouts) == 1


def test_an_audit_does_not_miss_what_was_kept_long_enough(left: Town) -> None:
    at(left, left.clock.time + YEARS_8 + DAY)
    context = left.workspace.context
    (finding,) = audit_payouts(context.ledger, context.store, context.now())
    assert (finding.level, finding.difference) == (
        Level.WARNING,
        "de regels zijn na hun bewaartermijn verwijderd",
    )
    (earlier,) = audit_payouts(context.ledger, context.store, context.now() - YEARS_8)
    assert earlier.level is Level.DIFFERENCE
    assert [each.shops for each in list_payouts(context)] == [2]


def test_of_a_shop_that_takes_part_the_accounts_that_were_replaced_are_deleted(left: Town) -> None:
    give_account(left, BICYCLES, "BE68 5390 0754 7034", "Houder")
    replaced = left.clock.time
    assert rows(left, t.bank_accounts) == 3
    assert "replaced_accounts" not in at(left, replaced + YEARS_8 - DAY)
    assert at(left, replaced + YEARS_8 + DAY)["replaced_accounts"] == 1
    assert rows(left, t.bank_accounts) == 1


def test_a_shop_is_kept_for_its_period_after_the_last_decision_about_it(left: Town) -> None:
    left.clock.time += 5 * 366 * DAY
    left.decide("setShop", BOOKS, bits_of(["books"]), address_of(owner_of(BOOKS)), False)
    assert "shops" not in at(left, left.clock.time + 4 * 366 * DAY)


def test_a_shop_is_kept_while_it_is_owed_and_for_its_period_after_it_is_paid(town: Town) -> None:
    give_account(town, BOOKS, IBANS[BOOKS], "Houder")
    sell(town, BOOKS, 1_250)
    town.decide("setShop", BOOKS, bits_of(["books"]), address_of(owner_of(BOOKS)), False)
    assert "shops" not in at(town, town.clock.time + YEARS_8 + DAY)
    pay_out(town)
    assert "shops" not in at(town, town.clock.time + YEARS_8 - DAY)
    assert at(town, town.clock.time + 2 * DAY)["shops"] == 1
