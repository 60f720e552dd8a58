"""Selling: an amount, a code, and a verdict that agrees with the ledger."""

import re

import pytest
import qrcode
from playwright.sync_api import Browser, expect

from kindpakket.actors import show_code
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.codes import Card
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key, address_of
from tests.apps.enrolled import read_things
from tests.apps.phone import Phone, Street
from tests.apps.till import CUT, Film, Till, before_the_answer, code, opened_till, spent
from tests.support.town import (
    BICYCLES,
    BICYCLES_AND_SPIRITS,
    BOOKS,
    LETTERS,
    OFF_LICENCE,
    SCHEME,
    VALUES,
    owner_of,
)

FIRST = LETTERS[0]


# from a phone's screen to a till's camera


@pytest.mark.parametrize("typed", ["42,50", "300"], ids=["one coupon", "six coupons"])
def test_the_camera_reads_the_code_on_a_phone_and_both_screens_show_the_payment(
    phone: Phone, camera: Browser, film: Film, street: Street, typed: str
) -> None:
    phone.open_letter(FIRST)
    phone.show_code(typed)
    film.point_at(phone.page)
    with opened_till(camera, street, permissions=["camera"]) as till:
        till.press(typed)
        till.tap("Scan code")  # the camera may have read the code before its screen is seen
        till.says("Betaald")
        till.sees(re.compile(rf"€\s{typed}"))
        phone.heading("Betaald")
    assert spent(street) == round(float(typed.replace(",", ".")) * 100)


def test_the_camera_goes_on_after_a_code_of_somebody_else(
    camera: Browser, film: Film, street: Street
) -> None:
    film.show(qrcode.make("https://example.org/").get_image())
    with opened_till(camera, street, permissions=["camera"]) as till:
        till.ask("10")
        till.sees("‘https://example.org/’ is geen betaalcode")
        till.scanner(code(street, 1_000))
        till.says("Betaald")


def test_a_card_pays_and_its_key_goes_nowhere(till: Till, street: Street) -> None:
    key = coupon_key(FIRST, 0, 3)
    till.charge("12,50", Card(SCHEME, key).text)
    till.says("Betaald")
    assert spent(street) == 1_250
    said = " ".join(str(request.post_data) for request in till.requests)
    assert "KC1:" not in said
    assert key.hex() not in said.lower()


def test_a_picture_of_the_code_is_read(till: Till, street: Street) -> None:
    till.ask("10")
    till.picture(code(street, 1_000, 0, 1, 2))
    till.says("Betaald")


def test_the_code_can_be_typed(till: Till, street: Street) -> None:
    till.ask("10")
    till.tap("Typ")
    till.page.get_by_label("De code onder het vierkant").fill(code(street, 1_000))
    till.tap("Verder")
    till.says("Betaald")


# a hardware scanner, a keyboard


def test_a_scanner_types_on_any_screen_and_never_into_the_amount(
    till: Till, street: Street
) -> None:
    keyboard = till.page.keyboard
    till.keys("42,50")
    till.scanner(code(street, 4_250))
    till.says("Betaald")
    keyboard.press("Escape")
    till.tap("Volgende klant")
    expect(till.page.get_by_label("Bedrag", exact=True)).to_have_text("€\u00a00,00")
    till.scanner(code(street, 4_250))
    till.ready()
    expect(till.page.get_by_label("Bedrag", exact=True)).to_have_text("€\u00a00,00")
    till.page.get_by_role("button", name="Wis het laatste cijfer").focus()
    till.keys("5")
    till.page.get_by_role("button", name="Scan code").click()
    till.sees("Richt de camera op de code")
    street.town.clock.time += 1
    till.scanner(code(street, 500, 1))
    till.says("Betaald")
    till.sees("€\u00a05,00")
    assert spent(street) == 4_750


def test_a_scanner_need_not_wait_for_a_tap_after_a_refusal(till: Till, street: Street) -> None:
    till.charge("10", code(street, 500))
    till.refused("De klant heeft een lager maximum ingesteld.")
    till.scanner(code(street, 1_000, 1))
    till.says("Betaald")


# every refusal


def refuse(till: Till, typed: str, text: str, sentence: str, step: str) -> None:
    """Scan a picture of a code; check the message and the next step."""
    till.ask(typed)
    till.picture(text)
    till.refused(sentence)
    expect(till.page.locator(".verdict__steps .big")).to_have_text(step)


def test_what_is_no_code_is_told_and_the_camera_goes_on(till: Till, street: Street) -> None:
    till.ask("10")
    for text in ("iets anders", "KP1:ABC", code(street, 1_000)[:-3]):
        till.picture(text)
        till.sees("is geen betaalcode")
        till.sees("Richt de camera op de code")
    till.picture(code(street, 1_000))
    till.says("Betaald")


