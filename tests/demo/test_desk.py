"""The desk of the demo: content on every page, and a payout that can be repeated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx2
import pytest
from eth_utils.address import to_checksum_address
from siwe import SiweMessage

from kindpakket.demo.client import open_client
from kindpakket.demo.town_file import key_of
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from tests.desk.office import field, read
from tests.support.demo_town import Built, Served
from tests.support.sessions import personal_sign

TEST_ACCOUNT = "NL13TEST0123456789"
NOTHING = re.compile(
    r"Er (is|zijn) (hier )?nog (geen|niets)|Hier is nog niets|nog niet uitbetaald|"
    r"heeft nog geen kassa|Er wacht niets op uw handtekening|Er wacht niets op anderen"
)
"""Texts of pages without content."""


@contextmanager
def official(town: Served, name: str) -> Iterator[httpx2.Client]:
    """An official of the town, signed in."""
    key = next(key_of(each.key) for each in town.file.officials if each.name == name)
    with open_client(town.base_url) as http:
        page = http.get("/gemeente/aanmelden").text
        nonce, chain = re.search(r'data-nonce="(\w+)" data-chain-id="(\d+)"', page).groups()  # type: ignore[union-attr]
        text = SiweMessage(
            domain=urlsplit(town.base_url).netloc,
            address=to_checksum_address(address_of(key)),
            uri=town.base_url,
            version="1",
            chain_id=int(chain),
            nonce=nonce,
            issued_at=datetime.now(UTC).isoformat(),
        ).prepare_message()
        form = {"message": text, "signature": personal_sign(text, key)}
        origin = {"Origin": town.base_url}
        assert http.post("/gemeente/aanmelden", data=form, headers=origin).status_code == 303
        http.headers.update(origin)
        yield http


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("Anneke Bos", ["/", "/winkels", "/winkels/1", "/ambtenaren", "/inzage"]),
        ("Bilal Yilmaz", ["/regelingen", "/regelingen/1", "/brieven", "/cijfers", "/controle"]),
        ("Daan Visser", ["/uitbetalingen", "/uitbetalingen/1", "/besluiten/genomen", "/winkels/1"]),
    ],
)
def test_every_page_has_something_to_show(open_town: Served, name: str, paths: list[str]) -> None:
    with official(open_town, name) as http:
        for path in paths:
            answer = http.get(f"/gemeente{path}", follow_redirects=True)
            assert answer.status_code == 200, path
            assert not NOTHING.search(read(answer.text)), path


def test_a_payout_was_made_from_an_account_of_no_bank(open_town: Served) -> None:
    with official(open_town, "Daan Visser") as http:
        page = http.get("/gemeente/uitbetalingen/1").text
        form = {"csrf": field(page, "csrf")}
        file = http.post("/gemeente/uitbetalingen/1/bestand", data=form)
    assert file.status_code == 200
    accounts = re.findall(r"<IBAN>(\w+)</IBAN>", file.text)
    assert len(accounts) == 11
    assert accounts[0] == TEST_ACCOUNT
    assert {account[4:8] for account in accounts} == {"TEST"}


def test_the_next_payout_can_be_prepared(open_town: Served) -> None:
    with official(open_town, "Daan Visser") as http:
        page = http.get("/gemeente/uitbetalingen/nieuw").text
        assert "KINDPAKKET_PAYER_IBAN" not in page
        assert "Fietsenwinkel Van Dam" in page


def test_what_was_paid_can_be_booked(open_town: Served) -> None:
    with official(open_town, "Daan Visser") as http:
        page = http.get("/gemeente/uitbetalingen/boekingen").text
        (month,) = re.findall(r'<option value="([0-9-]+)" selected', page)
        file = http.get(f"/gemeente/uitbetalingen/boekingen?periode={month}&als=csv")
    assert file.status_code == 200
    assert "Kindpakket" in file.text


def test_outside_the_demo_no_account_is_set() -> None:
    assert Settings().payer_iban is None
    assert Settings().journal_expenses is None


def test_the_demo_tells_of_the_payout_and_where_the_desk_is(
    built: Built, open_town: Served
) -> None:
    assert "1 uitbetaling aan 10 winkels, samen € " in built.command.stdout
    assert f"De balie van de gemeente: {open_town.base_url}/gemeente" in open_town.said
