"""In a large scheme, coupons are queried by a prefix of their address."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert

from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base import buckets
from kindpakket.store import tables as t
from tests.apps.phone import Phone, Street
from tests.support.town import LETTERS, SCHEME, VALUES

FIRST = LETTERS[0]
DIGITS = "0123456789abcdef"
BUCKETS = f"/api/v1/schemes/{SCHEME}/coupons/"


def digits(generation: int, count: int) -> list[str]:
    """The first digits of the addresses of a letter's coupons, in their order."""
    keys = [coupon_key(FIRST, generation, index) for index in range(count)]
    return list(dict.fromkeys(address_of(key)[2] for key in keys))


@pytest.fixture
def large(street: Street) -> Street:
    """A scheme with 256 coupons of others for every first digit."""
    street.api.get("/schemes")
    rows = [
        {
            "coupon": f"0x{digit}{number:039x}",
            "scheme": SCHEME,
            "value": 1_000,
            "remaining": 1_000,
            "changed_block": 1,
        }
        for digit in DIGITS
        for number in range(256)
    ]
    with street.town.workspace.context.store.write(views=True) as db:
        db.execute(insert(t.coupons), rows)
        buckets.lengthen_prefix(db, SCHEME)
    assert street.api.get(f"/schemes/{SCHEME}")["couponPrefixLength"] == 1
    return street


def test_a_letter_is_read_and_paid_with_and_only_prefixes_are_asked_for(
    phone: Phone, large: Street
) -> None:
    phone.open_letter(FIRST)
    phone.left("€ 300,00")
    read = asked(phone)
    large.pay(phone.show_code("150"), 15_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.left("€ 150,00")

    for _ in range(2):
        phone.tap("Uitgaven")
        phone.sees("€\u00a0150,00")
        phone.tap("Terug")

    everything = asked(phone)
    assert set(everything) <= set(DIGITS), everything
    # Reading looks up seven coupons; there is no seventh.
    sweep, looks = digits(0, len(VALUES) + 1), []
    assert sorted(read[: len(sweep)]) == sorted(sweep)
    # Afterwards: the buckets of its coupons, all of them at every refresh.
    mine, rest = digits(0, len(VALUES)), everything[len(sweep) :]
    while len(rest) >= len(mine):
        looks.append(tuple(rest[: len(mine)]))
        rest = rest[len(mine) :]
        assert sorted(looks[-1]) == sorted(mine)
    assert len(looks) >= 3
    assert len(set(looks)) > 1, "always in the same order"


def asked(phone: Phone) -> list[str]:
    """The buckets that the phone requested, in order."""
    paths = [urlsplit(request.url).path for request in phone.requests]
    return [path.removeprefix(BUCKETS) for path in paths if path.startswith(BUCKETS)]
