"""Becoming an official: a one-time link, a code to compare, two signatures."""

import html
import re

import pytest

from kindpakket.actors import decision_body
from kindpakket.domain.base32 import grouped
from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.enrolment import official_code, read_official_invitation
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.names import name_official, read_names, rename_scheme
from kindpakket.services.decisions.officials import official_call
from kindpakket.services.decisions.prepare import prepare
from kindpakket.services.shops.register import ShopDetails, describe_shop
from tests.desk.office import (
    ANNA,
    BRAM,
    Desk,
    capacities_form,
    decided_by_two,
    read,
    sign_in,
    visitor,
)
from tests.support.sessions import personal_sign
from tests.support.small_town import key
from tests.support.town import (
    ALL,
    BICYCLES,
    EVERYTHING,
    LETTERS,
    SAFE,
    SCHEME,
    SITE,
    START,
    Town,
    owner_of,
    till_of,
)

CARLA = key(61)
INVITED = {"name": "Carla de Wit", "capacity": ["RULES", "SHOPS"]}


def invited(anna: Desk) -> bytes:
    """The secret of a new link."""
    page = html.unescape(anna.post("/ambtenaren/uitnodigen", INVITED).text)
    link = re.search(rf"{SITE}/gemeente/nieuw#KO1\.([0-9A-Z]+)", page)
    assert link
    assert grouped(link[1]) in page  # in its typed form
    return read_official_invitation(link[1]).secret


def used(town: Town, secret: bytes, official: bytes = CARLA) -> tuple[int, str]:
    """The fields that the page of the link sends from the new official's browser."""
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
    prepared = anna.prepare("/ambtenaren/toelaten", {"newcomer": newcomer[1]})
    told = bram.told("/ambtenaren/toelaten", {"newcomer": newcomer[1]})
    assert "Dit besluit wachtte al." in told
    decided_by_two(anna, bram, prepared)
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


# names


def admitted(anna: Desk, bram: Desk) -> str:
    newcomer = re.search(r'name="newcomer" value="([0-9a-f]{64})"', anna.get("/ambtenaren").text)
    assert newcomer
    decision_set = anna.prepare("/ambtenaren/toelaten", {"newcomer": newcomer[1]})
    decided_by_two(anna, bram, decision_set)
    return decision_set


def code(official: bytes) -> str:
    return official_code(address_of(official))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "known",
    [ANNA, SAFE, till_of(BICYCLES).key, owner_of(BICYCLES), coupon_key(LETTERS[0], 0, 0)],
    ids=["official", "safe", "till", "owner", "coupon"],
)
def test_a_key_that_is_known_uses_no_invitation(town: Town, anna: Desk, known: bytes) -> None:
    secret = invited(anna)
    status, page = used(town, secret, known)
    assert (status, "Deze sleutel is al bekend." in page) == (409, True)
    assert used(town, secret)[0] == 200, "the invitation is there for its newcomer"


def test_a_key_that_was_known_uses_no_invitation(town: Town, anna: Desk) -> None:
    former, owner = key(63), key(64)
    town.decide("setOfficial", address_of(former), int(Capacity.RULES))
    town.decide("setOfficial", address_of(former), 0)
    town.decide("setShop", 9, 1, address_of(owner), True)
    town.decide("setShop", 9, 1, address_of(key(65)), True)
    for known in (former, owner):
        assert used(town, invited(anna), known)[0] == 409
        anna.post("/ambtenaren/vergeten", newcomer_form(anna))


def newcomer_form(desk: Desk) -> dict[str, str]:
    found = re.search(r'name="newcomer" value="([0-9a-f]{64})"', desk.get("/ambtenaren").text)
    assert found
    return {"newcomer": found[1]}


def test_one_key_uses_one_invitation(town: Town, anna: Desk) -> None:
    assert used(town, invited(anna))[0] == 200
    other = html.unescape(anna.post("/ambtenaren/uitnodigen", INVITED | {"name": "Dirk"}).text)
    link = re.search(r"#KO1\.([0-9A-Z]+)", other)
    assert link
    assert used(town, read_official_invitation(link[1]).secret)[0] == 409


