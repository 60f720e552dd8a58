"""Shops at the desk: registered by one official, admitted by two, with a bank account."""

import html
import re
from pathlib import Path
from typing import Any

import pytest

from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.enrolment import Invitation, read_invitation
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.desk.office import Desk, at_the_desk, decided_by_two, field, read
from tests.support.enrolment import Device, device
from tests.support.many_letters import issue, spend
from tests.support.town import (
    ALL,
    BICYCLES,
    BOOKS,
    ENDED,
    EVERYTHING,
    LETTERS,
    SITE,
    Clock,
    Town,
    opened,
    owner_of,
    till_of,
)

NEW = ShopId(6)
"""The number that the next shop gets."""
FORM = {
    "name": "Çağlar & Zn.",
    "address": "Kerkstraat 3, Voorbeeldstad",
    "kvk": "1234 5678",
    "location": "53.247,6.402",
    "category": ["books", "toys"],
}
UNSEEN = "Intussen is er iets veranderd."


def registered(anna: Desk) -> Invitation:
    """Register a shop; return the invitation from the next page."""
    answer = anna.post("/winkels/nieuw", FORM)
    assert answer.status_code == 200, read(answer.text)
    return invitation_on(answer.text)


def invitation_on(page: str) -> Invitation:
    link = re.search(rf"{SITE}/winkel/#KI1\.([0-9A-Z]+)", html.unescape(page))
    assert link
    return read_invitation(link[1])


def enrolled(town: Town, anna: Desk) -> Device:
    owner = device(town, NEW)
    assert owner.enrol(registered(anna)).status_code == 201
    return owner


def seen(desk: Desk, shop: int, section: str = "") -> str:
    return field(desk.get(f"/winkels/{shop}{section}").text, "seen")


def send(desk: Desk, shop: int, section: str, form: dict[str, Any]) -> Any:
    """Submit a form of a shop, with its current fields."""
    return desk.post(f"/winkels/{shop}/{section}", {"seen": seen(desk, shop, f"/{section}")} | form)


def prepare(desk: Desk, shop: int, section: str, form: dict[str, Any]) -> str:
    form = {"seen": seen(desk, shop, f"/{section}")} | form
    return desk.prepare(f"/winkels/{shop}/{section}", form)


def sell(town: Town, shop: ShopId, amount: int, times: int = 1) -> None:
    for _time in range(times):
        town.api.pay(till_of(shop), town.code(amount, letter=LETTERS[1]), amount)


# ------------------------------------------------------------------------------ register, invite


def test_a_shop_is_registered_with_an_invitation_that_is_shown_once(town: Town, anna: Desk) -> None:
    answer = anna.post("/winkels/nieuw", FORM)
    assert invitation_on(answer.text).shop == NEW
    assert 'src="data:image/svg+xml;base64,' in answer.text
    assert 'alt="QR-code met de link voor de eigenaar van Çağlar &amp; Zn."' in answer.text
    page = anna.get("/winkels/6").text
    assert "KI1." not in page
    shown = read(page)
    assert "Kerkstraat 3, Voorbeeldstad" in shown
    assert "boeken; speelgoed" in shown
    assert "De eigenaar heeft de uitnodiging nog niet gebruikt." in shown
    assert not town.view("shops", NEW)["known"]


def test_every_mistake_is_told_at_once_and_nothing_is_lost(anna: Desk) -> None:
    wrong = {
        "name": "x" * 101,
        "address": "",
        "kvk": "1234567",
        "location": "hier",
        "category": [],
    }
    answer = anna.post("/winkels/nieuw", wrong)
    page = read(answer.text)
    assert answer.status_code == 400
    for mistake in (
        "Vul 1 tot 100 leesbare tekens in.",
        "Vul 1 tot 200 leesbare tekens in.",
        "Dit is geen KvK-nummer: 1234567. Het heeft acht cijfers.",
        "Dit is geen plek op de kaart.",
        "Kies minstens één soort winkel.",
    ):
        assert mistake in page
    for typed in ("1234567", "hier"):
        assert f'value="{typed}"' in answer.text
    assert "Er is geen winkel" in anna.page("/winkels?zoek=xxx")


@pytest.mark.parametrize(
    ("name", "typed", "mistake"),
    [
        ("kvk", "1234567", "Het heeft acht cijfers."),
        ("location", "91.0,6.4", "geen plek op de kaart"),
        ("phone", "bel ons", "Dit is geen telefoonnummer."),
        ("phone", "tel:0594", "Dit is geen telefoonnummer."),
        ("phone", "1" * 16, "Dit is geen telefoonnummer."),
        ("opening_hours", "x" * 301, "hoogstens 300"),
        ("examples", "x" * 201, "hoogstens 200"),
        ("category", ["drugs"], "Kies minstens één soort winkel."),
    ],
)
def test_a_mistake_registers_nobody(
    anna: Desk, name: str, typed: str | list[str], mistake: str
) -> None:
    answer = anna.post("/winkels/nieuw", FORM | {name: typed})
    assert answer.status_code == 400
    assert mistake in read(answer.text)
    assert anna.get("/winkels/6").status_code == 404


