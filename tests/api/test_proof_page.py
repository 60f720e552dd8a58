"""The public page /bewijs about a receipt: two languages, no JavaScript."""

import re
from collections.abc import Iterator

import pytest

from kindpakket.domain.proofs import format_proof
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from tests.support.browser import browser, end_transitions, run_axe
from tests.support.proofs import proof_of
from tests.support.screens import Screens
from tests.support.town import BICYCLES, Town, till_of


def shown(town: Town, query: str = "") -> str:
    """The text of the page."""
    answer = town.http.get(f"/bewijs{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = re.sub(r"<[^>]+>", " ", answer.text.partition("<body>")[2])
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def pay(town: Town) -> tuple[str, str]:
    """Return a payment and its proof code."""
    payment = town.api.pay(till_of(BICYCLES), town.code(1_250), 1_250)["id"]
    return payment, format_proof(proof_of(payment))


def test_the_page_asks_for_a_code_and_says_what_it_is_for(still_town: Town) -> None:
    text = shown(still_town)
    assert "Klopt deze bon?" in text
    assert "niet de winkel en niet de klant" in text
    for word in ("Betaald", "Teruggegeven", "Onbekend"):
        assert word not in text


def test_a_payment_reads_as_paid_with_its_amount_and_time(town: Town) -> None:
    _, proof = pay(town)
    text = shown(town, f"?code={proof.lower()}")
    assert "Betaald Bedrag: € 12,50 Betaald op 15 januari 2027 om 10.00.01 uur" in text
    text = shown(town, f"?code={proof}&lang=en")
    assert "Paid Amount: €12.50 Paid on 15 January 2027 at 10:00" in text


def test_a_refund_is_told(town: Town) -> None:
    payment, proof = pay(town)
    town.api.refund(till_of(BICYCLES), payment, 250, town.now())
    assert "Daarvan is € 2,50 teruggegeven." in shown(town, f"?code={proof}")
    assert "Of that, €2.50 was refunded." in shown(town, f"?code={proof}&lang=en")
    town.api.refund(till_of(BICYCLES), payment, 1_000, town.now() + 1)
    assert "Teruggegeven Bedrag: € 12,50" in shown(town, f"?code={proof}")
    assert "Refunded Amount: €12.50" in shown(town, f"?code={proof}&lang=en")


def test_an_unknown_code_and_no_code_are_told_apart(town: Town) -> None:
    pay(town)
    assert "Onbekend" in shown(town, "?code=7K3QM-9XW2T")
    assert "Unknown" in shown(town, "?code=7K3QM-9XW2T&lang=en")
    assert "Dit is geen bewijscode" in shown(town, "?code=7K3QM")
    assert "This is not a proof code" in shown(town, "?code=7K3QM&lang=en")
    assert "Dit is geen bewijscode" not in shown(town, "?code=+")


def test_what_is_wrong_with_a_mistyped_code_is_told(still_town: Town) -> None:
    assert "Er missen nog 5 tekens." in shown(still_town, "?code=7K3QM")
    assert "Er staan 2 tekens te veel." in shown(still_town, "?code=7K3QM-9XW2T-12")
    assert "In groepje 2 staat een teken dat niet kan." in shown(still_town, "?code=7K3QM-9XU2T")
    assert "Group 1 has a character that" in shown(still_town, "?code=7*3QM-9XW2T&lang=en")


def test_the_page_names_no_shop_no_till_and_no_payment(town: Town) -> None:
    payment, proof = pay(town)
    html = town.http.get(f"/bewijs?code={proof}").text
    for told in (payment, "Winkel", "winkel 1", "0x"):
        assert told not in html


def test_what_is_typed_comes_back_as_text(still_town: Town) -> None:
    html = still_town.http.get("/bewijs", params={"code": '"><script>alert(1)</script>'}).text
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_other_language_keeps_the_code(still_town: Town) -> None:
    html = still_town.http.get("/bewijs?code=7k3qm9xw2t").text
    assert '<html lang="nl" ' in html
    assert 'href="/bewijs?code=7K3QM-9XW2T&amp;lang=en"' in html
    html = still_town.http.get("/bewijs?code=7k3qm9xw2t&lang=en").text
    assert '<html lang="en" ' in html
    assert 'href="/bewijs?code=7K3QM-9XW2T"' in html
    assert 'name="lang" value="en"' in html


def test_the_page_loads_its_own_style_and_nothing_else(still_town: Town) -> None:
    answer = still_town.http.get("/bewijs")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert " style=" not in answer.text
    assert "<script" not in answer.text
    css = still_town.http.get("/bewijs/page.css")
    assert css.headers["content-type"] == "text/css; charset=utf-8"


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    app = build_app(town.workspace, Settings(data=town.directory))
    with serving(app, None) as base_url:
        yield base_url


def test_the_page_can_be_used_by_everybody(town: Town, address: str, screens: Screens) -> None:
    _, proof = pay(town)
    with browser() as chromium:
        for theme in ("light", "dark"):
            context = chromium.new_context(
                viewport={"width": 320, "height": 640},
                color_scheme=theme,  # type: ignore[arg-type]
                java_script_enabled=True,  # for axe; the page has none
            )
            page = context.new_page()
            page.goto(f"{address}/bewijs")
            page.get_by_label("Bewijscode").fill(proof.lower())
            page.get_by_role("button", name="Zoek op").click()
            assert page.get_by_role("heading", name="Betaald").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            end_transitions(page)
            assert run_axe(page).violations_count == 0
            if theme == "light":
                screens.look(page, "public pages", "a receipt that is right")
            for box in (page.locator(each).bounding_box() for each in ("input", "button", "a")):
                assert box is not None
                assert box["height"] >= 48
