"""With connection failures, two tabs or racing tills: one debit, and no false confirmation."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.apps.phone import Street
from tests.apps.till import CUT, Till, before_sending, before_the_answer, code, opened_till, spent
from tests.support.town import BOOKS

PAYMENTS = "**/api/v1/payments"


@pytest.mark.parametrize("cut", [before_sending, before_the_answer])
def test_a_claim_is_sent_again_until_it_is_answered(
    chromium: Browser, street: Street, cut: object
) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        till.context.route(PAYMENTS, cut)  # type: ignore[arg-type]
        till.charge("42,50", code(street, 4_250))
        till.says("Nog niet betaald")
        till.sees("Er wordt niets dubbel afgeschreven")
        till.context.unroute_all(behavior="ignoreErrors")
        till.says("Betaald")
    assert spent(street) == 4_250


@pytest.mark.parametrize("cut", [before_sending, before_the_answer])
def test_closing_the_app_loses_no_claim(chromium: Browser, street: Street, cut: object) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        till.context.route(PAYMENTS, cut)  # type: ignore[arg-type]
        till.charge("42,50", code(street, 4_250))
        till.says("Nog niet betaald")
        till.page.close()
        till.context.unroute_all(behavior="ignoreErrors")
        till.page = till.context.new_page()
        till.page.goto(street.base_url + "/winkel/")
        till.says("Betaald")
        till.next_customer()
        till.ready()
        till.page.reload()
        till.ready()
    assert spent(street) == 4_250


def test_a_scan_without_a_network_is_paid_when_it_is_back(
    chromium: Browser, street: Street
) -> None:
    with opened_till(chromium, street, expected=CUT, service_worker=True) as till:
        till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        till.context.set_offline(True)
        till.page.reload()
        till.sees("Geen internet.")
        till.charge("42,50", code(street, 4_250))
        till.says("Nog niet betaald")
        till.tap("Volgende klant")
        till.sees("Er is nog 1 betaling zonder antwoord.")
        till.context.set_offline(False)
        expect(till.page.get_by_text("zonder antwoord")).to_have_count(0)
    assert spent(street) == 4_250


def closed_for(till: Till, seconds: int) -> None:
    """Close the app, and open it on a good line so much later: an open one would ask with a clock
    that is behind the town's."""
    address = till.page.url
    till.page.goto("about:blank")
    till.street.town.clock.time += seconds
    till.context.unroute_all(behavior="ignoreErrors")
    till.later(seconds)
    till.page.goto(address)


def test_an_unsent_claim_of_an_expired_code_is_not_paid(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        till.context.route(PAYMENTS, before_sending)
        till.charge("42,50", code(street, 4_250))
        till.says("Nog niet betaald")
        closed_for(till, 400)
        till.refused("De code is verlopen voordat er antwoord was.")
        assert till.asked("/payments/0x")
    assert spent(street) == 0


def test_a_paid_claim_of_an_expired_code_is_paid(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        till.context.route(PAYMENTS, before_the_answer)
        till.charge("42,50", code(street, 4_250))
        till.says("Nog niet betaald")
        closed_for(till, 400)
        till.says("Betaald")
    assert spent(street) == 4_250


def test_two_tabs_of_a_till_charge_once(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        till.context.route(PAYMENTS, before_sending)
        till.charge("42,50", code(street, 4_250))
        till.says("Nog niet betaald")
        other = Till(street, till.context, till.context.new_page())
        other.page.goto(street.base_url + "/winkel/")
        other.says("Nog niet betaald")
        till.context.unroute_all(behavior="ignoreErrors")
        other.says("Betaald")
        till.page.bring_to_front()
        till.says("Betaald")
    assert spent(street) == 4_250


def test_of_two_tills_that_race_for_one_code_one_is_paid(chromium: Browser, street: Street) -> None:
    text = code(street, 4_250)
    with opened_till(chromium, street) as one, opened_till(chromium, street, shop=BOOKS) as other:
        held: list[Route] = []
        started = False

        def hold(route: Route) -> None:
            if started:  # a claim that was held for long is retried
                route.continue_()
            else:
                held.append(route)

        for each in (one, other):
            each.context.route(PAYMENTS, hold)
            each.charge("42,50", text)
            each.says("Bezig…")
        started = True
        for route in held:
            route.continue_()
        words = []
        for each in (one, other):
            title = each.page.get_by_role("heading", level=1)
            expect(title).to_have_text(re.compile("^(Betaald|Niet betaald)$"))
            words.append(title.inner_text())
    assert sorted(words) == ["Betaald", "Niet betaald"]
    assert spent(street) == 4_250
