"""``kindpakket relay``: the relay key is made before its ledger, and replaced by another."""

from pathlib import Path

import pytest

from kindpakket.ledger import client
from kindpakket.protocol.signatures import address_of
from kindpakket.relay_key import NEXT, ActsPending, make_relay_key, use_next_key
from kindpakket.settings import Settings
from kindpakket.workspace import RELAY, Workspace
from tests.support.node_town import Node, a_minute_later, claim_of, found_on_anvil
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.shell import Shell
from tests.support.town import START, opened

pytestmark = pytest.mark.xdist_group("cli")


def test_a_relay_key_can_be_made_before_its_ledger(empty: Shell) -> None:
    made = empty.json("relay", "new")
    assert made["first"]
    assert empty.json("relay", "new") == made
    assert (empty.data / RELAY).stat().st_mode & 0o777 == 0o600
    empty.ok("init")
    assert empty.json("status")["ledger"]["relay"] == made["address"]


def test_the_next_relay_key_pays_from_when_it_is_used(shell: Shell) -> None:
    former = shell.json("status")["ledger"]["relay"]
    made = shell.json("relay", "new")
    assert made == {"address": shell.json("relay", "new")["address"], "first": False}
    assert shell.json("status")["ledger"]["relay"] == former
    assert shell.json("relay", "use") == {"address": made["address"]}
    assert shell.pay("10", shell.code("10"))["amount"] == 10_00
    assert shell.json("status")["ledger"]["relay"] == made["address"] != former
    assert shell.json("audit")["clean"]
    assert not (shell.data / NEXT).exists()
    assert shell.fail("relay", "use", exit_code=2) == (
        "Er is geen volgende sleutel; begin met: kindpakket relay new"
    )


def test_a_relay_key_is_not_replaced_under_a_server(shell: Shell) -> None:
    shell.ok("relay", "new")
    before = (shell.data / RELAY).read_text()
    with Workspace.open(Settings(data=shell.data)):
        said = shell.fail("relay", "use")
    assert said == f"Stop eerst de server of de opdracht op {shell.data}."
    assert (shell.data / RELAY).read_text() == before


def test_without_a_ledger_there_is_no_relay_key_to_replace(empty: Shell) -> None:
    assert "is nog niets" in empty.fail("relay", "use", exit_code=2)


def test_on_a_node_the_next_account_gets_the_balance_when_nothing_is_pending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "town"
    with anvil("--timestamp", str(START)) as url:
        found_on_anvil(data, url)
        settings, node = Settings(data=data, node_url=url), Node(url)
        following = make_relay_key(settings)
        with opened(data, a_minute_later(), node_url=url) as town, monkeypatch.context() as hasty:
            hasty.setattr(client, "RECEIPT_SECONDS", 0)
            node.hold()
            claimed = claim_of(town)
            assert town.http.post("/api/v1/payments", json=claimed).status_code == 202
        with pytest.raises(ActsPending):
            use_next_key(settings)
        node.mine()
        node.rpc("evm_setAutomine", True)
        with opened(data, a_minute_later(), node_url=url) as town:
            assert town.http.post("/api/v1/payments", json=claimed).status_code == 200
        before = int(node.rpc("eth_getBalance", address_of(ANVIL_KEY), "latest"), 16)
        assert use_next_key(settings) == following
        assert int(node.rpc("eth_getBalance", following, "latest"), 16) > before * 0.99
        with opened(data, a_minute_later(), node_url=url) as town:
            answer = town.http.post("/api/v1/payments", json=claim_of(town, coupon=1))
            assert answer.status_code == 201