def test_a_registration_that_is_sent_again_registers_once(anna: Desk) -> None:
    registered(anna)
    again = anna.post("/winkels/nieuw", FORM | {"name": "ÇAĞLAR & zn."})
    assert again.status_code == 409
    assert "Deze winkel staat al in de lijst, als winkel 6." in read(again.text)
    assert anna.get("/winkels/7").status_code == 404


@pytest.mark.parametrize(("word", "found"), [("BOEK", "SBI 4761"), ("4761", "in boeken")])
def test_a_category_is_found_by_its_name_and_by_its_code(anna: Desk, word: str, found: str) -> None:
    answer = anna.post("/winkels/nieuw", FORM | {"category": "toys", "search": word, "find": "1"})
    page = read(answer.text)
    assert found in page
    assert "speelgoed" in page, "what was ticked stays"
    assert "fietsen" not in page
    assert 'value="1234 5678"' in answer.text
    assert anna.get("/winkels/6").status_code == 404


def test_a_later_invitation_ends_an_earlier_one(town: Town, anna: Desk) -> None:
    first = registered(anna)
    answer = anna.post("/winkels/6/uitnodigen", {"seen": seen(anna, NEW)})
    second = invitation_on(answer.text)
    assert device(town, NEW).enrol(first).status_code == 409
    assert device(town, NEW).enrol(second).status_code == 201


def test_an_invitation_form_that_is_sent_again_leaves_the_link_that_was_given_out(
    town: Town, anna: Desk
) -> None:
    registered(anna)
    town.clock.time += 1
    form = {"seen": seen(anna, NEW)}
    given_out = invitation_on(anna.post("/winkels/6/uitnodigen", form).text)
    again = anna.post("/winkels/6/uitnodigen", form)
    assert again.status_code == 409
    assert UNSEEN in read(again.text)
    assert device(town, NEW).enrol(given_out).status_code == 201


# ------------------------------------------------------------------------------ admit


def test_an_owner_whose_code_was_compared_is_admitted_by_two(
    town: Town, anna: Desk, bram: Desk
) -> None:
    owner = enrolled(town, anna)
    page = anna.page("/winkels/6")
    assert owner.code in page
    assert "De code klopt: bereid het besluit voor" in page
    prepared = anna.prepare("/winkels/6/toelaten", {"seen": seen(anna, NEW)})
    assert owner.code in bram.page(f"/besluiten/{prepared}")
    assert "Er wacht een besluit over deze winkel" in anna.page("/winkels/6")
    decided_by_two(anna, bram, prepared)
    shop = town.view("shops", NEW)
    assert shop["admitted"]
    assert (shop["owner"], shop["categories"]) == (
        address_of(owner.owner),
        bits_of(["books", "toys"]),
    )
    assert "Stand doet mee" in anna.page("/winkels/6")


def test_one_official_alone_admits_nobody(town: Town, anna: Desk) -> None:
    enrolled(town, anna)
    prepared = anna.prepare("/winkels/6/toelaten", {"seen": seen(anna, NEW)})
    for _time in range(2):
        assert anna.sign(prepared).headers["location"].endswith("?gedaan=getekend")
    assert not town.view("shops", NEW)["known"]


def test_a_shop_whose_invitation_was_not_used_is_not_admitted(anna: Desk) -> None:
    registered(anna)
    answer = anna.post("/winkels/6/toelaten", {"seen": seen(anna, NEW)})
    assert answer.status_code == 409
    assert "besluit over deze winkel" not in anna.page("/winkels/6").partition("Wat er over")[0]


def test_an_owner_who_was_not_compared_is_not_admitted(town: Town, anna: Desk) -> None:
    """Another key enrolled after the page with the owner code was opened."""
    enrolled(town, anna)
    compared = seen(anna, NEW)
    answer = anna.post("/winkels/6/uitnodigen", {"seen": compared})
    assert device(town, NEW, 2).enrol(invitation_on(answer.text)).status_code == 201
    late = anna.post("/winkels/6/toelaten", {"seen": compared})
    assert late.status_code == 409
    assert UNSEEN in read(late.text)


def test_a_form_that_is_sent_again_prepares_once(town: Town, anna: Desk) -> None:
    enrolled(town, anna)
    form = {"seen": seen(anna, NEW)}
    assert anna.prepare("/winkels/6/toelaten", form) == anna.prepare("/winkels/6/toelaten", form)


