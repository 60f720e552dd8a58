"""With a slow ledger, the phone shows no false outcome, and the true one in the end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.ledger import client
from tests.apps.phone import Phone, RunningClock, Street, opened_phone, opened_street
from tests.support.node_town import Node, found_on_anvil
from tests.support.nodes import anvil
from tests.support.town import LETTERS, START, opened

FIRST, SECOND, _ = LETTERS
CARRIED_OUT = "status of 409"
"""A move that was carried out is refused when it is sent again; the phone then looks it up."""
IMPATIENT = """
    const wait = globalThis.setTimeout;
    globalThis.setTimeout = (work, ms, ...given) => wait(work, ms === 1500 ? 20 : ms, ...given);
"""


@pytest.fixture
def node_street(tmp_path: Path) -> Iterator[tuple[Street, Node]]:
    with anvil("--timestamp", str(START)) as url:
        found_on_anvil(tmp_path / "town", url)
        clock = RunningClock()
        clock.time = START + 60
        with (
            opened(tmp_path / "town", clock, node_url=url) as town,
            opened_street(town) as street,
        ):
            yield street, Node(url)


def ask_to_move(phone: Phone) -> None:
    phone.page.goto(phone.street.base_url)
    phone.tap("Telefoon kwijt?")
    phone.tap("Typ de tekens")
    phone.page.get_by_label("De 36 tekens").fill(FIRST.text)
    phone.tap("Verder")
    phone.heading("Geld verplaatsen")


def test_what_waits_for_a_block_is_told_and_settles(
    chromium: Browser, node_street: tuple[Street, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    street, node = node_street
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    with opened_phone(chromium, street) as phone:
        phone.open_letter(SECOND)
        code = phone.show_code("42,50")
        node.hold()
        assert street.pay(code, 4_250)["status"] == "pending"
        assert phone.code() == code  # not paid, and not lost
        node.mine()
        phone.heading("Betaald")
        phone.tap("Klaar")
        phone.left("€ 257,50")

    with opened_phone(chromium, street, expected=CARRIED_OUT) as phone:
        ask_to_move(phone)
        phone.tap("Verplaats nu")
        phone.sees("Een ogenblik…")
        for name in ("Verplaats nu", "Stop"):
            button = phone.page.get_by_role("button", name=name)
            expect(button).to_have_attribute("aria-disabled", "true")
        phone.fits_everybody("moving, waiting")
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("Geld verplaatsen")
        node.mine()
        phone.heading("Verplaatst")
    assert sum(street.town.remaining(FIRST)) == 0
    assert sum(street.town.remaining(FIRST, generation=1)) == 30_000


def test_a_move_that_no_block_takes_is_not_called_done_and_not_done_twice(
    chromium: Browser, node_street: tuple[Street, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    street, node = node_street
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    with opened_phone(chromium, street, script=IMPATIENT, expected=CARRIED_OUT) as phone:
        ask_to_move(phone)
        node.hold()
        phone.tap("Verplaats nu")
        phone.sees("Wij weten nog niet of het is gelukt.")
        phone.heading("Geld verplaatsen")
        phone.fits_everybody("not known whether it was moved")
        node.mine()
        phone.tap("Verplaats nu")
        phone.heading("Verplaatst")
        phone.tap("Klaar")
        phone.tap(re.compile("Geen naam"))
        phone.left("€ 300,00")
    assert sum(street.town.remaining(FIRST, generation=1)) == 30_000
    assert sum(street.town.remaining(FIRST, generation=2)) == 0
