"""What parent, till and desk do every day, in Firefox and in WebKit."""

from pathlib import Path

import pytest
import qrcode
import zxingcpp

from tests.apps.test_other_browsers import NO_WEEKDAYS
from tests.apps.till import code
from tests.browsers.conftest import Place
from tests.browsers.device import ENTER, LINK, Device
from tests.browsers.firefox import NAME
from tests.desk.clerk import PASSPHRASE
from tests.desk.office import ANNA
from tests.support.town import LETTERS

BOX = "input[type=checkbox]"
PAPER = "form:not(:has([type=file]))"
"""At the desk, the form for a key on paper."""

pytestmark = pytest.mark.xdist_group("browsers")


def shown_code(phone: Device) -> str:
    phone.until("() => document.querySelector('svg.qr')?.checkVisibility()")
    (found,) = zxingcpp.read_barcodes(phone.screenshot().convert("L"))
    return found.text


def looks_ticked(device: Device) -> bool:
    """Whether something dark is within the border of the first box that can be ticked."""
    middle = f"""() => {{
        const {{x, y, width, height}} = document.querySelector("{BOX}").getBoundingClientRect();
        return [x + width / 2 - 6, y + height / 2 - 6, x + width / 2 + 6, y + height / 2 + 6];
    }}"""
    darkest, _ = device.screenshot().convert("L").crop(device.call(middle)).getextrema()
    return darkest < 100


def test_a_letter_becomes_a_code_that_a_till_takes_by_photo(place: Place, tmp_path: Path) -> None:
    with place.phone() as phone, place.till() as till:
        phone.open(place.street.link(LETTERS[0]))
        phone.heading("Van welk kind is deze brief?")
        phone.fill("Naam van uw kind", "Sami")
        phone.tap("Bewaar")
        phone.sees("€ 300,00")
        phone.tap("Toon code")
        phone.press("42,50")
        phone.tap("Maak code")
        shown_code(phone)
        phone.screenshot().save(tmp_path / "code.png")
        till.press("42,50")
        till.tap("Scan code")
        till.until("() => document.querySelector('input[type=file]')")
        till.choose("input[type=file]", tmp_path / "code.png")
        till.heading("Betaald")
        phone.heading("Betaald")
        phone.sees("€ 42,50")


def test_a_till_takes_what_a_scanner_types_and_adds_up_the_day(place: Place) -> None:
    with place.till() as till:
        till.press("12")
        till.scan(code(place.street, 20_00))
        till.heading("Betaald")
        till.tap("Volgende klant")
        till.tap("Vandaag")
        till.heading("Vandaag")
        till.sees("€ 12,00")


def test_an_official_signs_in_with_a_key_and_reads_the_figures(place: Place) -> None:
    with place.device((1366, 768)) as desk:
        desk.open(f"{place.address}/gemeente/aanmelden")
        desk.fill("De tekens op het papier", ANNA.hex())
        desk.fill("Kies een wachtzin", PASSPHRASE, f"{PAPER} input")
        desk.fill("Nog een keer dezelfde wachtzin", PASSPHRASE, f"{PAPER} input")
        desk.tap("Voeg de sleutel toe", f"{PAPER} button")
        desk.tap("Meld aan: Kluissleutel")
        desk.fill("Uw wachtzin", PASSPHRASE)
        desk.type(ENTER)
        desk.heading("Wat op u wacht")
        desk.tap("Cijfers", LINK)
        desk.heading("Cijfers")
        desk.until("() => document.querySelector('svg')")


@pytest.mark.parametrize("browser", ["firefox"], indirect=True)  # the one that can name a host
@pytest.mark.parametrize("path", ["/", "/winkel/"])
def test_without_https_an_app_says_so(place: Place, path: str) -> None:
    with place.phone() as phone:
        phone.open(f"http://{NAME}:{place.line.port}{path}")
        phone.heading("Deze pagina werkt hier niet")
        phone.sees("Het begint met https.")


def test_a_phone_without_a_line_shows_a_code_and_what_is_left(place: Place) -> None:
    with place.phone() as phone:
        phone.open(place.street.link(LETTERS[0]))
        phone.fill("Naam van uw kind", "Sami")
        phone.tap("Bewaar")
        phone.sees("€ 300,00")
        phone.until("() => navigator.serviceWorker.controller !== null")
        place.line.cut()
        phone.open(place.address)
        phone.sees("€ 300,00")
        phone.tap("Toon code")
        phone.press("10")
        phone.tap("Maak code")
        shown_code(phone)


def test_without_webassembly_a_photo_is_answered_with_what_helps(
    place: Place, tmp_path: Path
) -> None:
    place.scripts.append("delete globalThis.WebAssembly;")
    qrcode.make("een code").save(tmp_path / "code.png")
    with place.till() as till:
        till.press("10")
        till.tap("Scan code")
        till.until("() => document.querySelector('input[type=file]')")
        till.choose("input[type=file]", tmp_path / "code.png")
        till.sees("Deze browser kan geen codes lezen.")


def test_a_screen_that_fails_shows_a_way_back_and_no_amount_can_be_typed(place: Place) -> None:
    place.scripts.append(NO_WEEKDAYS)
    with place.till(expected="invalid time value") as till:
        till.press("5")
        till.tap("Vandaag")
        till.heading("Dit scherm werkt niet")
        till.type("1")
        assert till.call("() => document.querySelectorAll('button').length") == 1
        till.tap("Begin opnieuw")
        till.sees("€ 5,00")


@pytest.mark.parametrize(
    ("path", "button", "said"),
    [
        ("/", "Typ de tekens van de brief", "Dit scherm werkt niet"),
        ("/winkel/", "Typ de tekens", "Dit scherm werkt niet"),
        ("/gemeente/aanmelden", "Voeg de sleutel toe", "Deze pagina werkt niet goed."),
    ],
)
def test_an_error_at_a_tap_is_told(place: Place, path: str, button: str, said: str) -> None:
    place.scripts.append("addEventListener('click', () => { throw new Error('wrong'); });")
    with place.device((390, 844), expected="wrong") as device:
        device.open(place.address + path)
        device.tap(button)
        device.sees(said)


def test_a_box_looks_ticked_only_when_it_is(place: Place) -> None:
    with place.till() as till:
        till.press("5")
        till.tap("Scan code")
        name = "Betaal wat er nog is, hoogstens € 5,00, als de klant dat goed vindt"
        till.until(f"() => document.querySelector('{BOX}')")
        assert not looks_ticked(till)
        till.tap(name, BOX)
        till.until(f"() => document.querySelector('{BOX}').checked")
        assert looks_ticked(till)


def test_a_field_is_as_wide_as_its_button(place: Place) -> None:
    with place.phone() as phone:
        phone.open(place.street.link(LETTERS[0]))
        phone.heading("Van welk kind is deze brief?")
        widths = """() => [...document.querySelectorAll("form input, form button")]
            .map((each) => each.getBoundingClientRect().width)"""
        assert len(set(phone.call(widths))) == 1
