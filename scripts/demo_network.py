"""Four parties on this machine, two of which are municipalities with a demo town.

Everything is in a temporary directory, and gone at the end.
"""

import json
import multiprocessing
import secrets
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, suppress
from itertools import cycle
from pathlib import Path

import httpx2
import typer

from kindpakket.actors import API, claim
from kindpakket.cli.demo import end_in_order, opened
from kindpakket.demo import places, town_file
from kindpakket.demo.build import build
from kindpakket.demo.client import open_client
from kindpakket.demo.wallet import Wallet
from kindpakket.domain.ids import Address
from kindpakket.domain.letters import read_letter
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.network_reader import validator_of
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.private_files import write_private
from kindpakket.services.oversight.network import TillState
from kindpakket.settings import Settings
from kindpakket.workspace import RELAY
from scripts.validators import Validator, Validators, running

MUNICIPALITIES = ("Gemeente Zuiderdam", "Gemeente Noorderveen")
PARTIES = (*MUNICIPALITIES, "Provincie Middenland", "Winkeliers Zuiderdam")
AMOUNT = 50
_PAUSE_SECONDS = 1.0
_REPEAT_SECONDS = 0.2


class Playground:
    """The nodes, which the page can stop, and a till in the first municipality."""

    def __init__(self, validators: Validators, names: list[Address]) -> None:
        self._validators = validators
        self._numbers = {name: number for number, name in enumerate(names)}
        self._stopped: set[Address] = set()
        self._changing = threading.Lock()
        self._payments = 0
        self._paid_at = time.monotonic()

    def stopped(self) -> frozenset[Address]:
        """Return the validators whose nodes were stopped."""
        return frozenset(self._stopped)

    def stop(self, validator: Address) -> None:
        """Kill a node that runs."""
        with self._changing:
            if validator in self._numbers.keys() - self._stopped:
                self._validators.kill(self._numbers[validator])
                self._stopped.add(validator)

    def start(self, validator: Address) -> None:
        """Start a node that was stopped."""
        with self._changing:
            if validator in self._stopped:
                self._validators.start(self._numbers[validator])
                self._stopped.remove(validator)

    def till(self) -> TillState:
        """Return the state of the till."""
        seconds = int(time.monotonic() - self._paid_at)
        return TillState(MUNICIPALITIES[0], self._payments, seconds)

    def keep_paying(self, context: Context, base_url: str, town: town_file.TownFile) -> None:
        """Pay at the bicycle shop once a second, from one letter after the other, for ever."""
        shop = town.shop(places.BICYCLES)
        with open_client(base_url) as http:
            for text in cycle(town.letters):
                with suppress(LedgerUnavailable):
                    code = Wallet(context, read_letter(text)).code(AMOUNT, context.ledger_time())
                    body = claim(context.ledger.domain, shop.till, code.text, AMOUNT)
                    while (status := _post(http, body)) in (None, 202, 503):
                        time.sleep(_REPEAT_SECONDS)
                    if status in (200, 201):
                        self._payments += 1
                        self._paid_at = time.monotonic()
                time.sleep(_PAUSE_SECONDS)


def _post(http: httpx2.Client, body: dict[str, object]) -> int | None:
    try:
        return http.post(f"{API}/payments", json=body).status_code
    except httpx2.TransportError:
        return None


def run() -> None:
    """Start everything, and wait for Ctrl-C."""
    end_in_order()
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        home = Path(directory)
        relays = [Key(secrets.token_bytes(32)) for _ in PARTIES]
        typer.echo("Vier partijen maken hun sleutels en tekenen samen het oprichtingsbestand.")
        accounts = list(map(address_of, relays))
        validators = stack.enter_context(running(home, PARTIES, accounts))
        typer.echo("Vier knooppunten draaien. Nu twee gemeenten, elk met een dorp en een contract.")
        settings = [_settings(home, validators, number, relays[number]) for number in (0, 1)]
        with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_build, settings))
        playground = Playground(validators, [_validator(node) for node in validators.nodes])
        for each in settings:
            workspace, base_url = stack.enter_context(opened(each, playground))
            if each is settings[0]:
                town = town_file.read(each.data)
                pay = threading.Thread(
                    target=playground.keep_paying,
                    args=(workspace.context, base_url, town),
                    daemon=True,
                )
                pay.start()
            typer.echo(f"\n{each.municipality}")
            typer.echo(f"  het netwerk:      {base_url}/netwerk")
            typer.echo(f"  telefoon en kassa: {base_url}/demo")
        typer.echo(_WHAT_TO_SEE)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
        typer.echo("Gestopt.")


_WHAT_TO_SEE = """
Open het netwerk in de browser. Een kassa rekent daar elke seconde iets af.
  Zet één partij stil: betalen gaat door.
  Zet er nog een stil: betalen wacht, en niemand krijgt een verkeerd antwoord.
  Start er een weer: wat wachtte, wordt betaald, één keer.
Stoppen: Ctrl-C"""


def _settings(home: Path, validators: Validators, number: int, relay: Key) -> Settings:
    data = home / f"town-{number}"
    data.mkdir()
    write_private(data / RELAY, "0x" + relay.hex())
    urls = validators.urls
    return Settings(
        data=data,
        node_url=",".join(urls[number:] + urls[:number]),
        municipality=MUNICIPALITIES[number],
        app_address="http://localhost",
        port=0,
        **places.PAYER,
    )


def _build(settings: Settings) -> None:
    try:
        build(settings, tell=lambda line: typer.echo(f"  {settings.municipality}: {line}"))
    except Refusal as refusal:  # cannot be passed between processes
        raise RuntimeError(refusal.code) from None


def _validator(node: Validator) -> Address:
    key = json.loads((node.home / "party.json").read_text())["consensus_key"]
    return validator_of(bytes.fromhex(key[2:]))


if __name__ == "__main__":
    run()
