"""Nothing that can be tapped at a till moves between two taps: what is told moves no button."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from kindpakket.protocol.codes import Card
from kindpakket.protocol.keys import coupon_key
from tests.apps.phone import Street
from tests.apps.test_parent_nothing_moves import MARK, MOVED, PLACE, TAPPED, apart, box
from tests.apps.till import CUT, Till, opened_till
from tests.support.town import LETTERS

NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"


@dataclass
class Thumb:
    """Remembers where everything is that can be tapped at a till, and looks whether it stays."""

    till: Till

    def rests(self) -> None:
        """See where everything is now."""
        self.till.page.evaluate("document.fonts.ready.then(() => true)")
        assert self.till.page.evaluate(MARK, TAPPED) > 0

    def finds(self, said: str | Locator) -> None:
        """Find everything where it was, once this is told."""
        told = self.told(said) if isinstance(said, str) else said
        expect(told).to_be_visible()
        assert self.till.page.evaluate(MOVED) == []

    def told(self, said: str) -> Locator:
        return self.till.page.get_by_text(said).first

    def asks(self, button: Locator) -> Locator:
        """Tap what asks first: it moves nothing, and a second tap answers nothing."""
        button.scroll_into_view_if_needed()
        self.rests()
        tapped = box(button)
        button.click()
        dialog = self.till.page.get_by_role("dialog")
        self.finds(dialog)
        middle = tapped["x"] + tapped["width"] / 2, tapped["y"] + tapped["height"] / 2
        point = dict(zip(("x", "y", "width", "height"), (*middle, 0, 0), strict=True))
        assert all(apart(point, box(each)) for each in dialog.get_by_role("button").all())
        self.till.page.mouse.click(*middle)
        expect(dialog).to_be_visible()
        return dialog

    def keys_are_free(self, told: Locator) -> None:
        """Find no key below what is told."""
        notice = box(told)
        keys = self.till.page.locator(".till__keys button, .bar button").all()
        assert all(apart(notice, box(key)) for key in keys)


@pytest.fixture(params=[(320, 568), (390, 844)], ids=lambda size: str(size[0]))
def thumb(request: pytest.FixtureRequest, chromium: Browser, street: Street) -> Iterator[Thumb]:
    script = NO_CAMERA + PLACE
    with opened_till(chromium, street, request.param, script=script, expected=CUT) as till:
        yield Thumb(till)


def open_way(thumb: Thumb, *names: str) -> None:
    for name in names:
        thumb.till.page.get_by_role("button", name=name, exact=True).click()


def test_the_keys_stay_and_are_free_whatever_is_told_beside_the_amount(thumb: Thumb) -> None:
    till = thumb.till
    thumb.rests()
    till.tap("Scan code")
    thumb.finds("Typ eerst een bedrag.")
    thumb.keys_are_free(till.page.locator(".till .utrecht-alert--error"))
    till.press("1")
    expect(thumb.told("Typ eerst een bedrag.")).to_have_count(0)
    till.context.set_offline(True)
    thumb.finds("Geen internet")
    thumb.keys_are_free(till.page.locator(".till__news"))


def test_the_ways_to_read_a_code_stay(thumb: Thumb) -> None:
    till = thumb.till
    till.ask("10")
    thumb.rests()
    till.picture("iets anders")
    thumb.finds("‘iets anders’ is geen betaalcode")
    till.tap("Typ")
    field = till.page.get_by_label("De code onder het vierkant")
    thumb.rests()
    field.fill("nog iets anders, en dan zo veel dat het drie regels vult")
    till.tap("Verder")
    thumb.finds("is geen betaalcode")


def test_calling_off_is_asked_once(thumb: Thumb) -> None:
    till = thumb.till
    till.ask("42,50")
    till.page.get_by_label("Betaal wat er nog is").check()
    till.scanner(Card(1, coupon_key(LETTERS[0], 0, 3)).text)
    button = till.page.get_by_role("button", name="Verkoop afbreken")
    dialog = thumb.asks(button)
    till.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    till.says("Deel betaald")
    till.tap("Scan volgende code")
    thumb.asks(button).locator("button.big").click()
    till.says("Afgebroken")


def test_the_offices_buttons_stay_when_something_is_told(thumb: Thumb) -> None:
    till = thumb.till
    open_way(thumb, "Vandaag")
    till.sees("Er zijn op deze dag geen betalingen.")
    thumb.rests()
    till.page.get_by_label("Zoek").fill("123")
    till.page.locator("form button").click()
    thumb.finds("Er missen nog 7 tekens.")
    open_way(thumb, "Terug", "Meer")
    sound = till.page.get_by_label("Een toon bij betaald")
    thumb.rests()
    sound.uncheck()
    till.context.set_offline(True)
    thumb.finds(sound)


def test_the_account_stays_when_it_is_wrong_or_given(thumb: Thumb) -> None:
    till, page = thumb.till, thumb.till.page
    till.looked()
    open_way(thumb, "Meer", "Rekening")
    till.sees("Er is nog geen rekening")
    sign, iban = page.locator("form button.big"), page.get_by_label("Rekeningnummer (IBAN)")
    thumb.rests()
    sign.click()
    wrong = page.locator(".wrong")
    thumb.finds(wrong.last)
    for mistaken in ("BR18", "NL20?", "NL20INGB0001234568", "NL20INGB00012345678"):
        iban.fill(mistaken)
        thumb.finds(wrong.first)
    iban.fill("NL20INGB0001234567")
    page.get_by_label("Op naam van").fill("De Ketting")
    sign.click()
    thumb.finds("De rekening is veranderd.")


def test_blocking_a_till_is_asked_once(thumb: Thumb) -> None:
    till = thumb.till
    open_way(thumb, "Meer", "Kassa’s")
    button = till.page.get_by_role("button", name=re.compile("^Blokkeer")).first
    expect(button).to_be_visible()
    add = till.page.get_by_role("button", name="Kassa toevoegen")
    for offline, said in ((True, "Maak verbinding met internet"), (False, "is geblokkeerd.")):
        till.context.set_offline(offline)
        dialog = thumb.asks(button)
        before = box(add)
        dialog.locator("button.big").click()
        if said == "is geblokkeerd.":
            expect(thumb.told(said)).to_be_visible()
            assert box(add) == before
        else:
            thumb.finds(said)
