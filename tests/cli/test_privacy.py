"""What observers can tie to each other of a family's purchases, played with the wallet's rule."""

from kindpakket.domain.letters import LETTER_VALUES
from scripts.bench import privacy
from scripts.bench.privacy import SHOPS, Purchase, Year, counted, tied

EVERYBODY = SHOPS


def bought(*coupons: int, shop: int = 0) -> Purchase:
    return Purchase(shop, 1, frozenset(coupons))


def test_a_coupon_that_paid_twice_ties_two_purchases() -> None:
    assert tied([bought(1), bought(2), bought(1)], EVERYBODY) == 1


def test_purchases_are_tied_through_others() -> None:
    """Four purchases in a chain are six pairs; the fifth is tied to none."""
    chain = [bought(1, 2), bought(3, 4), bought(2, 3), bought(4), bought(5)]
    assert tied(chain, EVERYBODY) == 6


def test_a_shop_ties_only_what_was_bought_there() -> None:
    purchases = [bought(1), bought(1, 2, shop=1), bought(2), bought(1, shop=2)]
    assert [tied(purchases, shops) for shops in (1, 2, 3)] == [0, 3, 6]


def test_a_year_of_a_small_town_stays_within_the_bounds() -> None:
    figures = privacy.run([120], seeds=1)
    assert figures["broken"] == []
    (town,) = figures["towns"]
    assert town["shop"] < town["two_shops"] < town["chain"] <= privacy.TIED_MOST
    assert 7 < town["per_letter"] < 9


def test_letters_are_counted_from_below() -> None:
    """Twelve letters paid with a coupon of € 100 each, and twelve more with one of four of € 5."""
    dear, cheap = LETTER_VALUES.index(100_00), LETTER_VALUES.index(5_00)
    town = [Year([bought(dear)], 0) for _ in range(12)]
    assert list(counted(town)) == [1]
    town += [Year([bought(cheap)], 0) for _ in range(12)]
    assert list(counted(town)) == [12 / 24]


def test_families_that_spend_a_letter_spend_every_cent() -> None:
    years = list(privacy.play(100, seed=1, step=50))
    spent = [year for year in years if year.left == 0]
    assert len(spent) >= 80
    assert all(len(year.purchases) > 0 for year in spent)
