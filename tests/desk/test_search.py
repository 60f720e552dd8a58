"""Search at the desk: what is found, by whom, and what is told of a payment."""

import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.proofs import format_proof
from kindpakket.protocol.signatures import address_of
from kindpakket.services.shops.new_shop import register_shop
from kindpakket.services.shops.register import ShopDetails
from tests.desk.office import Desk, at_the_desk
from tests.desk.test_access import HOLDERS
from tests.support.proofs import proof_of
from tests.support.town import BICYCLES, Town, till_of


@pytest.fixture
def payment(town: Town) -> Hash:
    """A payment of € 10,00."""
    return Hash(town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)["id"])


@pytest.fixture
def shop(town: Town) -> ShopId:
    """An invited shop."""
    details = ShopDetails("Fietsen van Piet", "Kade 1", kvk="12345678")
    return register_shop(town.workspace.context, details, 1)


@pytest.mark.parametrize("sought", ["FIETS", "kade", " van piet "])
def test_a_shop_is_found_by_a_part_of_its_name_or_address(
    anna: Desk, shop: ShopId, sought: str
) -> None:
    assert f'href="/gemeente/winkels/{shop}"' in anna.get(f"/zoeken?zoek={sought}").text


def test_a_decision_is_found_that_waits_and_that_was_made(anna: Desk) -> None:
    waiting = anna.prepare("/regelingen/1/budget", {"direction": "erbij", "amount": "1234"})
    page = anna.get("/zoeken?zoek=1.234,00").text
    assert f'href="/gemeente/besluiten/{waiting}"' in page
    assert "Wat er besloten is" in anna.page("/zoeken?zoek=budget")


def test_a_payment_is_found_by_its_proof_code_without_shop(anna: Desk, payment: Hash) -> None:
    code = format_proof(proof_of(payment))
    page = anna.page(f"/zoeken?zoek={code.lower()}").partition("Betaling ")[2]
    assert page.startswith(f"{code} € 10,00 , 15 januari 2027")
    assert "inkel" not in page.replace("geen winkel en geen gezin", "")


def test_what_was_refunded_of_a_payment_is_told(anna: Desk, town: Town, payment: Hash) -> None:
    town.api.refund(till_of(BICYCLES), payment, 400, town.now())
    assert "€ 4,00 terugbetaald" in anna.page(f"/zoeken?zoek={proof_of(payment)}")


@pytest.mark.usefixtures("shop")
def test_who_may_not_read_shops_finds_none(town: Town) -> None:
    treasurer = HOLDERS[Capacity.BUDGET]
    town.decide("setOfficial", address_of(treasurer), int(Capacity.BUDGET))
    with at_the_desk(town, treasurer) as (desk,):
        assert "Niets gevonden" in desk.page("/zoeken?zoek=van piet")


@pytest.mark.parametrize("sought", ["nergens te vinden", "%3Cscript%3E", "0000000000", "x" * 2000])
def test_what_is_not_there_is_said(anna: Desk, sought: str) -> None:
    assert "Niets gevonden voor" in anna.page(f"/zoeken?zoek={sought}")


def test_nothing_sought_is_no_answer(anna: Desk) -> None:
    page = anna.page("/zoeken?zoek=%20")
    assert "Niets gevonden" not in page
    assert "Betaling" not in page
