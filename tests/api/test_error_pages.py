"""The pages for unknown addresses and for failures, as a browser gets them."""

from collections.abc import Iterator

import httpx2
import pytest
from fastapi.testclient import TestClient

from kindpakket.domain.refusals import RateLimited
from kindpakket.main import build_app, serving
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Limits
from kindpakket.settings import Settings
from tests.support.browser import browser, end_transitions, run_axe
from tests.support.problems import problem
from tests.support.screens import Screens
from tests.support.town import Town

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NOWHERE = [
    "/nergens",
    "/kassa/1",
    "/winkel/nergens",
    "/bewijs/",
    "/bewijs/7K3QM-9XW2T",
    "/KL1.0G00201G40R40M30E209185GR38E1W8124GK2GAHC5RR34D1P70X3RFR",
    "/demo",
    "/apis",
    "//api/v1/nergens",
]


def settings(town: Town) -> Settings:
    return Settings(
        data=town.directory, municipality="Gemeente Voorbeeldstad", contact_phone="+31 88-123 4567"
    )


@pytest.fixture
def http(town: Town) -> Iterator[TestClient]:
    app = build_app(town.workspace, settings(town))
    with TestClient(
        app, headers={"Accept": BROWSER}, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield client


def page(answer: httpx2.Response, status: int, language: str = "nl") -> str:
    """Check that an answer is a page with the strict headers; return the page."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert f'<html lang="{language}" ' in answer.text
    assert "Gemeente Voorbeeldstad" in answer.text
    return answer.text


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_that_does_not_exist_is_a_page_with_ways_onward(
    http: TestClient, path: str
) -> None:
    html = page(http.get(httpx2.URL(str(http.base_url)).copy_with(raw_path=path.encode())), 404)
    assert "Deze pagina is er niet" in html
    for way in ("/", "/winkel/", "/bewijs", "/gemeente/", "tel:+31881234567"):
        assert f'href="{way}"' in html


def test_under_the_desk_it_is_a_page_of_the_desk(http: TestClient) -> None:
    answer = http.get("/gemeente/nergens")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert "Gemeente Voorbeeldstad" in answer.text
    assert 'href="/gemeente/"' in answer.text


def test_it_is_in_the_language_of_the_browser_or_the_one_that_was_chosen(http: TestClient) -> None:
    asking = {"Accept-Language": "en-GB,nl;q=0.5"}
    assert "This page does not exist" in page(http.get("/nergens", headers=asking), 404, "en")
    assert 'href="?lang=en"' in page(http.get("/nergens?lang=de"), 404)
    assert "This page does not exist" in page(http.get("/nergens?lang=en"), 404, "en")
    page(http.get("/nergens?lang=nl", headers=asking), 404, "nl")


def test_it_repeats_nothing_of_the_address(http: TestClient) -> None:
    html = page(http.get("/KL1.geheim?code=geheim&lang=<geheim>"), 404)
    assert "geheim" not in html


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nergens", "/api/v2/schemes"])
def test_the_api_answers_programs_whatever_they_accept(http: TestClient, path: str) -> None:
    problem(http.get(path), 404, "not_found")


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_who_does_not_ask_for_a_page_gets_none(http: TestClient, accept: str) -> None:
    problem(http.get("/nergens", headers={"Accept": accept}), 404, "not_found")


def test_what_cannot_be_done_is_a_page_too(http: TestClient) -> None:
    answer = http.post("/")
    assert "Dat kan hier niet" in page(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert "Dat kan hier niet" in page(http.put("/bewijs"), 405)
    assert "Er is niets gebeurd" in page(http.post("/nergens", content=bytes(2**20 + 1)), 413)


def test_an_exceeded_rate_limit_is_a_page_too(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise RateLimited(7)

    monkeypatch.setattr(Limits, "count", refuse)
    answer = http.get("/nergens")
    assert "Wacht even en probeer het opnieuw" in page(answer, 429)
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize("path", ["/bewijs?code=7K3QM-9XW2T", "/gemeente/aanmelden"])
def test_an_error_that_nobody_foresaw_is_told_once(
    http: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail(_self: object, _name: str) -> object:
        raise RuntimeError("password=secret")

    monkeypatch.setattr(Context, "__getattribute__", fail)
    answer = http.get(path)
    assert answer.status_code == 500
    assert answer.text.count("Er ging iets mis") == 2  # the title and the heading
    assert "secret" not in answer.text


def test_it_can_be_used_by_everybody(town: Town, screens: Screens) -> None:
    app = build_app(town.workspace, settings(town))
    with serving(app, None) as address, browser() as chromium:
        for theme in ("light", "dark"):
            context = chromium.new_context(
                viewport={"width": 320, "height": 640},
                locale="nl-NL",
                color_scheme=theme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            page.goto(f"{address}/kassa/1")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            end_transitions(page)
            assert run_axe(page).violations_count == 0
            if theme == "light":
                screens.look(page, "public pages", "a page that is not there")
            for link in page.get_by_role("link").all():
                box = link.bounding_box()
                assert box is not None
                assert box["height"] >= 48
            page.get_by_role("link", name="English").click()
            page.get_by_role("heading", name="This page does not exist").wait_for()
            page.get_by_role("link", name="For shops: to the till").click()
            page.wait_for_url(f"{address}/winkel/")
