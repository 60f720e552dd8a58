"""Stopping and starting the town, and other directories."""

import json
import socket
from pathlib import Path

import httpx2
import pytest

from kindpakket.actors import Till, show_code
from kindpakket.demo.town_file import key_of
from kindpakket.domain.letters import read_letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.keyring import new_key
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.support.demo_town import Built, Served, client, now_of, run, scheme_of, served


def take_a_payment(town: Served, coupon: int) -> None:
    """Pay € 1 at the first shop from a coupon of the first letter."""
    letter, shop = read_letter(town.town["letters"][0]), town.town["shops"][0]
    with client(town.base_url) as api:
        keys = [coupon_key(letter, 0, coupon)]
        code = show_code(api.domain, letter.scheme, keys, 100, now_of(api)).text
        assert api.pay(Till(shop["id"], key_of(shop["till_key"])), code, 100)["status"] == "settled"


def totals(town: Served) -> list[object]:
    with client(town.base_url) as api:
        return [scheme_of(town, 1)["spent"], api.get("/schemes"), api.get("/shops")]


def test_a_town_that_was_killed_goes_on_where_it_was(data: Path) -> None:
    with served(data) as town:
        take_a_payment(town, 0)
        before = totals(town)
        town.kill()
    with served(data) as town:
        assert totals(town) == before
        assert town.town["base_url"] == town.base_url
        take_a_payment(town, 1)
        assert totals(town) != before


def test_it_opens_on_the_port_that_was_asked_for_and_ends_in_order(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with served(data, "--port", port) as town:
        assert town.base_url == f"http://127.0.0.1:{port}"
        assert f"Probeer het zelf: {town.base_url}/demo" in town.said
        assert "Klik dan op: Houd de telefoon voor de kassa" in town.said
        assert town.stop() == 0
        assert not (data / "server.json").exists()


def test_the_same_command_again_goes_on_with_the_town(built: Built, open_town: Served) -> None:
    before = json.loads((built.data / "demo.json").read_text())
    assert "staat al een dorp" in open_town.said
    assert "Fietsenwinkel" not in open_town.said
    assert open_town.town == before | {"base_url": open_town.base_url}


def test_links_in_files_lead_to_the_demo(open_town: Served) -> None:
    feed = httpx2.get(f"{open_town.base_url}/over/wijzigingen.atom", trust_env=False).text
    assert f'href="{open_town.base_url}/over"' in feed


def test_a_directory_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("Lieve oma")
    done = run("demo", "--data", tmp_path, "--once")
    assert done.exit_code != 0
    assert "Kies een lege map" in done.stderr
    assert "kindpakket serve --data" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["brief.txt"]


def test_there_must_be_something_to_serve(tmp_path: Path) -> None:
    done = run("serve", "--data", tmp_path / "niets")
    assert done.exit_code != 0
    assert "is nog niets" in done.stderr
    assert not (tmp_path / "niets").exists()


def test_a_town_is_served_once(open_town: Served) -> None:
    done = run("demo", "--data", open_town.data)
    assert done.exit_code != 0
    assert "gebruikt" in done.stderr


def test_a_port_that_is_taken_is_named(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = run("demo", "--data", data, "--port", port)
    assert done.exit_code != 0
    assert f"Poort {port}" in done.stderr


def test_a_town_that_cannot_be_served_is_removed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = run("demo", "--data", tmp_path / "town", "--port", port)
    assert done.exit_code != 0
    assert f"Poort {port}" in done.stderr
    assert not (tmp_path / "town").exists()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town without a demo."""
    directory = tmp_path_factory.mktemp("plain") / "town"
    officials = {address_of(new_key()): 127 for _ in range(3)}
    Workspace.create(Settings(data=directory), officials, sync=False).close()
    return directory


def test_outside_demo_mode_there_is_no_demo_page_and_the_desk_is_on_the_site(plain: Path) -> None:
    """Where officials can sign in is told: the site, when it is public."""
    with served(plain, command="serve") as town:
        for path in ("/demo", "/demo/state", "/demo/page.js"):
            answer = httpx2.get(town.base_url + path, trust_env=False)
            assert answer.status_code == 404
            assert "server" not in answer.headers
        cheat = httpx2.post(f"{town.base_url}/demo/cheats/used-code", trust_env=False)
        assert cheat.status_code == 404
        assert "/demo" not in town.said
        assert "De balie van de gemeente: https://kindpakket.example/gemeente\n" in town.said


def test_a_site_on_this_machine_has_its_desk_here(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_APP_ADDRESS", "http://localhost")
    with served(plain, command="serve") as town:
        assert f"De balie van de gemeente: {town.base_url}/gemeente\n" in town.said


def test_a_server_listens_at_the_address_and_port_of_the_settings_or_options(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("KINDPAKKET_HOST", "203.0.113.7")  # of nobody (RFC 5737)
    with served(plain, "--host", "0.0.0.0", "--port", port, command="serve") as town:
        assert town.base_url == f"http://127.0.0.1:{port}"
        assert httpx2.get(f"{town.base_url}/livez", trust_env=False).text == "ok"
    monkeypatch.setenv("KINDPAKKET_PORT", f"{port}")
    done = run("serve", "--data", plain)
    assert "203.0.113.7 is geen adres van deze computer" in done.stderr


def test_metrics_are_at_the_address_of_the_settings(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("KINDPAKKET_METRICS_ADDRESS", address)
        done = run("serve", "--data", plain, "--port", "0")
        assert f"kunnen niet op {address} worden aangeboden" in done.stderr
    with served(plain, command="serve"):
        told = httpx2.get(f"http://{address}/metrics", trust_env=False).text
    assert 'kindpakket_ready{check="follower"} 1.0' in told


def test_proxies_are_named_in_the_settings_or_as_an_option(plain: Path) -> None:
    done = run("serve", "--data", plain, "--proxy-headers", "mijn-proxy")
    assert "De optie voor trusted_proxies klopt niet." in done.stderr
    with served(plain, "--proxy-headers", "127.0.0.1", command="serve") as town:
        assert "TRUSTED_PROXIES is niet ingesteld" not in town.said


def test_a_demo_is_not_served_as_if_it_were_none(data: Path) -> None:
    done = run("serve", "--data", data)
    assert done.exit_code != 0
    assert "staat een demo" in done.stderr
    assert f"kindpakket demo --data {data}" in done.stderr
    assert not (data / "server.json").exists()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("KINDPAKKET_APP_ADDRESS", "https://kindpakket.gemeente.nl"),
        ("KINDPAKKET_APP_ADDRESS", "http://192.0.2.1:8000"),
        ("KINDPAKKET_TRUSTED_PROXIES", "127.0.0.1"),
    ],
)
def test_a_demo_is_not_for_others_to_reach(
    data: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv("KINDPAKKET_APP_ADDRESS", "http://localhost")
    monkeypatch.setenv(setting, value)
    done = run("demo", "--data", data)
    assert done.exit_code != 0
    assert "alleen voor deze computer" in done.stderr
    assert not (data / "server.json").exists()
