"""A town with at least one act of each kind in its history."""

from kindpakket.domain.categories import bits_of, table_sha256
from kindpakket.domain.ids import Hash, SchemeId
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import coupons, decision
from tests.support.town import (
    ALL,
    BICYCLES,
    BOOKS,
    EVERYTHING,
    LETTERS,
    OFF_LICENCE,
    SAFE,
    SCHEME,
    START,
    Town,
    owner_of,
    till_of,
)

YEAR = 365 * 24 * 3600
SECOND_SCHEME = SchemeId(2)
SECOND_TILL = Key(b"\xa1" * 32)
NEW_OFFICIAL = Key(b"\x05" * 32)
HOME = Key(b"\xb1" * 32)
"""The address to which the first coupon of the third letter moves."""
EVENTS = {
    "OfficialSet": 6,
    "SchemeOpened": 2,
    "RulesSet": 1,
    "SchemeClosed": 1,
    "PausedSet": 2,
    "CategoriesSet": 1,
    "Funded": 3,
    "ShopSet": 5,
    "SuspendedSet": 2,
    "Issued": 4,
    "TillChanged": 7,
    "Paid": 5,
    "Refunded": 4,
    "Moved": 3,
    "Settled": 2,
    "DecisionExecuted": 25,
    "DecisionCancelled": 1,
}
"""How often each event is on the ledger afterwards."""


def live(town: Town) -> None:
    """Carry out at least one act of each kind."""
    town.decide("setCategories", table_sha256())
    paid = _pay_and_refund(town)
    _move(town, paid)
    _change_tills(town)
    _decide(town)
    _pay_out(town, paid)
    town.api.pay(till_of(BOOKS), town.code(10, letter=LETTERS[1], coupons=(1,)), 10)


def _pay_and_refund(town: Town) -> Hash:
    first = town.api.pay(till_of(BICYCLES), town.code(12_500, coupons=(0, 1)), 12_500)
    shop = till_of(BOOKS)
    town.api.pay(shop, town.code(1_000, letter=LETTERS[1], shop=BOOKS), 900)
    town.api.pay(shop, town.code(9_999, letter=LETTERS[1], coupons=(4, 5)), 9_000, rest=True)
    town.api.refund(till_of(BICYCLES), first["id"], 2_000, town.now())
    return Hash(first["id"])


def _move(town: Town, paid: Hash) -> None:
    town.clock.time += 1
    town.api.move(SCHEME, coupons(0, 1), coupons(0, 1, generation=1), town.now())
    town.api.refund(till_of(BICYCLES), paid, 500, town.now())
    code = town.code(2_000, letter=LETTERS[2])
    given = town.api.pay(till_of(BICYCLES), code, 2_000)
    town.clock.time += 1
    town.api.move(SCHEME, coupons(0, letter=LETTERS[2]), [HOME], town.now())
    town.clock.time += 1
    town.api.move(SCHEME, [HOME], [], town.now())
    town.api.refund(till_of(BICYCLES), given["id"], 2_000, town.now())


def _change_tills(town: Town) -> None:
    owner = owner_of(BOOKS)
    for key, active in ((SECOND_TILL, True), (address_of(SECOND_TILL), False)):
        town.clock.time += 1
        town.api.change_till(owner, BOOKS, key, town.now(), active=active)


def _decide(town: Town) -> None:
    submit = town.workspace.context.ledger.submit
    town.decide("setPaused", SCHEME, True, by=EVERYTHING[:1])
    town.decide("setPaused", SCHEME, False)
    town.decide("setSuspended", BOOKS, True, by=EVERYTHING[:1])
    town.decide("setSuspended", BOOKS, False)
    town.decide("setOfficial", address_of(NEW_OFFICIAL), ALL, by=[EVERYTHING[0], SAFE])
    permitted = bits_of(["bicycles", "books", "toys", "sports"])
    rules = (SCHEME, START, START + YEAR, permitted, bits_of(["off_licences"]))
    town.decide("setRules", *rules, by=[NEW_OFFICIAL, EVERYTHING[1]])
    town.decide("setOfficial", address_of(NEW_OFFICIAL), 0, by=EVERYTHING)
    town.decide("openScheme", SECOND_SCHEME, START, START + YEAR, permitted, 0)
    town.decide("fund", SECOND_SCHEME, 5_000)
    town.decide("fund", SECOND_SCHEME, -2_000)
    town.decide("closeScheme", SECOND_SCHEME)
    town.clock.time += 1
    message = decision(town, "setShop", OFF_LICENCE, 1, address_of(owner_of(OFF_LICENCE)), True)
    signature = message.sign(town.api.domain, EVERYTHING[2])
    submit(encode_call("cancel", message.values, signature))


def _pay_out(town: Town, paid: Hash) -> None:
    town.decide("settle", 1, [BICYCLES, BOOKS], [10_000, 4_500], b"\x01" * 32)
    town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())
    town.decide("settle", 2, [BICYCLES], [-1_000], b"\x02" * 32)
