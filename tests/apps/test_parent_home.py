"""Home: a card for each child, the bar at the bottom, the install hint and the reminders."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from kindpakket.domain.categories import bits_of
from kindpakket.domain.times import day_of, midnight
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import wait_until_stored
from tests.support.screens import Screens
from tests.support.town import BOOKS, LETTERS, SCHEME, START, till_of

FIRST, SECOND, THIRD = LETTERS
SMALL = (320, 568)
HOUR, DAY = 3600, 24 * 3600
INSTALL = "Zet deze app op uw beginscherm."


def share_spent(card: Locator) -> float:
    """The part of the bar that was spent, in percent."""
    return float(card.locator(".share__spent").get_attribute("width") or "nan")


def ends_in(street: Street, days: int) -> None:
    """Let the scheme's last day be so many days after today."""
    closes = midnight(day_of(street.town.now() + (days + 1) * DAY))
    permitted, excluded = bits_of(["bicycles", "books", "toys"]), bits_of(["off_licences"])
    street.town.decide("setRules", SCHEME, START, closes, permitted, excluded)


def pay(phone: Phone, street: Street, typed: str, cents: int, shop: int | None = None) -> None:
    """Pay from the only child's budget, up to the home screen."""
    code = phone.show_code(typed)
    street.pay(code, cents, till_of(BOOKS) if shop == BOOKS else None)
    phone.heading("Betaald")
    phone.tap("Klaar")


def test_a_card_has_who_it_is_what_is_left_until_when_and_what_was_bought_last(
    phone: Phone, street: Street
) -> None:
    phone.open_letter(FIRST, "Sami")
    card = phone.budget()
    expect(card.locator(".child")).to_have_text("S")
    expect(card).to_contain_text("U hebt nog niets gekocht.")
    assert share_spent(card) == 0
    pay(phone, street, "42,50", 4_250)
    street.town.clock.time += 60
    pay(phone, street, "32,50", 3_250, BOOKS)
    expect(card.get_by_role("heading", level=1)).to_have_text("Sami")
    expect(card.get_by_test_id("left")).to_have_text("€\u00a0225,00")
    expect(card.locator(".home__until")).to_have_text("te besteden tot en met 15 januari 2028")
    expect(card.locator(".budget__last")).to_have_text("Winkel 4 €\u00a032,50")
    assert share_spent(card) == 25  # 75 of 300 euros
    expect(card.get_by_role("button")).to_have_text(["Toon code"])


