"""The page and what it talks to, without a browser."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from kindpakket.demo import texts
from kindpakket.protocol.codes import read_code
from tests.support.demo_town import CHEATS, Inside
from tests.support.problems import mistakes, problem


class Page(HTMLParser):
    """Gathers what a page loads and what it holds inline."""

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
    assert sorted(found.loaded) == ["/demo/icon.svg", "/demo/page.css", "/demo/page.js"]
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
    assert '<html lang="nl">' in dutch
    assert "Probeer vals te spelen" in dutch
    assert '<html lang="en">' in english
    assert "Try to cheat" in english
    assert "SBI 2008" in dutch
    assert "SBI 2008" in english


def test_it_says_who_holds_the_keys(inside: Inside) -> None:
    assert "Alleen hier heeft de server de sleutels" in page(inside)
    assert "Only here does the server hold" in page(inside, "en")


def test_no_key_reaches_the_browser(inside: Inside) -> None:
    town = inside.town
    keys = [
        town.relay_key,
        *town.letters,
        *town.own.letters,
        *town.cards,
        *(key for shop in town.shops for key in (shop.owner_key, shop.till_key)),
        *(official.key for official in town.officials),
    ]
    answers = page(inside) + inside.http.get("/demo/state").text
    answers += inside.http.post("/demo/codes", json={"letter": 1, "amount": 100}).text
    answers += "".join(inside.http.post(f"/demo/cheats/{name}").text for name in CHEATS)
    assert not [key for key in keys if key.removeprefix("0x") in answers]


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


def test_a_payment_is_in_a_block(inside: Inside) -> None:
    code = post(inside, "codes", {"letter": 2, "amount": 4_250})
    answer = post(inside, "payments", {"shop": 1, "amount": 4_250, "code": code["text"]})
    block = answer["block"]
    ledger = inside.workspace.context.ledger
    assert block["number"] == ledger.head()
    assert block["hash"] == ledger.block_hash(block["number"])
    assert block["transaction"] in {
        entry.transaction for found in ledger.blocks(block["number"]) for entry in found.entries
    }
    assert post(inside, "codes", {"letter": 2, "amount": 100})["left"] == code["left"] - 4_250


def test_a_refusal_leaves_the_code_as_it_was(inside: Inside) -> None:
    code = post(inside, "codes", {"letter": 3, "amount": 1_000})["text"]
    refused = post(inside, "payments", {"shop": 12, "amount": 1_000, "code": code})
    assert refused["no"]["code"] == "category_not_permitted"
    assert post(inside, "payments", {"shop": 6, "amount": 1_000, "code": code})["block"]


def test_of_two_codes_for_one_purchase_one_can_be_paid(inside: Inside) -> None:
    first = post(inside, "codes", {"letter": 4, "amount": 2_000})["text"]
    second = post(inside, "codes", {"letter": 4, "amount": 25_000, "replaces": first})["text"]
    one, two = read_code(first).spend, read_code(second).spend
    assert one.nonce == two.nonce
    assert set(one.coupons) <= set(two.coupons)
    assert post(inside, "payments", {"shop": 1, "amount": 25_000, "code": second})["block"]
    again = post(inside, "payments", {"shop": 1, "amount": 2_000, "code": first})
    assert again["no"]["code"] == "code_already_used"


def test_a_code_after_a_paid_one_is_a_new_code(inside: Inside) -> None:
    first = post(inside, "codes", {"letter": 5, "amount": 2_000})["text"]
    assert post(inside, "payments", {"shop": 1, "amount": 2_000, "code": first})["block"]
    second = post(inside, "codes", {"letter": 5, "amount": 2_000, "replaces": first})["text"]
    assert post(inside, "payments", {"shop": 1, "amount": 2_000, "code": second})["block"]


def test_an_empty_letter_says_so(inside: Inside) -> None:
    for _ in range(2):
        code = post(inside, "codes", {"letter": 6, "amount": 30_000})["text"]
        answer = post(inside, "payments", {"shop": 1, "amount": 30_000, "code": code})
    assert answer["no"]["code"] == "budget_too_low"
    assert not re.search(r"€|saldo|balance", answer["no"]["nl"] + answer["no"]["en"])


def test_bad_input_is_a_problem(inside: Inside) -> None:
    http = inside.http
    body = {"letter": 1, "amount": 100}
    for changed in ({"amount": 0}, {"amount": "1"}, {"amount": 1.5}, {"letter": -1}, {"more": 1}):
        mistakes(http.post("/demo/codes", json=body | changed))
    problem(http.post("/demo/codes", json=body | {"replaces": "x"}), 400, "code_unreadable")
    payment = {"shop": 1, "amount": 100, "code": "KP1:"}
    problem(http.post("/demo/payments", json=payment), 400, "code_unreadable")
    problem(http.post("/demo/payments", json=payment | {"shop": 99}), 400, "request_invalid")
    problem(http.post("/demo/cheats/robbery"), 404, "not_found")
    problem(http.get("/demo/page.html.jinja"), 404, "not_found")


def test_the_demo_is_no_part_of_the_api(inside: Inside) -> None:
    paths = inside.http.get("/api/v1/openapi.json").json()["paths"]
    assert not [path for path in paths if "demo" in path]
