"""Crash test: kill a server under load repeatedly, and check that answered acts are durable.

The tills retry unanswered acts until they are answered, as a till does. In the end every act is
known, and the ledger must have each of them exactly once and nothing else.
"""

import multiprocessing
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select

from kindpakket.actors import API, Api, Till, claim, fields, hexed, show_code
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import table_sha256
from kindpakket.domain.ids import Hash, SchemeId, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.follow import run_follower
from kindpakket.ledger.embedded import ChainInUse
from kindpakket.main import build_app, serving
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Domain, Move, Refund
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.project import Projection
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store.database import Store
from kindpakket.workspace import Workspace
from scripts.bench.processes import FREELY

NOW = int(time.time())
"""Start time, in unix seconds; nonces are counted from it."""

AT_ONCE = 4
VALUE = 50_000
_OFFICIALS = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
_OWNER, _TILL = Key(b"\x04" * 32), Till(ShopId(1), Key(b"\x05" * 32))
_LETTER = Letter(SchemeId(1), b"\x06" * 16)
_LET_GO_SECONDS = 3
_LONGEST_WAIT = 0.03
"""Interval of kills, in seconds; about two payments, so that a kill can be at any point of one."""


@dataclass
class Act:
    """An act that was sent; ``id`` is its id on the ledger, once it was answered."""

    path: str
    body: dict[str, Any]
    amount: int = 0
    id: Any = None


@dataclass
class Payer:
    """A payer with one coupon and a till; only the last of its acts can be unanswered."""

    domain: Domain
    number: int
    acts: list[Act] = field(default_factory=list)
    generation: int = 0

    def act_until_killed(self, base_url: str, kill_after: int, kill: Callable[[], object]) -> None:
        """Send one act after the other; one payer kills the server at the end.

        Raises:
            AssertionError: an act was refused; the server is killed then too, so that no payer
                waits forever.
        """
        with httpx2.Client(base_url=base_url, timeout=60) as http:
            try:
                self.repeat(http)
                while True:
                    self.acts.append(self.next_act())
                    self.repeat(http)
                    if len(self.acts) % 3 == 0:
                        http.get(f"{API}/schemes").raise_for_status()  # updates the views
                    kill_after -= 1
                    if kill_after == 0:
                        kill()
            except httpx2.TransportError:
                return
            except BaseException:
                kill()
                raise

    def repeat(self, http: httpx2.Client) -> None:
        """Retry the last act until it is answered."""
        if not self.acts or self.acts[-1].id is not None:
            return
        act = self.acts[-1]
        answer = http.post(API + act.path, json=act.body)
        # A move leaves no payment: a refusal shows that it was done.
        if not (answer.is_success or answer.json()["code"] == "coupon_moved"):
            raise AssertionError(answer.text)
        act.id = answer.json()["id"] if answer.is_success else True
        self.generation += act.path == "/moves"

    def next_act(self) -> Act:
        """Choose a payment, or sometimes a refund, or a move to a fresh key."""
        turn, nonce = len(self.acts), NOW + len(self.acts)
        if turn % 7 == 6:
            return self.move(nonce)
        last = self.acts[-1] if turn % 3 == 2 else None
        if last and last.path == "/payments":
            return self.refund(last)
        amount = 2 + turn % 5
        code = show_code(
            self.domain,
            _LETTER.scheme,
            [self.key(self.generation)],
            amount,
            int(time.time()),
            nonce=nonce,
        )
        return Act("/payments", claim(self.domain, _TILL, code.text, amount), amount)

    def refund(self, payment: Act) -> Act:
        message = Refund(Hash(payment.id), _TILL.shop, 1, int(time.time()) + 300, len(self.acts))
        signature = hexed(message.sign(self.domain, _TILL.key))
        return Act("/refunds", fields(message) | {"signature": signature}, 1)

    def move(self, nonce: int) -> Act:
        keys = [self.key(self.generation), self.key(self.generation + 1)]
        origin, target = map(address_of, keys)
        message = Move(_LETTER.scheme, nonce, (origin,), (target,))
        signatures = [hexed(message.sign(self.domain, key)) for key in keys]
        return Act("/moves", fields(message) | {"signatures": signatures})

    def key(self, generation: int) -> Key:
        return coupon_key(_LETTER, generation, self.number)


def run(kills: int, seed: int) -> dict[str, object]:
    """Run the crash test; return the number of kills, and the results."""
    with tempfile.TemporaryDirectory() as directory:
        return kill(Path(directory), kills, seed)


def kill(directory: Path, kills: int, seed: int) -> dict[str, object]:
    """Create a town in an empty directory, kill its server this many times, and check."""
    settings = Settings(data=directory, **FREELY)
    chance = random.Random(seed)  # noqa: S311
    domain, starts, unanswered = found(settings), [], 0
    payers = [Payer(domain, number) for number in range(AT_ONCE)]
    for _ in range(kills):
        started = time.perf_counter()
        with served(settings) as (process, base_url), ThreadPoolExecutor(AT_ONCE) as pool:
            starts.append(time.perf_counter() - started)
            killer, acts = chance.randrange(AT_ONCE), chance.randint(1, 5)
            end = partial(_kill_after, chance.uniform(0, _LONGEST_WAIT), process)
            for done in [
                pool.submit(
                    payer.act_until_killed, base_url, acts if payer.number == killer else 0, end
                )
                for payer in payers
            ]:
                done.result()
        unanswered += sum(payer.acts[-1].id is None for payer in payers)
    with (
        opened(settings) as workspace,
        serving(build_app(workspace, settings), None) as base_url,
        httpx2.Client(base_url=base_url, timeout=60) as http,
    ):
        for payer in payers:
            payer.repeat(http)
        return {
            "kills": kills,
            "slowest_start_seconds": round(max(starts), 2),
            "unanswered_when_killed": unanswered,
            **_count(http, workspace.context, payers),
            "audit": [finding.difference for finding in workspace.context.ledger.audit().findings],
            "views_that_differ": differing_views(workspace.context),
        }