def test_a_lost_owner_key_is_replaced_by_two(town: Town, anna: Desk, bram: Desk) -> None:
    before = town.view("shops", BICYCLES)
    answer = anna.post(f"/winkels/{BICYCLES}/uitnodigen", {"seen": seen(anna, BICYCLES)})
    owner = device(town, BICYCLES)
    owner.enrol(invitation_on(answer.text))
    assert "doet mee; nieuwe eigenaar" in anna.page("/winkels?stand=waits")
    assert town.view("shops", BICYCLES) == before
    form = {"seen": seen(anna, BICYCLES)}
    decided_by_two(anna, bram, anna.prepare(f"/winkels/{BICYCLES}/toelaten", form))
    assert town.view("shops", BICYCLES)["owner"] == address_of(owner.owner)


# ------------------------------------------------------------------------------ change


def test_other_categories_are_a_decision_that_keeps_all_else(
    town: Town, anna: Desk, bram: Desk
) -> None:
    before = town.view("shops", ENDED)
    decided_by_two(anna, bram, prepare(anna, ENDED, "soorten", {"category": "books"}))
    after = town.view("shops", ENDED)
    assert after["categories"] == bits_of(["books"])
    assert (after["admitted"], after["owner"]) == (False, before["owner"])


def test_a_form_from_before_other_categories_changes_nothing(anna: Desk, bram: Desk) -> None:
    stale = {"seen": seen(bram, BICYCLES, "/soorten"), "category": ["bicycles", "toys"]}
    decided_by_two(anna, bram, prepare(anna, BICYCLES, "soorten", {"category": "books"}))
    answer = bram.post(f"/winkels/{BICYCLES}/soorten", stale)
    assert answer.status_code == 409
    assert UNSEEN in read(answer.text)
    assert "Nu: boeken." in read(answer.text)
    assert re.search(r'value="toys" checked', answer.text), "what was ticked is kept"
    assert field(answer.text, "seen") != stale["seen"]


def test_searching_does_not_make_an_old_form_new(anna: Desk, bram: Desk) -> None:
    stale = {"seen": seen(bram, BICYCLES, "/soorten"), "category": "toys"}
    decided_by_two(anna, bram, prepare(anna, BICYCLES, "soorten", {"category": "books"}))
    found = bram.post(f"/winkels/{BICYCLES}/soorten", stale | {"find": "1", "search": "47"})
    assert field(found.text, "seen") == stale["seen"]


def test_the_same_categories_are_no_decision(anna: Desk) -> None:
    answer = send(anna, BICYCLES, "soorten", {"category": "bicycles"})
    assert answer.status_code == 400
    assert "Dit is de winkel al." in read(answer.text)


def test_what_an_invited_shop_is_to_be_takes_no_decision(anna: Desk) -> None:
    registered(anna)
    answer = send(anna, NEW, "soorten", {"category": "bicycles"})
    assert answer.headers["location"] == "/gemeente/winkels/6?gedaan=bewaard"
    assert "fietsen en bromfietsen" in anna.page("/winkels/6")


def test_a_name_and_an_address_are_changed_by_one(town: Town, anna: Desk) -> None:
    form = {"name": "De Spaak", "address": "Weg 1", "kvk": "12345678", "location": ""}
    assert send(anna, BICYCLES, "gegevens", form).status_code == 303
    page = anna.page(f"/winkels/{BICYCLES}")
    assert "De Spaak" in page
    assert "Weg 1" in page
    assert public(town)["name"] == "De Spaak"


def test_what_visitors_want_to_know_is_public_and_may_stay_empty(town: Town, anna: Desk) -> None:
    form = {"name": "De Spaak", "address": "Weg 1", "kvk": "12345678"}
    told = {
        "phone": "(0594)  12 34 56",
        "opening_hours": "di t/m vr 9.00 - 18.00\r\nza 9.00 - 17.00",
        "examples": "fietsen, helmen",
    }
    assert send(anna, BICYCLES, "gegevens", form | told).status_code == 303
    shop = public(town)
    assert shop["phone"] == "(0594) 12 34 56"
    assert shop["openingHours"] == "di t/m vr 9.00 - 18.00\nza 9.00 - 17.00"
    assert shop["examples"] == "fietsen, helmen"
    assert "kvk" not in shop
    page = anna.get(f"/winkels/{BICYCLES}/gegevens").text
    for typed in ("(0594) 12 34 56", "za 9.00 - 17.00", "fietsen, helmen"):
        assert typed in page
        assert typed in anna.page(f"/winkels/{BICYCLES}")
    assert send(anna, BICYCLES, "gegevens", form).status_code == 303
    assert {public(town)[name] for name in ("phone", "openingHours", "examples")} == {""}


