"""The municipality's office in tests: officials who sign in, submit forms and sign."""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kindpakket.domain.ids import Address
from kindpakket.main import build_app
from kindpakket.protocol.messages import (
    BankAccount,
    Decision,
    LetterReplacement,
    Message,
    PaymentFileRefused,
    PrivacyOfficer,
)
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.settings import Settings
from tests.support.municipality import OWN
from tests.support.sessions import personal_sign, sign_in_message
from tests.support.town import EVERYTHING, SITE, Town

ANNA, BRAM, CARLA = EVERYTHING

NO_POINT = (5).to_bytes(32) + (1).to_bytes(32)
"""Has the form of a signature, and no key made it: no point of secp256k1 has x = 5."""

_MESSAGES: Mapping[str, Callable[[dict[str, Any]], Message]] = {
    "Decision": lambda each: Decision(
        bytes.fromhex(each["call"][2:]), each["validUntil"], each["nonce"]
    ),
    "BankAccount": lambda each: BankAccount(
        each["shop"], each["iban"], each["holder"], each["nonce"]
    ),
    "PrivacyOfficer": lambda each: PrivacyOfficer(
        each["place"], each["official"], each["recipient"], each["nonce"]
    ),
    "LetterReplacement": lambda each: LetterReplacement(
        each["run"],
        each["number"],
        each["blankRun"],
        each["blankNumber"],
        each["reason"],
        each["nonce"],
    ),
    "PaymentFileRefused": lambda each: PaymentFileRefused(
        each["batch"], each["sha256OfFile"], each["nonce"]
    ),
}
"""The types that officials sign, parsed from the fields on a page."""


@dataclass
class Desk:
    """One official at the desk, without a browser."""

    town: Town
    http: TestClient
    key: Key

    @property
    def address(self) -> Address:
        return address_of(self.key)

    @property
    def csrf(self) -> str:
        return field(self.get("/besluiten").text, "csrf")

    def get(self, path: str) -> httpx2.Response:
        return self.http.get(f"/gemeente{path}", follow_redirects=False)

    def page(self, path: str) -> str:
        """Get a page that must exist, as text without tags."""
        answer = self.http.get(f"/gemeente{path}")
        assert answer.status_code == 200, answer.text
        return read(answer.text)

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, **files: Any
    ) -> httpx2.Response:
        """Submit a form with the fields of the page."""
        data = {"csrf": self.csrf, **(form or {})}
        return self.http.post(
            f"/gemeente{path}", data=data, files=files or None, follow_redirects=False
        )

    def prepare(self, path: str, form: Mapping[str, Any] | None = None, **files: Any) -> str:
        """Submit a form that prepares a decision; return its id."""
        answer = self.post(path, form, **files)
        assert answer.status_code == 303, read(answer.text)
        found = re.match(r"/gemeente/besluiten/(0x[0-9a-f]{64})", answer.headers["location"])
        assert found, answer.headers["location"]
        return found[1]

    def told(self, path: str, form: Mapping[str, Any]) -> str:
        """Submit a form; return the text of the page that follows."""
        answer = self.post(path, form)
        assert answer.status_code == 303, read(answer.text)
        return self.page(answer.headers["location"].removeprefix("/gemeente"))

    def signatures(self, decision_set: str, key: Key | None = None) -> list[str]:
        """Sign a decision's messages, as the browser does."""
        return self.signed(f"/besluiten/{decision_set}", key)

    def signed(self, path: str, key: Key | None = None) -> list[str]:
        """Sign the messages of a page."""
        shown = re.search(r"<script[^>]*data-messages>(.*?)</script>", self.get(path).text)
        assert shown, "nothing to sign"
        to_sign = json.loads(shown[1])
        made = []
        for each in to_sign["messages"]:
            message = _MESSAGES[to_sign["type"]](each)
            assert message.hash == each["id"]
            made.append("0x" + message.sign(self.town.api.domain, key or self.key).hex())
        return made

    def sign(self, decision_set: str, key: Key | None = None) -> httpx2.Response:
        form = {"signature": self.signatures(decision_set, key)}
        return self.post(f"/besluiten/{decision_set}/handtekening", form)


def field(page: str, name: str) -> str:
    """The value of the first input with this name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} on this page"
    return html.unescape(found[1])


def capacities_form(desk: Desk, official: Address, *capacities: str) -> dict[str, Any]:
    """The fields of the form for an official's capacities, from their page."""
    found = re.search(
        rf'name="official" value="{official}">\s*<input type="hidden" name="seen" value="(\w+)"',
        desk.get("/ambtenaren").text,
    )
    assert found, "no such official on the page"
    return {"official": official, "seen": found[1], "capacity": list(capacities)}


def read(page: str) -> str:
    """The text of a page, with single spaces."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return " ".join(text.split())


def visitor(town: Town, app: FastAPI | None = None) -> TestClient:
    """A browser at the desk without a session."""
    app = app or served(town)
    return TestClient(app, base_url=SITE, raise_server_exceptions=False, headers={"Origin": SITE})


def sign_in(town: Town, http: TestClient, key: Key) -> httpx2.Response:
    """Submit the sign-in form."""
    page = http.get("/gemeente/aanmelden").text
    nonce = re.search(r'data-nonce="([0-9a-f]+)"', page)
    assert nonce
    message = sign_in_message(town, key, nonce=nonce[1])
    form = {"message": message, "signature": personal_sign(message, key)}
    return http.post("/gemeente/aanmelden", data=form, follow_redirects=False)


def served(town: Town, **others: Any) -> FastAPI:
    return build_app(
        town.workspace, Settings(data=town.directory, **OWN | {"app_address": SITE} | others)
    )


@contextmanager
def at_the_desk(town: Town, *keys: Key, **others: Any) -> Iterator[Sequence[Desk]]:
    """Officials who are signed in, each with their own browser."""
    app, desks = served(town, **others), []
    for key in keys:
        http = visitor(town, app)
        assert sign_in(town, http, key).status_code == 303
        desks.append(Desk(town, http, key))
    yield desks


def decided_by_two(first: Desk, second: Desk, decision_set: str) -> None:
    """Have two officials sign a prepared decision, which carries it out."""
    assert first.sign(decision_set).status_code == 303
    answer = second.sign(decision_set)
    assert answer.status_code == 303, read(answer.text)
    assert answer.headers["location"].endswith("?gedaan=uitgevoerd")
