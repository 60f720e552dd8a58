"""When a script of the desk fails, its page says so and shows a way back."""

import pytest
from playwright.sync_api import expect

from tests.desk.clerk import Clerk

FAILED = "Deze pagina werkt niet goed."


@pytest.mark.parametrize(
    "script",
    [
        "addEventListener('click', () => { throw new Error('wrong'); });",
        "addEventListener('click', async () => { throw new Error('wrong'); });",
    ],
)
def test_an_error_at_a_click_shows_a_way_back(clerk: Clerk, script: str) -> None:
    clerk.page.add_init_script(script)
    clerk.go("/aanmelden")
    expect(clerk.page.get_by_text(FAILED)).to_be_hidden()
    clerk.page.get_by_role("heading", level=1).click()
    clerk.sees(FAILED)
    way_back = clerk.page.locator("[data-failed]").get_by_role("link", name="Naar de startpagina")
    expect(way_back).to_have_attribute("href", "/gemeente/")
    assert clerk.wrong.pop()


def test_a_script_that_does_not_arrive_is_told(clerk: Clerk) -> None:
    clerk.page.route("**/assets/signer-*.js", lambda route: route.abort())
    clerk.go("/aanmelden")
    clerk.sees(FAILED)
    assert [each for each in clerk.wrong if "ERR_FAILED" in each]
    clerk.wrong.clear()


def test_a_browser_that_refuses_its_storage_still_signs_in(clerk: Clerk) -> None:
    clerk.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('refused'); }})"
    )
    clerk.go("/aanmelden")
    clerk.sees(FAILED)
    clerk.sees("Sleutel toevoegen")
    assert clerk.wrong.pop()


def test_without_https_the_page_says_that_a_key_does_not_work(clerk: Clerk) -> None:
    clerk.page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined});")
    clerk.go("/aanmelden")
    clerk.sees("Open het adres dat begint met https.")
