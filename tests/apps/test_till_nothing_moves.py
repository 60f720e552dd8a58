"""No layout shifts at a till: touch targets keep their place when messages appear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from kindpakket.protocol.codes import Card, read_code
from kindpakket.protocol.keys import coupon_key
from tests.apps.counter import choose_pin, give_pin, invitation, register
from tests.apps.phone import Street
from tests.apps.test_parent_nothing_moves import MARK, MOVED, PLACE, TAPPED, apart, box
from tests.apps.till import CUT, Till, code, opened_till
from tests.support.browser import resize
from tests.support.town import LETTERS

SIZES = [(320, 568), (390, 844)]
NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"
SOON = """
    setInterval = ((real) => (work, ms) => real(work, Math.min(ms, 500)))(setInterval);
"""
"""Periodic checks run twice a second."""


@dataclass
class Thumb:
    """Records the positions of all touch targets of a till, at each size of its screen, and
    compares them later."""

    till: Till
    screens: list[tuple[int, int]] = field(default_factory=lambda: SIZES)

    def sizes(self) -> Iterator[str]:
        """Give the screen each size in turn; it keeps the last one."""
        for size in self.screens:
            resize(self.till.page, size)
            self.till.page.evaluate("scrollTo(0, 0)")  # a resize keeps what fits of the scrolling
            yield str(size[0])

    def remember(self) -> None:
        """Record the current positions."""
        self.till.page.evaluate("document.fonts.ready.then(() => true)")
        for size in self.sizes():
            self.mark(size)

    def mark(self, size: str) -> None:
        assert self.till.page.evaluate(MARK, TAPPED) > 0
        self.till.page.evaluate(f"globalThis.marked{size} = globalThis.marked")

    def check(self, said: str | Locator) -> None:
        """Check the positions after this message has appeared."""
        told = self.told(said) if isinstance(said, str) else said
        for size in self.sizes():
            expect(told).to_be_visible()
            self.stayed(size)

    def stayed(self, size: str) -> None:
        self.till.page.evaluate(f"globalThis.marked = globalThis.marked{size}")
        assert self.till.page.evaluate(MOVED) == [], size

    def told(self, said: str) -> Locator:
        return self.till.page.get_by_text(said).first

    def asks(self, button: Locator) -> Locator:
        """Tap a button that asks for confirmation: nothing moves, and a double tap does not
        confirm."""
        self.till.page.evaluate("document.fonts.ready.then(() => true)")
        dialog = self.till.page.get_by_role("dialog")
        for size in self.sizes():
            if dialog.count():
                self.till.page.keyboard.press("Escape")
                expect(dialog).to_have_count(0)
            button.scroll_into_view_if_needed()
            self.mark(size)
            tapped = box(button)
            button.click()
            expect(dialog).to_be_visible()
            self.stayed(size)
            middle = tapped["x"] + tapped["width"] / 2, tapped["y"] + tapped["height"] / 2
            point = dict(zip(("x", "y", "width", "height"), (*middle, 0, 0), strict=True))
            assert all(apart(point, box(each)) for each in dialog.get_by_role("button").all())
            self.till.page.mouse.click(*middle)
            expect(dialog).to_be_visible()
        return dialog

    def keys_are_free(self, told: Locator) -> None:
        """Check that no key is covered by this message."""
        for _ in self.sizes():
            notice = box(told)
            keys = self.till.page.locator(".till__keys button, .till__ways button").all()
            assert all(apart(notice, box(key)) for key in keys)


@pytest.fixture
def thumb(chromium: Browser, street: Street) -> Iterator[Thumb]:
    script = NO_CAMERA + PLACE + SOON
    with opened_till(chromium, street, script=script, expected=CUT) as till:
        yield Thumb(till)


@pytest.fixture(params=SIZES, ids=lambda size: str(size[0]))
def newcomer(chromium: Browser, street: Street, request: pytest.FixtureRequest) -> Iterator[Thumb]:
    """A device that belongs to no shop."""
    script = NO_CAMERA + PLACE
    with opened_till(chromium, street, request.param, shop=None, script=script) as till:
        yield Thumb(till, [request.param])


def hold(page: Page, path: str) -> list[Route]:
    """Hold requests for a path until they are released."""
    held = list[Route]()
    page.route(path, lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    while not held:
        page.evaluate("1")  # until the browser has reported it
    held.pop().continue_()


def open_way(thumb: Thumb, *names: str) -> None:
    for name in names:
        thumb.till.page.get_by_role("button", name=name, exact=True).click()


def test_the_keys_stay_and_are_free_whatever_is_told_beside_the_amount(thumb: Thumb) -> None:
    till = thumb.till
    thumb.remember()
    till.tap("Scan code")
    thumb.check("Typ eerst een bedrag.")
    thumb.keys_are_free(till.page.locator(".till .utrecht-alert--error"))
    till.press("1")
    expect(thumb.told("Typ eerst een bedrag.")).to_have_count(0)
    till.context.set_offline(True)
    thumb.check("Geen internet")
    thumb.keys_are_free(till.page.locator(".till__news"))


def test_the_ways_to_read_a_code_stay(thumb: Thumb) -> None:
    till = thumb.till
    till.ask("10")
    thumb.remember()
    till.picture("iets anders")
    thumb.check("‘iets anders’ is geen betaalcode")
    till.tap("Typ")
    field = till.page.get_by_label("De code onder het vierkant")
    thumb.remember()
    field.fill("nog iets anders, en dan zo veel dat het drie regels vult")
    till.tap("Verder")
    thumb.check("is geen betaalcode")


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
    thumb.remember()
    till.page.get_by_label("Zoek").fill("123")
    till.page.locator("form button").click()
    thumb.check("Er missen nog 7 tekens.")
    open_way(thumb, "Terug", "Meer")
    sound = till.page.get_by_label("Een toon bij elk antwoord")
    thumb.remember()
    sound.uncheck()
    till.context.set_offline(True)
    thumb.check(sound)


def test_the_list_of_today_stays_until_what_is_new_is_asked_for(
    thumb: Thumb, street: Street
) -> None:
    till, rows = thumb.till, thumb.till.page.locator("button.row")
    first = street.pay(read_code(code(street, 1_000, 0)), 1_000)
    open_way(thumb, "Vandaag")
    expect(rows).to_have_count(1)
    thumb.remember()
    street.refund(first, 400)
    thumb.check(till.page.get_by_role("button", name="Er is iets veranderd: toon"))
    thumb.remember()
    for count, coupon in enumerate((1, 2), 1):
        street.pay(read_code(code(street, 500, coupon)), 500)
        new = f"{count} nieuwe {'betaling' if count == 1 else 'betalingen'}: toon"
        thumb.check(till.page.get_by_role("button", name=new))
    expect(rows).to_have_count(1)
    till.tap("toon")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("4,00 terug")


def test_the_tills_stay_when_they_are_known(thumb: Thumb) -> None:
    page = thumb.till.page
    open_way(thumb, "Meer")
    held = hold(page, "**/shops/1/tills")
    open_way(thumb, "Kassa’s")
    thumb.told("Een ogenblik")
    thumb.remember()
    let_go(page, held)
    thumb.check(page.get_by_role("listitem").first)


def test_a_refund_is_asked_once_and_its_buttons_stay(thumb: Thumb, street: Street) -> None:
    till = thumb.till
    street.pay(read_code(code(street, 1_000, 0)), 1_000)
    open_way(thumb, "Vandaag")
    till.page.locator("button.row").click()
    dialog = thumb.asks(till.page.get_by_role("button", name="Alles terugbetalen"))
    till.page.keyboard.press("Escape")
    open_way(thumb, "Een deel terugbetalen")
    amount, on = till.page.get_by_label("Hoeveel gaat er terug?"), till.page.get_by_text("Verder")
    thumb.remember()
    on.click()
    thumb.check("Typ een bedrag")
    amount.fill("11")
    on.click()
    thumb.check("Er kan hoogstens")
    amount.fill("4")
    dialog = thumb.asks(on)
    thumb.remember()
    dialog.locator("button.big").click()
    thumb.check("is terugbetaald.")


def test_the_ways_to_choose_a_shop_stay(newcomer: Thumb, street: Street) -> None:
    page = newcomer.till.page
    page.goto(street.base_url + "/winkel/")
    held = hold(page, "**/api/v1/shops")
    open_way(newcomer, "Sluit dit apparaat aan")
    expect(newcomer.told("Een ogenblik")).to_be_visible()
    newcomer.remember()
    let_go(page, held)
    newcomer.check(page.get_by_label("Nummer van de winkel"))


def test_what_waits_for_the_owner_stays(newcomer: Thumb, street: Street) -> None:
    page = newcomer.till.page
    page.goto(street.base_url + "/winkel/")
    open_way(newcomer, "Sluit dit apparaat aan")
    expect(page.locator("button.row").first).to_be_visible()
    held = hold(page, "**/api/v1/ledger")
    page.locator("button.row").first.click()
    expect(newcomer.told("Een ogenblik")).to_be_visible()
    newcomer.remember()
    let_go(page, held)
    newcomer.check(page.locator("svg.kp-qr"))


def test_what_waits_for_the_municipality_stays(newcomer: Thumb, street: Street) -> None:
    page = newcomer.till.page
    shop = register(street, "De Fietsenmaker van de Hoofdstraat en de Kerkstraat samen")
    page.goto(invitation(street, shop))
    held = hold(page, "**/api/v1/enrolments")
    choose_pin(page)
    expect(newcomer.told("Een ogenblik")).to_be_visible()
    newcomer.remember()
    let_go(page, held)
    newcomer.check(page.get_by_test_id("owner-code"))


def test_the_account_stays_when_it_is_wrong_or_given(thumb: Thumb) -> None:
    till, page = thumb.till, thumb.till.page
    till.looked()
    open_way(thumb, "Meer", "Rekening")
    till.sees("Er is nog geen rekening")
    sign, iban = page.locator("form button.big"), page.get_by_label("Rekeningnummer (IBAN)")
    thumb.remember()
    sign.click()
    wrong = page.locator(".wrong")
    thumb.check(wrong.last)
    for mistaken in ("BR18", "NL20?", "NL20INGB0001234568", "NL20INGB00012345678"):
        iban.fill(mistaken)
        thumb.check(wrong.first)
    iban.fill("NL20INGB0001234567")
    page.get_by_label("Op naam van").fill("De Ketting")
    sign.click()
    give_pin(page)
    thumb.check("De rekening is veranderd.")


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
            give_pin(till.page)
            expect(thumb.told(said)).to_be_visible()
            assert box(add) == before
        else:
            thumb.check(said)