def _kill_after(seconds: float, process: BaseProcess) -> None:
    time.sleep(seconds)
    process.kill()
    process.join()


def _count(http: httpx2.Client, context: Context, payers: list[Payer]) -> dict[str, object]:
    """Compare the answered acts to the ledger."""
    acts = [act for payer in payers for act in payer.acts]
    paid, refunded, moves = (
        [act for act in acts if act.path == path] for path in ("/payments", "/refunds", "/moves")
    )
    on_the_ledger = Counter(
        event.args[word].hex() if word else event.name
        for block in context.ledger.blocks(0)
        for entry in block.entries
        for event in entry.events
        if (word := {"Paid": "payment", "Refunded": "refund", "Moved": ""}.get(event.name))
        is not None
    )
    scheme = context.ledger.view("schemes", 1)
    expected = sum(act.amount for act in paid), sum(act.amount for act in refunded)
    return {
        "answered": len(acts),
        "payments": len(paid),
        "refunds": len(refunded),
        "moves": len(moves),
        "lost": sum(not _found_again(http, act) for act in (*paid, *refunded))
        + len(moves)
        - on_the_ledger.pop("Moved", 0),
        "twice": sum(times - 1 for times in on_the_ledger.values()),
        "unknown": len(set(on_the_ledger) - {str(act.id)[2:] for act in acts}),
        "cents_off": [
            there - sent
            for there, sent in zip((scheme["spent"], scheme["refunded"]), expected, strict=True)
        ],
    }


def _found_again(http: httpx2.Client, act: Act) -> bool:
    """Whether a repeated act is recognised, and a payment can be looked up."""
    again = http.post(API + act.path, json=act.body)
    there = (again.status_code, again.json().get("id")) == (200, act.id)
    if act.path == "/payments":
        told = http.get(f"{API}/payments/{act.id}").json()
        return there and told.get("amount") == act.amount
    return there


def differing_views(context: Context) -> list[str]:
    """Return the names of views that differ from views rebuilt from the ledger."""
    with tempfile.TemporaryDirectory() as directory:
        fresh = Store(f"sqlite:///{Path(directory) / 'fresh.sqlite3'}")
        try:
            context.projection.catch_up()
            Projection(context.ledger, fresh, context.month_keys).catch_up()
            kept, made = _rows(context.store), _rows(fresh)
        finally:
            fresh.close()
    return [name for name in made if kept[name] != made[name]]


def _rows(store: Store) -> dict[str, list[str]]:
    """Every row of every view."""
    with store.read(views=True) as db:
        return {
            name: sorted(repr(tuple(row)) for row in db.execute(select(table)))
            for name, table in t.views.tables.items()
        }


@contextmanager
def served(settings: Settings, now: int | None = None) -> Iterator[tuple[BaseProcess, str]]:
    """Serve a town in a process that can be killed; yield its base URL.

    Args:
        now: a fixed time; None for a server as operators start it, with an engine and a follower.

    Raises:
        EOFError: it did not start.
    """
    # A fork, since imports take a fresh interpreter seconds.
    context = multiprocessing.get_context("fork")
    address, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(settings, now, sender), daemon=True)
    process.start()
    sender.close()
    try:
        yield process, address.recv()
    finally:
        process.kill()
        process.join()


def _serve(settings: Settings, now: int | None, address: Connection) -> None:
    settings = settings.model_copy(update=FREELY)
    with ExitStack() as stack:
        if now is None:
            workspace = stack.enter_context(Workspace.open(settings, apart=True))
            stack.enter_context(run_follower(settings))
        else:
            workspace = stack.enter_context(Workspace.open(settings, clock=lambda: now))
        app = build_app(workspace, settings)
        address.send(stack.enter_context(serving(app, settings.data)))
        threading.Event().wait()


def opened(settings: Settings) -> Workspace:
    """Open the town; retries while the killed server still holds its lock."""
    deadline = time.monotonic() + _LET_GO_SECONDS
    while True:
        try:
            return Workspace.open(settings)
        except ChainInUse:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def found(settings: Settings) -> Domain:
    """Create a town in an empty directory: a shop, a till, and a coupon for each payer."""
    officials = {address_of(key): sum(Capacity) for key in _OFFICIALS}
    Workspace.create(settings, officials, sync=False).close()
    with (
        opened(settings) as workspace,
        serving(build_app(workspace, settings), None) as base_url,
        httpx2.Client(base_url=base_url) as http,
    ):
        api = Api(http)
        coupons = [address_of(coupon_key(_LETTER, 0, number)) for number in range(AT_ONCE)]
        for nonce, (function, *args) in enumerate(
            (
                ("setCategories", table_sha256()),
                ("openScheme", 1, NOW, NOW + 1_000_000, 0b11, 0b100),
                ("fund", 1, VALUE * AT_ONCE),
                ("setShop", 1, 0b1, address_of(_OWNER), True),
                ("issue", 1, VALUE, sorted(coupons)),
            )
        ):
            api.decide(_OFFICIALS[:2], NOW + nonce, function, *args)
        api.change_till(_OWNER, _TILL.shop, _TILL.key, NOW, active=True)
        return api.domain
