"""In a large scheme a letter is found in the file of all coupons, which tells who asks nothing."""

import pytest

from kindpakket.domain.ids import Address
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.apps.phone import Phone, Street
from tests.support.town import LETTERS, SCHEME

FIRST = LETTERS[0]
VALUES = (1_000, 2_000)
AT_ONCE = 500
"""The coupons of a decision."""


@pytest.fixture
def large(street: Street) -> Street:
    """A scheme with 2,000 coupons of others, as many of each of two values as 170 letters have."""
    town = street.town
    town.decide("fund", SCHEME, 2 * AT_ONCE * sum(VALUES))
    for number in range(2 * len(VALUES)):
        value = VALUES[number % len(VALUES)]
        others = [Address(f"0x{number + 1:02x}{place:038x}") for place in range(AT_ONCE)]
        town.decide("issue", SCHEME, value, others)
    street.api.get("/schemes")  # until the views have all of it
    return street


def test_a_letter_is_read_paid_with_and_moved(phone: Phone, large: Street) -> None:
    phone.open_letter(FIRST)
    phone.left("€ 300,00")
    large.pay(phone.show_code("150"), 15_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.left("€ 150,00")
    (file,) = [each for each in phone.requests if each.url.endswith(f"/schemes/{SCHEME}/coupons")]
    answer = file.response()
    assert answer is not None
    assert int(answer.headers["content-length"]) > 2_000 * 6

    town = large.town
    coupons = range(len(town.remaining(FIRST)))
    old, new = ([coupon_key(FIRST, generation, i) for i in coupons] for generation in (0, 1))
    town.clock.time += 1
    large.api.move(SCHEME, old, new, town.now())
    phone.sees("Dit geld is naar een andere telefoon of een nieuwe brief verplaatst.")
    phone.open_letter_again(FIRST)
    phone.left("€ 150,00")
    phone.tap("Uitgaven")
    phone.sees("€\u00a0150,00")
    asked = " ".join(each.url for each in phone.requests)
    assert not any(address_of(key)[2:10] in asked for key in [*old, *new])
