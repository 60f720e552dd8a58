"""How somebody becomes an official: a one-time link, a code to compare, two signatures."""

import html
import re

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.enrolment import official_code, read_official_invitation
from kindpakket.protocol.signatures import address_of
from tests.desk.office import Desk, capacities_form, decided_by_two, read, sign_in, visitor
from tests.support.sessions import personal_sign
from tests.support.small_town import key
from tests.support.town import SITE, Town

CARLA = key(61)
INVITED = {"name": "Carla de Wit", "capacity": ["RULES", "SHOPS"]}


def invited(anna: Desk) -> bytes:
    """The secret of a new link."""
    page = html.unescape(anna.post("/ambtenaren/uitnodigen", INVITED).text)
    link = re.search(rf"{SITE}/gemeente/nieuw#KO1\.([0-9A-Z]+)", page)
    assert link
    return read_official_invitation(link[1]).secret


def used(town: Town, secret: bytes, official: bytes = CARLA) -> tuple[int, str]:
    """What the page of the link sends, from the newcomer's browser."""
    address = address_of(official)  # type: ignore[arg-type]
    form = {
        "secret": "0x" + secret.hex(),
        "address": address,
        "signature": personal_sign(f"Kindpakket: {address} is mijn sleutel", official),  # type: ignore[arg-type]
    }
    answer = visitor(town).post("/gemeente/nieuw", data=form)
    return answer.status_code, read(answer.text)


def test_a_link_a_code_and_two_signatures_make_an_official(
    town: Town, anna: Desk, bram: Desk
) -> None:
    status, page = used(town, invited(anna))
    assert status == 200
    assert official_code(address_of(CARLA)) in page
    shown = anna.get("/ambtenaren").text
    assert official_code(address_of(CARLA)) in shown
    newcomer = re.search(r'name="newcomer" value="([0-9a-f]{64})"', shown)
    assert newcomer
    decided_by_two(anna, bram, anna.prepare("/ambtenaren/toelaten", {"newcomer": newcomer[1]}))
    assert town.view("officials", address_of(CARLA)) == Capacity.RULES | Capacity.SHOPS
    assert sign_in(town, visitor(town), CARLA).status_code == 303


def test_a_used_link_alone_gives_nothing(town: Town, anna: Desk) -> None:
    used(town, invited(anna))
    assert town.view("officials", address_of(CARLA)) == 0
    assert sign_in(town, visitor(town), CARLA).status_code == 401


def test_a_link_works_once(town: Town, anna: Desk) -> None:
    secret = invited(anna)
    assert used(town, secret)[0] == 200
    assert used(town, secret)[0] == 200, "the same browser again"
    status, page = used(town, secret, key(62))
    assert status == 409
    assert "Deze uitnodiging is op een ander apparaat gebruikt." in page


def test_a_link_works_for_a_week(town: Town, anna: Desk) -> None:
    secret = invited(anna)
    town.clock.time += 7 * 24 * 3600 + 1
    assert used(town, secret)[0] == 409


def test_a_link_that_was_taken_back_does_nothing(town: Town, anna: Desk) -> None:
    secret = invited(anna)
    newcomer = re.search(r'name="newcomer" value="([0-9a-f]{64})"', anna.get("/ambtenaren").text)
    assert newcomer
    anna.post("/ambtenaren/vergeten", {"newcomer": newcomer[1]})
    assert used(town, secret)[0] == 409


def test_who_has_no_key_cannot_name_one(town: Town, anna: Desk) -> None:
    form = {
        "secret": "0x" + invited(anna).hex(),
        "address": address_of(CARLA),
        "signature": personal_sign(f"Kindpakket: {address_of(CARLA)} is mijn sleutel", key(62)),
    }
    assert visitor(town).post("/gemeente/nieuw", data=form).status_code == 409


def test_a_name_and_a_capacity_are_asked_for(anna: Desk) -> None:
    answer = anna.post("/ambtenaren/uitnodigen", {"name": " "})
    assert answer.status_code == 400
    page = read(answer.text)
    assert "Vul 1 tot 100 leesbare tekens in." in page
    assert "Kies minstens één bevoegdheid." in page


def test_capacities_that_changed_meanwhile_are_looked_at_again(
    town: Town, anna: Desk, bram: Desk
) -> None:
    town.decide("setOfficial", address_of(CARLA), int(Capacity.RULES))
    form = capacities_form(anna, address_of(CARLA), "RULES", "SHOPS")
    town.decide("setOfficial", address_of(CARLA), int(Capacity.PAYOUT))
    answer = anna.post("/ambtenaren/wijzigen", form)
    assert answer.status_code == 409
    assert "Intussen is er iets veranderd." in read(answer.text)
    assert "Er wacht niets op uw handtekening." in bram.page("/besluiten")