def test_a_form_from_before_another_name_changes_nothing(anna: Desk, bram: Desk) -> None:
    stale = {
        "seen": seen(bram, BICYCLES, "/gegevens"),
        "name": "B",
        "address": "Weg 2",
        "kvk": "12345678",
    }
    send(anna, BICYCLES, "gegevens", {"name": "A", "address": "Weg 1", "kvk": "12345678"})
    answer = bram.post(f"/winkels/{BICYCLES}/gegevens", stale)
    assert answer.status_code == 409
    assert 'value="B"' in answer.text
    assert "Weg 1" in anna.page(f"/winkels/{BICYCLES}")


def public(town: Town) -> dict[str, Any]:
    """What everybody may know about the bicycle shop."""
    (shop,) = (each for each in town.api.get("/shops") if each["id"] == BICYCLES)
    return dict(shop)


# ------------------------------------------------------------------------------ what it sold


def test_a_shop_shows_its_sums_by_month_at_any_size(town: Town, anna: Desk) -> None:
    sell(town, BICYCLES, 3_00)
    sell(town, BICYCLES, 4_50)
    page = anna.page(f"/winkels/{BICYCLES}")
    assert "januari 2027 2 € 7,50 € 0,00 € 7,50" in page
    assert "Dat u deze omzet bekijkt, wordt bewaard." in page


def test_a_refund_counts_in_the_month_of_its_payment(town: Town, anna: Desk) -> None:
    issue(town, 10)
    payments = spend(town, BICYCLES, 10)
    town.clock.time += 31 * 24 * 3600
    for payment in payments:
        town.api.refund(till_of(BICYCLES), payment, 75, town.now())
    with at_the_desk(town, anna.key) as (later,):
        page = later.page(f"/winkels/{BICYCLES}")
    assert "januari 2027 10 € 10,00 € 7,50 € 2,50" in page
    assert "februari" not in page.partition("Dat u deze omzet")[0].partition("Omzet per")[2]


def test_no_single_payment_and_no_coupon_is_shown(town: Town, anna: Desk) -> None:
    sell(town, BOOKS, 7_77)
    sell(town, BOOKS, 1_11)
    page = anna.page(f"/winkels/{BOOKS}")
    for amount in ("7,77", "1,11"):
        assert amount not in page
    assert "€ 8,88" in page


def test_tills_and_payouts_are_on_a_shops_page(town: Town, anna: Desk) -> None:
    sell(town, BICYCLES, 9_00)
    town.decide("settle", 1, [BICYCLES], [9_00], b"\x22" * 32)
    page = anna.page(f"/winkels/{BICYCLES}")
    mark = address_of(till_of(BICYCLES).key)[2:10]
    assert f"zonder naam, kenmerk {mark}: staat aan" in page
    assert re.search(r"KP-1-1 \S+ januari 2027 om \S+ uur € 9,00", page)


def test_what_stands_out_is_told_and_nothing_is_done(town: Town, anna: Desk) -> None:
    sell(town, BICYCLES, 1_00, times=5)
    page = anna.page(f"/winkels/{BICYCLES}")
    assert "Van één tegoed is binnen een uur 5 keer betaald" in page
    assert "Er gebeurt niets vanzelf" in page
    assert town.view("shops", BICYCLES)["admitted"]


# ------------------------------------------------------------------------------ the list, who may


def test_shops_are_found_by_name_and_by_how_far_they_are(anna: Desk) -> None:
    registered(anna)
    assert "Çağlar & Zn. 6 uitgenodigd" in anna.page("/winkels?zoek=çağ")
    page = anna.page("/winkels?stand=ended")
    assert "Winkel 5" in page
    assert "Winkel 1" not in page
    assert "Er is geen winkel die hierbij past." in anna.page("/winkels?zoek=zeilboot")


def test_the_list_is_taken_along_without_accounts(town: Town, anna: Desk) -> None:
    town.api.set_account(owner_of(BICYCLES), BICYCLES, "NL20INGB0001234567", "S.", town.now())
    file = anna.get("/winkels?als=csv").text
    assert "Winkel 1;1;doet mee;fietsen en bromfietsen;0,00;0,00" in file
    assert "NL20" not in file


@pytest.mark.parametrize("shop", ["9", "0", "-1", "x", "99999999999999999999"])
def test_a_shop_that_does_not_exist_is_not_found(anna: Desk, shop: str) -> None:
    assert anna.get(f"/winkels/{shop}").status_code == 404


def test_a_town_without_shops_says_what_to_do_first(tmp_path: Path) -> None:
    clock, settings = Clock(), Settings(data=tmp_path)
    officials = {address_of(each): ALL for each in EVERYTHING}
    Workspace.create(settings, officials, clock=clock, sync=False).close()
    with opened(tmp_path, clock) as town, at_the_desk(town, EVERYTHING[0]) as (anna,):
        assert "Schrijf de eerste in" in anna.page("/winkels")