@pytest.mark.parametrize("shop", [OFF_LICENCE, BICYCLES_AND_SPIRITS])
def test_an_off_licence_is_refused(chromium: Browser, street: Street, shop: int) -> None:
    with opened_till(chromium, street, shop=shop) as till:  # type: ignore[arg-type]
        refuse(
            till,
            "10",
            code(street, 1_000),
            "Dit budget kan niet in dit soort winkel worden gebruikt.",
            "Volgende klant",
        )


def test_a_suspended_shop_is_refused(till: Till, street: Street) -> None:
    owner = address_of(owner_of(BICYCLES))
    street.town.decide("setShop", BICYCLES, bits_of(["bicycles"]), owner, False)
    sentence = "Deze winkel doet (nog) niet mee."
    refuse(till, "10", code(street, 1_000), sentence, "Volgende klant")


def test_a_code_for_another_shop_is_refused(till: Till, street: Street) -> None:
    text = code(street, 1_000, shop=BOOKS)
    refuse(till, "10", text, "Deze code is voor een andere winkel gemaakt.", "Scan nieuwe code")


def test_an_expired_code_is_refused(till: Till, street: Street) -> None:
    keys = [coupon_key(FIRST, 0, 0)]
    old = show_code(street.api.domain, SCHEME, keys, 1_000, street.town.now() - 400).text
    refuse(till, "10", old, "Deze code is verlopen. Vraag om een nieuwe.", "Scan nieuwe code")
    assert spent(street) == 0


def test_a_used_code_is_refused(till: Till, street: Street) -> None:
    text = code(street, 1_000)
    till.charge("10", text)
    till.says("Betaald")
    till.tap("Volgende klant")
    refuse(till, "10", text, "Deze code is al gebruikt.", "Scan nieuwe code")
    assert spent(street) == 1_000


def test_more_than_the_maximum_is_refused_and_then_paid_as_far_as_it_goes(
    till: Till, street: Street
) -> None:
    sentence = "De klant heeft een lager maximum ingesteld."
    refuse(till, "10", code(street, 800), sentence, "Reken €\u00a08,00 af")
    till.sees("€\u00a010,00")
    till.sees("Deze code is voor hoogstens €\u00a08,00.")
    till.tap("Reken €\u00a08,00 af")
    till.says("Deel betaald")
    till.sees("Nog te betalen: €\u00a02,00")
    till.sees("Met deze code is €\u00a08,00 betaald.")
    assert spent(street) == 800


def test_too_little_is_refused_and_then_paid_as_far_as_it_goes(till: Till, street: Street) -> None:
    text = code(street, 5_000, 5)
    button = "Betaal wat er nog is, hoogstens €\u00a050,00"
    refuse(till, "50", text, "Er staat niet genoeg op deze code.", button)
    till.sees("Vraag de klant of dat mag: hoogstens €\u00a050,00.")
    assert spent(street) == 0
    till.tap(button)
    till.says("Deel betaald")
    till.sees("Nog te betalen: €\u00a040,00")
    till.sees(f"Met deze code is €\u00a0{VALUES[5] // 100},00 betaald.")
    assert spent(street) == VALUES[5]


def test_a_paused_and_a_closed_scheme_are_refused(till: Till, street: Street) -> None:
    street.town.decide("setPaused", SCHEME, True)
    sentence = "De regeling staat tijdelijk stil."
    refuse(till, "10", code(street, 1_000), sentence, "Volgende klant")
    till.tap("Volgende klant")
    street.town.decide("setPaused", SCHEME, False)
    street.town.decide("closeScheme", SCHEME)
    sentence = "Dit geld is nu niet te gebruiken."
    refuse(till, "10", code(street, 1_000), sentence, "Volgende klant")


def test_an_unknown_coupon_is_refused(till: Till, street: Street) -> None:
    unknown = show_code(street.api.domain, SCHEME, [Key(b"\x77" * 32)], 1_000, street.town.now())
    refuse(till, "10", unknown.text, "Dit is geen geldige code.", "Scan nieuwe code")


def test_a_blocked_till_is_refused(till: Till, street: Street) -> None:
    address = read_things(till)["device"]["till"]
    till.ask("10")
    street.api.change_till(
        owner_of(BICYCLES), BICYCLES, address, street.town.now() + 1, active=False
    )
    till.scanner(code(street, 1_000))
    till.sees(re.compile("Deze kassa is niet"))
    assert spent(street) == 0


# several codes in one sale


def test_a_sale_of_several_cards_counts_down(till: Till, street: Street) -> None:
    till.ask("42,50")
    till.page.get_by_label("Betaal wat er nog is").check()
    for index, left in ((3, "22,50"), (4, "2,50")):
        till.scanner(Card(SCHEME, coupon_key(FIRST, 0, index)).text)
        till.sees(f"Nog te betalen: €\u00a0{left}")
        till.tap("Scan volgende code")
        till.sees(f"Nog €\u00a0{left} van €\u00a042,50")
    till.scanner(Card(SCHEME, coupon_key(FIRST, 0, 5)).text)
    till.says("Betaald")
    till.sees("€\u00a02,50")
    till.sees("Samen €\u00a042,50")
    assert spent(street) == 4_250


