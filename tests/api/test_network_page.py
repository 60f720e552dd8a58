"""The public page /netwerk: who keeps the ledger, in two languages, also without JavaScript."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kindpakket.api.app import create_app
from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.network import (
    DoubleSignature,
    NetworkSeen,
    NodeHead,
    Party,
    PlannedVersion,
    ProposedBlock,
    WaitingChange,
)
from kindpakket.main import build_app, serving
from kindpakket.services.oversight.network import (
    QUIET_SECONDS,
    Health,
    NetworkWatch,
    Presence,
    TillState,
    state_of,
)
from kindpakket.settings import Settings
from kindpakket.site import Site
from tests.support.browser import browser, end_transitions, run_axe
from tests.support.problems import problem
from tests.support.screens import Screens
from tests.support.town import SITE, START, Town

NOW = START + 3600
"""What the clock of a still town says."""
NAMES = ("Gemeente Zuiderdam", "Gemeente Noorderveen", "Provincie", "Winkeliersvereniging")


def address(number: int) -> Address:
    return Address(f"0x{number:040x}")


def hashed(number: int) -> Hash:
    return Hash(f"0x{number:064x}")


PARTIES = tuple(Party(name, address(n), address(100 + n)) for n, name in enumerate(NAMES))


def network(*heads: int | None, **others: Any) -> NetworkSeen:
    """Four parties, of whose nodes these are the heads; block 50 is the last one."""
    nodes = tuple(
        NodeHead(address(100 + n), "away", None, None)
        if head is None
        else NodeHead(address(100 + n), "same" if head > 40 else "behind", head, hashed(head))
        for n, head in enumerate(heads)
    )
    blocks = tuple(
        ProposedBlock(number, hashed(number), NOW - 1, address(100 + number % 4), number % 2)
        for number in range(50, 38, -1)
    )
    return NetworkSeen(nodes, blocks, parties=PARTIES, **others)


@contextmanager
def opened(town: Town, seen: NetworkSeen) -> Iterator[TestClient]:
    watch = NetworkWatch(lambda: seen)
    app = create_app(
        town.workspace.context, contact_email="info@example.org", site=Site(SITE), network=watch
    )
    with TestClient(app, base_url=SITE) as http:
        yield http


def shown(http: TestClient, query: str = "") -> str:
    """The text of the page."""
    answer = http.get(f"/netwerk{query}")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.text.partition("<body>")[2])
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    ("heads", "health", "presences"),
    [
        ((50, 50, 50, 50), Health.WHOLE, "here here here here"),
        ((50, 50, 9, 50), Health.SOME_AWAY, "here here behind here"),
        ((50, None, 50, 50), Health.SOME_AWAY, "here away here here"),
        ((50, None, None, 50), Health.HALTED, "here away away here"),
        ((None, None, None, 50), Health.HALTED, "away away away here"),
    ],
)
def test_more_than_two_thirds_of_the_parties_are_needed(
    heads: tuple[int | None, ...], health: Health, presences: str
) -> None:
    state = state_of(network(*heads), NOW)
    assert state.needed == 3
    assert state.health == health
    assert [each.presence for each in state.keepers] == presences.split()


@pytest.mark.parametrize(("parties", "needed"), [(1, 1), (2, 2), (3, 3), (4, 3), (6, 5), (7, 5)])
def test_how_many_are_needed(parties: int, needed: int) -> None:
    many = tuple(Party(str(n), address(n), address(100 + n)) for n in range(parties))
    assert state_of(replace(network(), parties=many), NOW).needed == needed


def test_a_party_whose_node_is_not_asked_is_known_by_the_blocks_it_proposes() -> None:
    seen = network(50)
    state = state_of(seen, NOW)
    assert [each.proposed for each in state.keepers] == [48, 49, 50, 47]
    assert {each.presence for each in state.keepers} == {Presence.HERE}
    without = [block for block in seen.blocks if block.validator != PARTIES[3].validator]
    state = state_of(replace(seen, blocks=tuple(without)), NOW)
    assert state.keepers[3].presence == Presence.UNSEEN


def test_a_chain_without_new_blocks_stands_still() -> None:
    seen = network(50, 50, 50, 50)
    assert state_of(seen, NOW - 1 + QUIET_SECONDS).health == Health.WHOLE
    assert state_of(seen, NOW + QUIET_SECONDS).health == Health.HALTED


def test_different_blocks_of_one_height_are_told_before_anything_else() -> None:
    seen = network(50, None, None, 50)
    fourth = replace(seen.nodes[3], standing="differs")
    state = state_of(replace(seen, nodes=(*seen.nodes[:3], fourth)), NOW)
    assert state.health == Health.FORKED
    assert state.keepers[3].presence == Presence.DIFFERS


def test_one_party_is_told_with_what_that_means(still_town: Town) -> None:
    text = shown(still_town.http)
    assert "Eén partij houdt dit grootboek bij" in text
    assert "kan het hele boek vervangen" in text
    assert str(still_town.workspace.context.ledger.head()) in text
    text = shown(still_town.http, "?lang=en")
    assert "can replace the whole book by another" in text


def test_each_party_is_shown_with_its_head_and_the_block_it_proposed(still_town: Town) -> None:
    with opened(still_town, network(50, 50, None, 50)) as http:
        text = shown(http)
    assert "Betalen gaat door" in text
    assert "Eén van de vier partijen is er niet. De andere drie zijn genoeg" in text
    assert "Gemeente Zuiderdam Doet mee Laatste blok 50 Kenmerk 00000000 Stelde voor 48" in text
    assert "Provincie Is er niet Laatste blok – Kenmerk – Stelde voor 50" in text


def test_two_away_is_told_without_alarm_and_with_what_happens(still_town: Town) -> None:
    with opened(still_town, network(50, None, None, 50)) as http:
        assert "Betalen wacht" in shown(http)
        assert "Wat betaald is, blijft betaald" in shown(http)
        assert "Payments wait" in shown(http, "?lang=en")


def test_a_double_signature_names_the_party(still_town: Town) -> None:
    seen = network(50, 50, 50, 50, evidence=(DoubleSignature(PARTIES[1].validator, 44, START),))
    with opened(still_town, seen) as http:
        assert "Gemeente Noorderveen tekende twee keer iets anders voor blok 44" in shown(http)
    with opened(still_town, network(50, 50, 50, 50)) as http:
        assert "Geen enkele partij" in shown(http)


def test_changes_that_wait_and_the_next_version_are_told(still_town: Town) -> None:
    waiting = (
        WaitingChange("addParty", {"party": {"name": "<b>Oost"}}, (PARTIES[0].account,)),
        WaitingChange("removeParty", {"account": PARTIES[3].account}, ()),
    )
    seen = network(50, 50, 50, 50, waiting=waiting, upgrade=PlannedVersion("2", 900))
    with opened(still_town, seen) as http:
        text, html = shown(http), http.get("/netwerk").text
    assert "Partij erbij: &lt;b&gt;Oost (1 van de 3 partijen" in text
    assert "<b>Oost" not in html
    assert "Partij weg: Winkeliersvereniging (0 van de 3" in text
    assert "Vanaf blok 900 draait versie 2." in text
    done = replace(seen, upgrade=PlannedVersion("1", 50))
    assert state_of(done, NOW).upgrade is None


def test_nothing_answers(still_town: Town) -> None:
    with opened(still_town, NetworkSeen((NodeHead(None, "away", None, None),))) as http:
        assert "Het netwerk is niet te zien" in shown(http)


def test_the_nodes_are_asked_once_however_many_look(still_town: Town) -> None:
    asked = []

    def read() -> NetworkSeen:
        asked.append(1)
        return network(50, 50, 50, 50)

    watch = NetworkWatch(read)
    for _ in range(5):
        watch.look(still_town.workspace.context.ledger, NOW)
    assert len(asked) == 1


def test_the_page_loads_its_own_files_and_nothing_else(still_town: Town) -> None:
    answer = still_town.http.get("/netwerk")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; connect-src 'self'; ")
    assert " style=" not in answer.text
    assert "<form" not in answer.text  # only a demo can stop nodes
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        assert still_town.http.get(f"/netwerk/{name}").headers["content-type"].startswith(kind)


def test_outside_a_demo_no_node_can_be_stopped(still_town: Town) -> None:
    path = f"/demo/nodes/{PARTIES[0].validator}"
    for act in ("stop", "start"):
        problem(still_town.http.post(f"{path}/{act}"), 404, "not_found")


class Stopped:
    """A demo in which the third node is stopped."""

    def stopped(self) -> frozenset[Address]:
        return frozenset([PARTIES[2].validator])

    def stop(self, validator: Address) -> None: ...

    def start(self, validator: Address) -> None: ...

    def till(self) -> TillState:
        return TillState(NAMES[0], 12, 1)


def test_the_page_can_be_used_by_everybody(still_town: Town, screens: Screens) -> None:
    everything = network(
        50,
        50,
        None,
        50,
        evidence=(DoubleSignature(PARTIES[1].validator, 44, START),),
        waiting=(WaitingChange("removeParty", {"account": PARTIES[3].account}, ()),),
        upgrade=PlannedVersion("2", 900),
    )
    app = create_app(
        still_town.workspace.context,
        contact_email="info@example.org",
        site=Site(SITE),
        network=NetworkWatch(lambda: everything),
        playground=Stopped(),
    )
    alone = build_app(still_town.workspace, Settings(data=still_town.directory))
    with serving(app, None) as several, serving(alone, None) as one, browser() as chromium:
        for theme, (width, height) in product(("light", "dark"), ((390, 844), (1366, 768))):
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            for address, heading in (
                (several, "Betalen gaat door"),
                (one, "Eén partij houdt dit grootboek bij"),
            ):
                page.goto(f"{address}/netwerk")
                assert page.get_by_role("heading", name=heading).is_visible()
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                end_transitions(page)
                assert run_axe(page).violations_count == 0
                if (theme, width) == ("light", 390):
                    screens.look(page, "public pages", f"the network: {heading}")
                for button in page.locator("button, main a").all():
                    box = button.bounding_box()
                    assert box is not None
                    assert box["height"] >= 48
            page.goto(f"{several}/netwerk")
            assert page.get_by_role("button", name="Zet stil").count() == 3
            assert page.get_by_role("button", name="Start weer").is_visible()
