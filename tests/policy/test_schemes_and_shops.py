"""Decisions about schemes, categories and shops."""

import hashlib

import pytest

from kindpakket.domain.categories import bits_of, table_sha256
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import DAY
from tests.support.town import BICYCLES, SCHEME, START, Town, owner_of, till_of

BIKES, SPIRITS = bits_of(["bicycles"]), bits_of(["off_licences"])
OWNER = address_of(Key(b"\x99" * 32))
ZERO = "0x" + "00" * 20


def test_an_opened_scheme_has_its_rules_and_no_money(town: Town) -> None:
    town.decide("openScheme", 2, START, START + DAY, BIKES, SPIRITS)
    assert town.view("schemes", 2) == {
        "opens": START,
        "closes": START + DAY,
        "paused": False,
        "closed": False,
        "spent": 0,
        "refunded": 0,
        "permitted": BIKES,
        "excluded": SPIRITS,
        "funded": 0,
        "issued": 0,
    }


def test_a_scheme_is_opened_once(town: Town) -> None:
    with town.refusing("scheme_exists"):
        town.decide("openScheme", SCHEME, START, START + DAY, BIKES, 0)


def test_a_closed_scheme_is_not_opened_again(town: Town) -> None:
    town.decide("closeScheme", SCHEME)
    with town.refusing("scheme_exists"):
        town.decide("openScheme", SCHEME, START, START + DAY, BIKES, 0)


def test_a_closed_schemes_rules_cannot_be_changed(town: Town) -> None:
    town.decide("closeScheme", SCHEME)
    with town.refusing("scheme_not_open"):
        town.decide("setRules", SCHEME, START, START + 400 * DAY, BIKES, 0)


def test_a_scheme_is_closed_once(town: Town) -> None:
    town.decide("closeScheme", SCHEME)
    with town.refusing("scheme_not_open"):
        town.decide("closeScheme", SCHEME)


def test_new_rules_replace_the_old_and_leave_the_money(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    town.decide("setRules", SCHEME, START + 1, START + 2, SPIRITS, BIKES)
    scheme = town.view("schemes", SCHEME)
    assert (scheme["opens"], scheme["closes"]) == (START + 1, START + 2)
    assert (scheme["permitted"], scheme["excluded"]) == (SPIRITS, BIKES)
    assert (scheme["funded"], scheme["issued"], scheme["spent"]) == (1_000_000, 90_000, 1_000)


@pytest.mark.parametrize("closes", [START, START - 1, 0])
def test_a_period_that_is_empty_is_refused(town: Town, closes: int) -> None:
    with town.refusing("call_invalid"):
        town.decide("openScheme", 2, START, closes, BIKES, 0)
    with town.refusing("call_invalid"):
        town.decide("setRules", SCHEME, START, closes, BIKES, 0)


def test_there_is_no_scheme_zero(town: Town) -> None:
    with town.refusing("call_invalid"):
        town.decide("openScheme", 0, START, START + DAY, BIKES, 0)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("setRules", (9, START, START + DAY, 1, 0)),
        ("closeScheme", (9,)),
        ("setPaused", (9, True)),
        ("fund", (9, 1)),
        ("issue", (9, 1, [OWNER])),
    ],
)
def test_a_scheme_that_was_not_opened_cannot_be_changed(
    town: Town, function: str, args: tuple[object, ...]
) -> None:
    with town.refusing("scheme_unknown"):
        town.decide(function, *args)


def test_the_hash_of_the_category_table_is_on_the_ledger(town: Town) -> None:
    served = [[row["bit"], row["sbi"], row["name"]] for row in town.api.get("/categories")]
    assert served[:2] == [[0, "47641", "bicycles"], [1, "47643", "sports"]]
    text = "[" + ",".join(f'[{bit},"{sbi}","{name}"]' for bit, sbi, name in served) + "]"
    assert table_sha256() == hashlib.sha256(text.encode()).digest()
    town.decide("setCategories", table_sha256())
    assert town.view("categoriesSha256") == table_sha256()


def test_a_registered_shop_is_what_officials_say_it_is(town: Town) -> None:
    town.decide("setShop", 6, BIKES, OWNER, True)
    assert town.view("shops", 6) == {
        "known": True,
        "admitted": True,
        "suspended": False,
        "tillNonce": 0,
        "owed": 0,
        "settled": 0,
        "owner": OWNER,
        "categories": BIKES,
    }


def test_a_shop_that_is_changed_keeps_what_it_is_owed_and_its_tills(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    town.decide("setShop", BICYCLES, BIKES, OWNER, True)
    assert town.view("shops", BICYCLES)["owed"] == 1_000
    assert town.api.pay(till_of(BICYCLES), town.code(500), 500)["amount"] == 500


@pytest.mark.parametrize(("shop", "owner"), [(0, OWNER), (6, ZERO)])
def test_a_shop_has_a_number_and_an_owner(town: Town, shop: int, owner: str) -> None:
    with town.refusing("call_invalid"):
        town.decide("setShop", shop, BIKES, owner, True)


def test_shops_are_listed_when_admitted_and_say_whether_a_scheme_allows_them(town: Town) -> None:
    assert [(shop["id"], shop["permitted"]) for shop in town.api.get("/shops", scheme=SCHEME)] == [
        (1, True),
        (2, False),
        (3, False),
        (4, True),
    ]
    town.decide("setShop", BICYCLES, BIKES, address_of(owner_of(BICYCLES)), False)
    assert [shop["id"] for shop in town.api.get("/shops")] == [2, 3, 4]
