"""The list of shops, with and without the phone's position."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from kindpakket.domain.categories import bits_of
from kindpakket.domain.locations import Location
from kindpakket.protocol.signatures import address_of
from kindpakket.services.shops.register import ShopDetails, invite
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import all_stored
from tests.support.screens import Screens
from tests.support.town import BICYCLES, LETTERS, owner_of

FIRST = LETTERS[0]
SMALL = (320, 568)
HERE = {"latitude": 53.24137, "longitude": 6.40731}
ALLOWED: dict[str, Any] = {"geolocation": HERE, "permissions": ["geolocation"]}
# One degree to the north is 111,195 m; to the east, at this latitude, 66,542 m.
SHOPS = [
    ("Boekhandel Ver", "books", 0.108, 0.0),  # 12,009 m
    ("Speelgoed Tussen", "toys", 0.019, 0.0),  # 2,113 m
    ("Wielen Dichtbij", "bicycles", 0.00315, 0.0),  # 350 m
    ("Slijterij Oost", "off_licences", 0.0, 0.01),  # 665 m; this budget cannot be spent there
]
COUNT_QUESTIONS = """
    globalThis.asked = 0;
    for (const name of ["getCurrentPosition", "watchPosition"]) {
        const ask = Geolocation.prototype[name];
        Geolocation.prototype[name] = function (...given) {
            globalThis.asked += 1;
            return ask.apply(this, given);
        };
    }