def test_a_sale_that_is_called_off_gives_every_part_back(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        till.ask("42,50")
        till.page.get_by_label("Betaal wat er nog is").check()
        till.scanner(Card(SCHEME, coupon_key(FIRST, 0, 3)).text)
        till.tap("Scan volgende code")
        till.scanner(Card(SCHEME, coupon_key(FIRST, 0, 4)).text)
        till.sees("Nog te betalen: €\u00a02,50")
        till.page.reload()
        till.sees("Nog te betalen: €\u00a02,50")
        assert spent(street) == 4_000
        till.context.route("**/api/v1/refunds", before_the_answer)
        till.tap("Verkoop afbreken")
        till.tap("Ja, breek af")
        till.says("Bezig met teruggeven…")
        till.context.unroute_all(behavior="ignoreErrors")
        till.says("Afgebroken")
        till.sees("€\u00a040,00 is terug bij de klant.")
    assert spent(street) == 0


# receipt, explanation, practice


COUNT_TONES = """
    globalThis.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) {
        globalThis.tones += 1;
        return start.apply(this, given);
    };
"""


def test_a_verdict_sounds_once_and_not_at_all_when_muted(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, script=COUNT_TONES) as till:
        till.charge("10", code(street, 1_000))
        till.says("Betaald")
        till.page.wait_for_function("globalThis.tones === 2")
        till.page.evaluate("dispatchEvent(new Event('offline'))")  # the screen is rendered again
        assert till.page.evaluate("globalThis.tones") == 2
        till.tap("Volgende klant")
        till.tap("Meer")
        till.page.get_by_label("Een toon bij elk antwoord").uncheck()
        till.tap("Terug")
        till.charge("10", code(street, 1_000, 1))
        till.says("Betaald")
        assert till.page.evaluate("globalThis.tones") == 2


def test_the_receipt_carries_a_proof_that_anyone_can_look_up(till: Till, street: Street) -> None:
    till.charge("42,50", code(street, 4_250))
    till.says("Betaald")
    till.tap("Bon")
    slip = till.page.locator(".slip")
    expect(slip).to_contain_text("€\u00a042,50")
    proof = till.page.locator(".slip__proof").inner_text()
    assert re.fullmatch("[0-9A-Z]{5}-[0-9A-Z]{5}", proof)
    expect(slip).to_contain_text(f"{street.base_url}/bewijs?code={proof}")
    (found,) = street.api.get(f"/proofs/{proof}")
    assert (found["status"], found["amount"]) == ("paid", 4_250)
    till.page.get_by_label("Uw eigen nummer").fill("2026-0123")
    till.page.evaluate("globalThis.print = () => { globalThis.printed = true }")
    till.tap("Druk af")
    assert till.page.evaluate("globalThis.printed")
    till.page.emulate_media(media="print")
    expect(till.page.get_by_role("button", name="Druk af")).to_be_hidden()
    expect(till.page.get_by_label("Uw eigen nummer")).to_have_value("2026-0123")
    till.page.emulate_media(media="screen")
    till.tap("Volgende klant")
    till.tap("Vandaag")
    till.sees("Uw eigen nummer 2026-0123")


def test_how_it_works_is_there_without_a_network(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, expected=CUT, service_worker=True) as till:
        till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        till.context.set_offline(True)
        till.page.reload()
        till.tap("Meer")
        till.tap("Zo werkt het")
        till.sees("Mag in deze soorten winkels")
        till.sees(re.compile("boeken"))
        till.sees("Mag niet in deze soorten winkels")


def test_practice_makes_no_call_and_cannot_be_mistaken(till: Till, street: Street) -> None:
    head = street.town.workspace.context.ledger.head()
    till.looked()
    till.tap("Meer")
    till.tap("Oefenen")
    till.tap("Begin met oefenen")
    asked = len(till.asked("/api/"))
    till.come_back()
    for choice, word in (
        ("paid", "Betaald"),
        ("budget_too_low", "Niet betaald"),
        ("open", "Nog niet betaald"),
    ):
        till.ask("42,50")
        till.page.get_by_label("Wat wilt u oefenen?").select_option(choice)
        till.tap("Doe alsof")
        till.says(word)
        expect(till.page.locator(".verdict__practice")).to_have_text("Oefenen")
        expect(till.page.locator(".band")).to_be_visible()
        till.page.get_by_role("button", name=re.compile("Volgende klant|^Stop$")).click()
    till.keys("10")
    till.scanner(code(street, 1_000))
    till.says("Nog niet betaald")
    assert till.asked("/api/")[asked:] == []
    till.tap("Stop met oefenen")
    till.ready()
    expect(till.page.locator(".band")).to_have_count(0)
    assert street.town.workspace.context.ledger.head() == head
    assert spent(street) == 0
