"""The demo page and its requests, without a browser."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kindpakket.demo import texts
from kindpakket.demo.pages import make_pages
from kindpakket.domain.ids import Address
from kindpakket.services.oversight.network import TillState
from tests.demo.keys import of_the_page, of_the_town
from tests.support.demo_town import CHEATS, Inside
from tests.support.problems import problem


class Page(HTMLParser):
    """Collects what a page loads, and its inline content."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.shops: list[str] = []
        self.cheats: list[str] = []
        self._in: str = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in = tag
        if tag != "a":
            self.loaded += [given[name] for name in ("src", "href") if name in given]
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.shops += [given["data-shop"]] if "data-shop" in given else []
        self.cheats += [given["data-cheat"]] if "data-cheat" in given else []

    def handle_data(self, data: str) -> None:
        if self._in in ("script", "style") and data.strip():
            self.inline.append(data)


def page(inside: Inside, lang: str = "nl") -> str:
    answer = inside.http.get("/demo", params={"lang": lang})
    assert answer.status_code == 200
    return answer.text


def post(inside: Inside, path: str, body: object = None) -> Any:
    answer = inside.http.post(f"/demo/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def spent(inside: Inside) -> int:
    total: int = inside.http.get("/demo/state").json()["spent"]
    return total


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_it_loads_from_here_only_and_nothing_is_inline(inside: Inside, lang: str) -> None:
    found = Page(page(inside, lang))
    assert sorted(found.loaded) == [
        "/demo/page.css",
        "/demo/page.js",
        "/static/icon.svg",
        "/static/shared.css",
        "/thema.css",
    ]
    assert found.inline == []
    for path in found.loaded:
        assert inside.http.get(path).status_code == 200


def test_its_policy_is_strict(inside: Inside) -> None:
    policy = inside.http.get("/demo").headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_twelve_shops_and_five_cheats(inside: Inside) -> None:
    found = Page(page(inside))
    assert found.shops == [str(number) for number in range(1, 13)]
    assert found.cheats == list(CHEATS)


def test_it_reads_in_dutch_and_in_english(inside: Inside) -> None:
    dutch, english = page(inside), page(inside, "en")
    assert '<html lang="nl" ' in dutch
    assert "Probeer vals te spelen" in dutch
    assert '<html lang="en" ' in english
    assert "Try to cheat" in english
    assert "SBI 2008" in dutch
    assert "SBI 2008" in english


def test_it_says_who_holds_the_keys(inside: Inside) -> None:
    assert "Alleen hier heeft de server de sleutels" in page(inside)
    assert "Only here does the server hold" in page(inside, "en")


def test_no_key_reaches_the_browser_but_those_of_the_parts_to_play(inside: Inside) -> None:
    answers = page(inside) + inside.http.get("/demo/state").text
    answers += "".join(inside.http.post(f"/demo/cheats/{name}").text for name in CHEATS)
    assert [key for key in of_the_town(inside.town) if key in answers] == []


def test_only_the_links_and_the_list_of_officials_hold_keys(inside: Inside) -> None:
    html = page(inside)
    bare = re.sub(r"/#KL1\.\w+|/winkel/#KR1\.\w+|<code>0x\w+</code>", "", html)
    assert html.count("<code>0x") == len(inside.town.officials)
    assert [key for key in of_the_page(inside.town) if key in bare] == []
    assert html.count("/#KL1.") == len(inside.town.own.letters) - 1
    assert html.count("/winkel/#KR1.") == 12


@pytest.mark.parametrize("path", ["/", "/winkel/"])
def test_the_apps_may_be_framed_here_and_by_no_other_site(inside: Inside, path: str) -> None:
    headers = inside.http.get(path).headers
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["content-security-policy"].endswith("; frame-ancestors 'self'")
    page_itself = inside.http.get("/demo").headers
    assert page_itself["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page_itself["content-security-policy"]


def test_it_shows_the_last_payments_of_the_scheme(inside: Inside) -> None:
    ledger = inside.workspace.context.ledger
    payments = inside.http.get("/demo/state").json()["payments"]
    assert len(payments) == 5
    blocks = [each["block"] for each in payments]
    assert blocks == sorted(blocks, reverse=True)
    story = {(each["shop"], each["amount"], each["refunded"]) for each in payments}
    assert ("Fietsenwinkel Van Dam", 4_250, 1_000) in story
    for each in payments:
        block = next(iter(ledger.blocks(each["block"])))
        assert each["transaction"] in {entry.transaction for entry in block.entries}


@pytest.mark.parametrize("name", CHEATS)
def test_every_cheat_is_refused(inside: Inside, name: str) -> None:
    before = spent(inside)
    *first, answer = post(inside, f"cheats/{name}")
    code, error = CHEATS[name]
    assert answer["block"] is None
    assert answer["no"]["code"] == code
    assert answer["no"]["error"].startswith(error)
    assert answer["no"]["nl"] and answer["no"]["en"]
    assert spent(inside) == before + (100 if name == "used-code" else 0)
    assert [bool(each["block"]) for each in first] == ([True] if name == "used-code" else [])


def test_every_cheat_has_its_words() -> None:
    assert [cheat.name for cheat in texts.cheats("nl")] == list(CHEATS)


def test_there_is_nothing_else(inside: Inside) -> None:
    http = inside.http
    problem(http.post("/demo/cheats/robbery"), 404, "not_found")
    problem(http.get("/demo/page.html.jinja"), 404, "not_found")
    for path in ("codes", "payments"):
        assert http.post(f"/demo/{path}", json={}).status_code == 405


def test_the_demo_is_no_part_of_the_api(inside: Inside) -> None:
    paths = inside.http.get("/api/v1/openapi.json").json()["paths"]
    assert not [path for path in paths if "demo" in path]


# who gets it

PLACES = ("/demo", "/demo/state", "/demo/page.js")


def asked_by(inside: Inside, address: str, **headers: str) -> list[int]:
    """Request the page's data from an address, with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with TestClient(
        inside.http._transport.app,  # type: ignore[attr-defined]
        base_url="http://127.0.0.1:8000",
        client=(address, 50_000),
        headers=named,
    ) as http:
        answers = [http.get(place) for place in PLACES] + [http.post("/demo/cheats/used-code")]
    return [answer.status_code for answer in answers]


def test_requests_from_the_local_machine_are_answered(inside: Inside) -> None:
    for address, host in (("127.0.0.1", "localhost:8000"), ("::1", "[::1]:8000")):
        assert set(asked_by(inside, address, host=host)) == {200}
    assert set(asked_by(inside, "127.0.0.1", origin="http://127.0.0.1:8000")) == {200}


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.5", "2001:db8::1", "testclient"])
def test_another_machine_gets_no_keys(inside: Inside, address: str) -> None:
    assert set(asked_by(inside, address)) == {404}


@pytest.mark.parametrize(
    "host", ["elsewhere.test", "town.test:8000", "127.0.0.1.elsewhere.test", ""]
)
def test_a_name_that_somebody_gave_this_machine_gets_no_keys(inside: Inside, host: str) -> None:
    assert set(asked_by(inside, "127.0.0.1", host=host)) == {404}


@pytest.mark.parametrize(
    "headers",
    [
        {"x_forwarded_for": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
        {"via": "1.1 proxy"},
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_neither_a_proxy_nor_a_page_elsewhere_gets_keys(
    inside: Inside, headers: dict[str, str]
) -> None:
    assert set(asked_by(inside, "127.0.0.1", **headers)) == {404}


# a demo with several nodes

NODE = Address("0x" + "a1" * 20)


class Recorder:
    """Stands for the processes of the nodes."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, Address]] = []

    def stopped(self) -> frozenset[Address]:
        return frozenset()

    def stop(self, validator: Address) -> None:
        self.acts.append(("stop", validator))

    def start(self, validator: Address) -> None:
        self.acts.append(("start", validator))

    def till(self) -> TillState:
        return TillState("Gemeente", 0, 0)


@pytest.fixture
def nodes() -> Recorder:
    return Recorder()


@pytest.fixture
def several(inside: Inside, nodes: Recorder) -> FastAPI:
    """The server of a demo with these nodes."""
    app = FastAPI()
    app.include_router(make_pages(inside.town, nodes))
    return app


def pressed(app: FastAPI, act: str, address: str = "127.0.0.1", **headers: str) -> httpx2.Response:
    """Press the button of a node from an address, with these headers."""
    with TestClient(
        app, base_url="http://127.0.0.1:8000", client=(address, 50_000), follow_redirects=False
    ) as http:
        return http.post(f"/demo/nodes/{NODE}/{act}?lang=en", headers=headers)


def test_a_button_stops_a_node_and_starts_it_again(several: FastAPI, nodes: Recorder) -> None:
    for act in ("stop", "start"):
        answer = pressed(several, act, origin="http://127.0.0.1:8000")
        assert (answer.status_code, answer.headers["location"]) == (303, "/netwerk?lang=en")
    assert nodes.acts == [("stop", NODE), ("start", NODE)]
    assert pressed(several, "wipe").status_code == 422


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("127.0.0.1", {"origin": "https://elsewhere.test"}),
        ("127.0.0.1", {"origin": "null"}),
        ("127.0.0.1", {"host": "elsewhere.test"}),
        ("192.0.2.1", {}),
    ],
    ids=["another site", "a file", "another name", "another machine"],
)
def test_nobody_elsewhere_stops_a_node(
    several: FastAPI, nodes: Recorder, address: str, headers: dict[str, str]
) -> None:
    for act in ("stop", "start"):
        assert pressed(several, act, address, **headers).status_code == 404
    assert nodes.acts == []


def test_a_demo_without_several_nodes_stops_none(inside: Inside) -> None:
    for act in ("stop", "start"):
        problem(inside.http.post(f"/demo/nodes/{NODE}/{act}"), 404, "not_found")