"""


@pytest.fixture
def located(street: Street) -> Street:
    """A street with four more shops that have a location; the others have none."""
    owner = address_of(owner_of(BICYCLES))
    for name, category, north, east in SHOPS:
        place = Location(HERE["latitude"] + north, HERE["longitude"] + east)
        bits = bits_of([category])
        number = invite(
            street.town.workspace.context, ShopDetails(name, "Weg 1", place), owner, bits
        )
        street.town.decide("setShop", number, bits, owner, True)
    return street


def rows(phone: Phone) -> Locator:
    return phone.page.get_by_role("listitem")


BY_NAME = [
    *("Boekhandel Ver", "Speelgoed Tussen", "Wielen Dichtbij", "Winkel 1", "Winkel 4"),
    *("Slijterij Oost", "Winkel 2", "Winkel 3"),  # where the budget cannot be spent
]


def test_the_nearest_shops_come_first_with_how_far_they_are(
    chromium: Browser, located: Street
) -> None:
    with opened_phone(chromium, located, script=COUNT_QUESTIONS, **ALLOWED) as phone:
        phone.open_letter(FIRST)
        phone.tap("Winkels")
        expect(rows(phone)).to_contain_text(BY_NAME)
        expect(rows(phone).get_by_text("·")).to_have_count(0)
        assert phone.page.evaluate("asked") == 0
        phone.tap("Dichtbij")
        phone.sees("De winkels dichtbij staan bovenaan.")
        expect(rows(phone)).to_have_text(
            [
                "Wielen Dichtbij 350 m · Weg 1 Winkels in fietsen en bromfietsen "
                "Route, Wielen Dichtbij",
                "Speelgoed Tussen 2,1 km · Weg 1 Winkels in speelgoed Route, Speelgoed Tussen",
                "Boekhandel Ver 12 km · Weg 1 Winkels in boeken Route, Boekhandel Ver",
                "Winkel 1 Winkels in fietsen en bromfietsen",
                "Winkel 4 Winkels in boeken",
                "Slijterij Oost 670 m · Weg 1 Winkels in dranken Route, Slijterij Oost",
                "Winkel 2 Winkels in dranken",
                "Winkel 3 Winkels in fietsen en bromfietsen, Winkels in dranken",
            ]
        )
        assert phone.page.evaluate("asked") == 1
        phone.page.get_by_label("Zoek een winkel").fill("weg 1")
        expect(rows(phone)).to_contain_text([BY_NAME[2], BY_NAME[1], BY_NAME[0], BY_NAME[5]])
        phone.tap("Code")
        phone.tap("Winkels")
        expect(rows(phone)).to_contain_text(BY_NAME)
        assert phone.page.evaluate("asked") == 1


def test_where_the_phone_is_stays_on_the_phone(chromium: Browser, located: Street) -> None:
    elsewhere = {"latitude": 53.19876, "longitude": 6.45678}  # in no row
    options = {**ALLOWED, "geolocation": elsewhere}
    with opened_phone(chromium, located, **options) as phone:
        phone.open_letter(FIRST)
        phone.tap("Winkels")
        phone.tap("Dichtbij")
        phone.sees("De winkels dichtbij staan bovenaan.")
        phone.tap("Code")
        phone.page.reload()
        phone.heading("Sami")
        said = [
            " ".join([each.url, *each.headers.values(), each.post_data or ""])
            for each in phone.requests
        ]
        assert said
        said.append(all_stored(phone.page))
        said.append(phone.page.evaluate("JSON.stringify(history.state) + location.href"))
        for number in elsewhere.values():
            assert not any(str(number) in each for each in said)
        assert {each.url.startswith(located.base_url) for each in phone.requests} == {True}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Geef de browser toestemming voor uw locatie, of zoek een winkel op naam."),
        (
            {"permissions": ["geolocation"]},
            "Probeer het later opnieuw, of zoek een winkel op naam.",
        ),
    ],
    ids=["refused", "unavailable"],
)
def test_a_phone_that_does_not_say_where_it_is_keeps_the_list(
    chromium: Browser, located: Street, options: dict[str, Any], sentence: str
) -> None:
    with opened_phone(chromium, located, SMALL, **options) as phone:
        phone.context.set_geolocation(None)
        phone.open_letter(FIRST)
        phone.tap("Winkels")
        phone.tap("Dichtbij")
        expect(phone.page.get_by_role("alert").get_by_text(sentence)).to_be_in_viewport()
        expect(rows(phone)).to_contain_text(BY_NAME)
        phone.fits_everybody(sentence)
        phone.context.grant_permissions(["geolocation"])
        phone.context.set_geolocation(HERE)  # type: ignore[arg-type]
        phone.tap("Dichtbij")
        phone.sees("350 m")
        expect(phone.page.get_by_text(sentence)).to_have_count(0)


def test_without_shops_on_the_map_there_is_nothing_to_ask(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.tap("Winkels")
    phone.sees("2 winkels")
    expect(phone.page.get_by_role("button", name="Dichtbij")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("language", "near", "far", "told"),
    [
        ("nl", "Dichtbij", "2,1 km", "De winkels dichtbij staan bovenaan."),
        ("en", "Near me", "2.1 km", "The nearest shops are at the top."),
        ("tr", "Yakınımda", "2,1 km", "En yakın mağazalar en üstte."),
        ("ar", "بالقرب مني", "2.1 كم", "أقرب المتاجر في الأعلى."),
    ],
)
def test_distances_fit_everybody(
    chromium: Browser,
    located: Street,
    theme: str,
    language: str,
    near: str,
    far: str,
    told: str,
) -> None:
    options = {**ALLOWED, "locale": language, "color_scheme": theme}
    with opened_phone(chromium, located, SMALL, **options) as phone:
        phone.page.goto(located.link(FIRST))
        phone.page.locator("form button").last.click()
        phone.left("€ 300,00")
        phone.page.locator(".dock button").nth(1).click()
        button = phone.page.get_by_role("button", name=near)
        while not button.evaluate("(e) => e === document.activeElement"):
            phone.page.keyboard.press("Tab")
        phone.page.keyboard.press("Enter")
        expect(phone.page.get_by_role("status").get_by_text(told)).to_be_visible()
        expect(rows(phone).first).to_contain_text("Wielen Dichtbij")
        expect(rows(phone).nth(1)).to_contain_text(far)
        expect(button).to_be_focused()
        phone.fits_everybody(f"{language} {theme}")


@pytest.mark.usefixtures("located")
def test_a_kind_and_a_word_with_a_typing_mistake_find_shops(phone: Phone, screens: Screens) -> None:
    wheels = ["Wielen Dichtbij", "Winkel 1", "Winkel 3"]
    phone.open_letter(FIRST)
    phone.tap("Winkels")
    kinds = phone.page.get_by_role("group", name="Soort winkel").get_by_role("button")
    expect(kinds).to_have_text(["Fietsen", "School", "Speelgoed"])
    phone.tap("Fietsen")
    expect(kinds.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(rows(phone)).to_contain_text(wheels)
    phone.sees("2 winkels")  # at the third this money cannot be spent
    phone.fill("Zoek een winkel", "boek")
    phone.sees("Er is geen winkel gevonden.")
    phone.fill("Zoek een winkel", "fietz")
    expect(rows(phone)).to_contain_text(wheels)
    phone.tap("Fietsen")
    expect(kinds.nth(0)).to_have_attribute("aria-pressed", "false")
    expect(rows(phone)).to_contain_text(wheels)
    screens.look(phone.page, "parent", "shops, searched with a mistake")
    phone.fill("Zoek een winkel", "boek")
    expect(rows(phone)).to_contain_text(["Boekhandel Ver", "Winkel 4"])


def test_the_search_is_in_one_line(chromium: Browser, located: Street) -> None:
    with opened_phone(chromium, located, SMALL) as phone:
        phone.open_letter(FIRST)
        phone.tap("Winkels")
        field = phone.page.get_by_label("Zoek een winkel").bounding_box()
        button = phone.page.get_by_role("button", name="Dichtbij").bounding_box()
        assert field is not None
        assert button is not None
        assert field["y"] + field["height"] == button["y"] + button["height"]


def test_a_shop_has_what_the_municipality_wrote_of_it(phone: Phone, street: Street) -> None:
    owner, bits = address_of(owner_of(BICYCLES)), bits_of(["books"])
    details = ShopDetails(
        "Atelier Zuid",
        "Weg 2, Dorp",
        Location(53.2, 6.4),
        phone="0594 12 34 56",
        opening_hours="ma t/m vr 9.00 - 17.00 uur",
        examples="Schriften, verf en klei",
    )
    number = invite(street.town.workspace.context, details, owner, bits)
    street.town.decide("setShop", number, bits, owner, True)
    phone.open_letter(FIRST)
    phone.tap("Winkels")
    row = rows(phone).filter(has_text="Atelier Zuid")
    for said in ("Weg 2, Dorp", "ma t/m vr 9.00 - 17.00 uur", "Schriften, verf en klei"):
        expect(row.get_by_text(said)).to_be_visible()
    route, call = (row.get_by_role("link", name=name) for name in ("Route", "Bel"))
    place = "https://www.openstreetmap.org/search?query=53.2%2C6.4"
    expect(route).to_have_attribute("href", place)
    expect(route).to_have_attribute("rel", "noreferrer")
    expect(call).to_have_attribute("href", "tel:0594123456")
    plain = rows(phone).filter(has_text="Winkel 1")
    expect(plain).to_have_text("Winkel 1 Winkels in fietsen en bromfietsen")
    expect(plain.get_by_role("link")).to_have_count(0)