def test_what_came_back_counts_as_left(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST, "Sami")
    payment = street.pay(phone.show_code("120"), 12_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    street.refund(payment, 9_000)
    phone.left("€ 270,00")
    assert share_spent(phone.budget()) == 10


def test_each_child_has_a_card_with_a_colour_and_a_code_of_its_own(
    chromium: Browser, street: Street, screens: Screens
) -> None:
    with opened_phone(chromium, street, SMALL) as phone:
        for letter, name in zip(LETTERS, ("Sami", "noor", ""), strict=True):
            phone.page.goto(street.link(letter))
            phone.fill("Naam van uw kind", name)
            phone.tap("Bewaar")
            expect(phone.page.locator(".budgets")).to_be_visible()
        cards = phone.budget()
        expect(cards.get_by_role("heading", level=2)).to_have_text(["Sami", "noor", "Brief 3"])
        expect(cards.locator(".child")).to_have_text(["S", "N", "3"])
        colours = [each.get_attribute("class") for each in cards.locator(".child").all()]
        assert colours == ["child child--1", "child child--2", "child child--3"]
        cards.nth(1).get_by_role("button", name=re.compile("Toon code.*noor")).click()
        phone.type_amount("10")
        phone.tap("Maak code")
        street.pay(phone.code(), 1_000)
        phone.heading("Betaald")
        phone.tap("Klaar")
        expect(cards.get_by_test_id("left")).to_have_text(
            ["€\u00a0300,00", "€\u00a0290,00", "€\u00a0300,00"]
        )
        nothing = "U hebt nog niets gekocht."
        bought = [nothing, "Winkel 1 €\u00a010,00", nothing]
        expect(cards.locator(".budget__last")).to_have_text(bought)
        phone.fits_everybody("three children")
        screens.look(phone.page, "parent", "three children")


def test_the_bar_leads_to_code_shops_what_was_spent_and_help(phone: Phone) -> None:
    phone.open_letter(FIRST)
    bar = phone.page.get_by_role("navigation", name="Menu")
    buttons = bar.get_by_role("button")
    for name, title in (("Winkels", "Winkels"), ("Uitgaven", "Uitgaven"), ("Code", "Sami")):
        expect(buttons).to_have_text(["Code", "Winkels", "Uitgaven", "Hulp"])
        phone.tap(name)
        phone.heading(title)
        expect(bar.locator("[aria-current=page]")).to_have_text(name)
        expect(bar).to_be_in_viewport(ratio=1)
    phone.tap("Hulp")
    expect(phone.page.get_by_role("dialog", name="Hulp")).to_be_visible()
    phone.tap("Sluiten")
    phone.tap("Winkels")
    phone.tap("Uitgaven")
    phone.page.go_back()
    phone.heading("Sami")


def test_the_bar_is_not_on_a_screen_that_a_shop_sees(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    code = phone.show_code("10")
    expect(phone.page.get_by_role("navigation")).to_have_count(0)
    street.pay(code, 1_000)
    phone.heading("Betaald")
    expect(phone.page.get_by_role("navigation")).to_have_count(0)


def test_installing_is_advised_after_the_first_payment_until_it_was_read(
    phone: Phone, street: Street
) -> None:
    hint = phone.page.get_by_text(INSTALL)
    phone.open_letter(FIRST)
    phone.show_code("10")
    phone.tap("Stop")
    phone.heading("Sami")
    expect(hint).to_have_count(0)
    phone.page.reload()
    phone.left("€ 300,00")
    expect(hint).to_have_count(0)
    phone.tap(re.compile("Toon de code"))
    street.pay(phone.code(), 1_000)
    phone.heading("Betaald")
    expect(hint).to_have_count(0)
    phone.tap("Klaar")
    expect(hint).to_be_visible()
    phone.tap("Niet nu")
    expect(hint).to_have_count(0)
    wait_until_stored(phone.page, "(each) => each.installSeen")
    phone.page.reload()
    phone.left("€ 290,00")
    expect(hint).to_have_count(0)


@pytest.fixture
def reminded(chromium: Browser, street: Street) -> Iterator[Phone]:
    """A phone with a budget whose last day is in 29 days."""
    ends_in(street, 29)
    with opened_phone(chromium, street, SMALL) as phone:
        phone.open_letter(FIRST)
        yield phone


def pass_days(phone: Phone, days: int) -> None:
    """Open the app so many days later."""
    phone.street.town.clock.time += days * DAY
    phone.later(days * DAY)
    phone.page.reload()
    phone.left("€ 300,00")


def read_reminder(phone: Phone, days: int) -> None:
    """Read the reminder of this many days before the end, and wait until the phone stored it."""
    phone.tap("Begrepen")
    wait_until_stored(
        phone.page, f"(each) => Object.values(each.reminded ?? {{}}).includes({days})"
    )


def test_the_end_is_announced_four_weeks_and_one_week_before(
    reminded: Phone, screens: Screens
) -> None:
    phone = reminded
    reminder = phone.page.locator(".reminder")
    phone.left("€ 300,00")
    expect(reminder).to_have_count(0)
    pass_days(phone, 1)
    end = "tot en met 13 februari 2027"
    expect(reminder).to_contain_text(f"U kunt dit geld nog 28 dagen gebruiken, {end}.")
    phone.fits_everybody("four weeks before the end")
    screens.look(phone.page, "parent", "four weeks before the end")
    read_reminder(phone, 28)
    expect(reminder).to_have_count(0)
    pass_days(phone, 20)
    expect(reminder).to_have_count(0)
    pass_days(phone, 1)
    expect(reminder).to_contain_text(
        f"U kunt dit geld nog 7 dagen gebruiken, {end}. Daarna vervalt wat over is."
    )
    screens.look(phone.page, "parent", "a week before the end")
    read_reminder(phone, 7)
    pass_days(phone, 1)
    expect(reminder).to_have_count(0)


def test_of_several_children_a_reminder_says_whose_money_ends(reminded: Phone) -> None:
    reminded.open_letter(SECOND, "Noor")
    reminded.street.town.clock.time += DAY
    reminded.later(DAY)
    reminded.page.reload()
    reminders = reminded.page.locator(".reminder")
    expect(reminders).to_contain_text(["Sami. U kunt dit geld", "Noor. U kunt dit geld"])
    reminders.nth(0).get_by_role("button", name="Begrepen").click()
    expect(reminders).to_contain_text(["Noor. U kunt dit geld"])