def test_a_name_counts_from_the_decision_and_not_before(town: Town, anna: Desk, bram: Desk) -> None:
    used(town, invited(anna))
    names = read_names(town.workspace.context)
    assert names.official(address_of(CARLA)) == f"sleutel {code(CARLA)}"
    town.clock.time += 1
    decision_set = admitted(anna, bram)
    assert f"Carla de Wit ({code(CARLA)}) heeft dan" in anna.page(f"/besluiten/{decision_set}")
    names, now = read_names(town.workspace.context), town.now()
    assert names.official(address_of(CARLA)) == f"Carla de Wit ({code(CARLA)})"
    assert names.at(now + 1).official(address_of(CARLA)) == f"Carla de Wit ({code(CARLA)})"
    assert names.at(START).official(address_of(CARLA)) == f"sleutel {code(CARLA)}"


def test_a_new_name_leaves_earlier_signatures_as_they_were(town: Town, anna: Desk) -> None:
    store, official = town.workspace.context.store, address_of(ANNA)
    town.decide("setPaused", SCHEME, True)
    call = official_call(official, Capacity(ALL))
    made = prepare(town.workspace.context, call)
    name_official(store, official, "Anna Jansen", made.id)
    assert name_official(store, official, "Bram Bos", made.id) == "Anna Jansen"
    town.clock.time = made.message.nonce
    body = decision_body(town.api.domain, made.message, EVERYTHING[:2])
    assert town.post("/decisions", body).status_code == 201
    town.decide("setPaused", SCHEME, False)
    rows = anna.get("/besluiten/genomen?als=csv").text.splitlines()[1:4]
    signers = [row.split(";")[4] for row in rows]
    assert [f"Anna Jansen ({code(ANNA)})" in each for each in signers] == [True, False, False]
    assert [code(ANNA) in each for each in signers] == [True, True, True]


def test_signers_are_told_with_the_code_of_their_key(town: Town, anna: Desk, bram: Desk) -> None:
    used(town, invited(anna))
    decision_set = admitted(anna, bram)
    for path in (f"/besluiten/{decision_set}", "/besluiten/genomen", "/besluiten/genomen?als=csv"):
        shown = anna.get(path).text
        assert code(ANNA) in shown
        assert code(BRAM) in shown


def test_a_name_that_another_official_has_is_refused(town: Town, anna: Desk, bram: Desk) -> None:
    used(town, invited(anna))
    again = anna.post("/ambtenaren/uitnodigen", INVITED | {"name": "carla  de WIT"})
    assert again.status_code == 400
    assert "met deze naam" in read(again.text)
    admitted(anna, bram)
    assert anna.post("/ambtenaren/uitnodigen", INVITED).status_code == 400


def test_who_was_removed_does_not_wait_again(town: Town, anna: Desk, bram: Desk) -> None:
    used(town, invited(anna))
    admitted(anna, bram)
    town.decide("setOfficial", address_of(CARLA), 0)
    assert "Er is niemand uitgenodigd." in anna.page("/ambtenaren")


def test_a_decision_is_told_with_the_names_of_then(town: Town, anna: Desk) -> None:
    context = town.workspace.context
    describe_shop(context, BICYCLES, ShopDetails("Fietsenwinkel", "Dorpsstraat 4"))
    rename_scheme(context.store, SCHEME, "Kindpakket", town.now())
    town.decide("setPaused", SCHEME, True)
    town.decide("setShop", BICYCLES, 1, address_of(owner_of(BICYCLES)), True)
    town.clock.time += 1
    describe_shop(context, BICYCLES, ShopDetails("Speelgoed", "Dorpsstraat 4"))
    rename_scheme(context.store, SCHEME, "Vakantie", town.now())
    shown = anna.page("/besluiten/genomen")
    assert "Fietsenwinkel" in shown
    assert "Kindpakket (regeling 1)" in shown
    assert "Speelgoed" not in shown
    assert "Vakantie" not in shown
