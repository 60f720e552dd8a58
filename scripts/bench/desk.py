"""Benchmark of the desk: response times of its pages with half a year of payments."""

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx2
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from rich.table import Table
from siwe import SiweMessage

from kindpakket.actors import Api, hexed
from kindpakket.protocol.signatures import address_of, sign
from kindpakket.settings import Settings
from scripts.bench import desk_town
from scripts.bench.processes import served
from tests.support.municipality import OWN

ROUNDS = 60
"""Number of rounds; one more for warming up is not counted."""
P95_MS = 150
"""Bounds for each page that people view, and for all of them together."""
ACT_P95_MS = 1_000
"""Bound for actions by a button, and for exports."""

_SHOP = 7

Figures = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A request of an official."""

    name: str
    path: str
    form: dict[str, str | list[str]] | None = None
    """The form; None for a GET request."""
    most: int = P95_MS
    """Bound of its 95th percentile, in ms; another than that of pages for actions."""


def run(payments: int, tell: desk_town.Tell) -> Figures:
    """Build a town, serve it, and request every page during payments."""
    with tempfile.TemporaryDirectory() as directory:
        payer = {"payer_name": "Gemeente", "payer_iban": "NL91ABNA0417164300"}
        settings = Settings(data=Path(directory) / "town", **OWN | payer)
        desk_town.live(settings, payments, tell)
        return measure(settings, payments, tell)


def measure(settings: Settings, payments: int, tell: desk_town.Tell) -> Figures:
    """Request every page of an existing town, in rounds, during payments."""
    seconds: dict[str, list[float]] = {}
    with served(settings) as server, _signed_in(server.base_url) as http:
        requests = _requests(http)
        for each in requests:
            _ask(http, each)
        with _paying(server.base_url, payments):
            tell(f"{ROUNDS} rounds of {len(requests)} pages")
            for _ in range(ROUNDS):
                for each in requests:
                    seconds.setdefault(each.name, []).append(_ask(http, each))
    rows = {each.name: _row(each, seconds[each.name]) for each in requests}
    looked_at = [one for each in requests if each.most == P95_MS for one in seconds[each.name]]
    figures: Figures = {"payments": payments, "pages": rows, "all_p95_ms": _p95(looked_at)}
    return figures | {"broken": broken(figures)}


def broken(figures: Figures) -> list[str]:
    """Return the bounds that these figures exceed."""
    found = [
        f"{name}: p95 at most {row['most_ms']} ms"
        for name, row in figures["pages"].items()
        if row["p95_ms"] > row["most_ms"]
    ]
    if figures["all_p95_ms"] > P95_MS:
        found.append(f"all pages: p95 at most {P95_MS} ms")
    return found


def table(figures: Figures) -> Table:
    """Return the rows of the table: figures and their bounds."""
    title = f"The desk, with {figures['payments']:,} payments"
    table = Table("ms", "median", "p95", "worst", "p95 at most", title=title)
    for name, row in figures["pages"].items():
        found = (f"{row[key]:,.0f}" for key in ("median_ms", "p95_ms", "worst_ms"))
        table.add_row(name, *found, f"{row['most_ms']:,}")
    table.add_row("all pages", "", f"{figures['all_p95_ms']:,.0f}", "", f"{P95_MS}")
    return table


def _row(request: Request, seconds: list[float]) -> Figures:
    return {
        "median_ms": 1000 * median(seconds),
        "p95_ms": _p95(seconds),
        "worst_ms": 1000 * max(seconds),
        "most_ms": request.most,
    }


def _p95(seconds: list[float]) -> float:
    return 1000 * quantiles(seconds, n=20, method="inclusive")[18]


# ----------------------------------------------------------------------------- an official


@contextmanager
def _signed_in(base_url: str) -> Iterator[httpx2.Client]:
    """An HTTP client with an official's session, signed in as the page does."""
    headers = {"Origin": base_url}
    with httpx2.Client(
        base_url=f"{base_url}/gemeente", headers=headers, timeout=60, trust_env=False
    ) as http:
        key, page = desk_town.OFFICIALS[1], http.get("/aanmelden").text
        text = SiweMessage(
            domain=base_url.removeprefix("http://"),
            address=to_checksum_address(address_of(key)),
            uri=base_url,
            version="1",
            chain_id=int(_field(page, "data-chain-id")),
            nonce=_field(page, "data-nonce"),
            issued_at=datetime.now(UTC).isoformat(),
        ).prepare_message()
        signed = f"\x19Ethereum Signed Message:\n{len(text)}{text}".encode()
        form = {"message": text, "signature": hexed(sign(keccak(signed), key))}
        answer = http.post("/aanmelden", data=form)
        if answer.status_code != 303:
            raise RuntimeError(answer.text)
        yield http


def _requests(http: httpx2.Client) -> list[Request]:
    """Every page, with parameters taken from other pages."""
    waiting, decided = (
        re.findall(r"/gemeente(/besluiten/0x[0-9a-f]{64})", http.get(path).text)
        for path in ("/besluiten", "/besluiten/genomen")
    )
    rules, shop = "/regelingen/1/regels", f"/winkels/{_SHOP}"
    rules_page = http.get(rules).text
    signed: dict[str, str | list[str]] = {"csrf": _field(rules_page, 'name="csrf"[^>]* value')}
    return [
        Request("home", "/"),
        Request("decisions", "/besluiten"),
        Request("a letter run that waits", waiting[0]),
        Request("a decision that waits", waiting[-1]),
        Request("a decision that was made", decided[0]),
        Request("history", "/besluiten/genomen"),
        Request("history, searched", "/besluiten/genomen?zoek=winkel"),
        Request("schemes", "/regelingen"),
        Request("a scheme", "/regelingen/1"),
        Request("its texts", "/regelingen/1/teksten"),
        Request("its rules", rules),
        Request("a new scheme", "/regelingen/nieuw"),
        Request("shops", "/winkels"),
        Request("a shop", shop),
        Request("its categories", f"{shop}/soorten"),
        Request("a new shop", "/winkels/nieuw"),
        Request("letters", "/brieven"),
        Request("payouts", "/uitbetalingen"),
        Request("a payout", "/uitbetalingen/1"),
        Request("preview of a payout", "/uitbetalingen/nieuw"),
        Request("figures", "/cijfers"),
        Request("search", "/zoeken?zoek=winkel"),
        Request("audits", "/controle"),
        Request("officials", "/ambtenaren"),
        Request("rules, tried", rules, _trial(rules_page), most=ACT_P95_MS),
        Request("figures as CSV", "/cijfers/months.csv", most=ACT_P95_MS),
        Request("figures as Excel", "/cijfers/cijfers.xlsx", most=ACT_P95_MS),
        Request("figures as JSON", "/cijfers/cijfers.json", most=ACT_P95_MS),
        Request("history as CSV", "/besluiten/genomen?als=csv", most=ACT_P95_MS),
        Request("file for the bank", "/uitbetalingen/1/bestand", signed, most=ACT_P95_MS),
    ]


def _trial(page: str) -> dict[str, str | list[str]]:
    """The form of a trial: rules with one category less, over the longest period."""
    ticked = re.findall(r'name="permitted" value="([^"]+)" checked', page)
    form: dict[str, str | list[str]] = {
        name: _field(page, f'name="{name}"[^>]* value') for name in ("csrf", "seen")
    }
    return form | {
        "first": _field(page, 'id="first"[^>]* value'),
        "last": _field(page, 'id="last"[^>]* value'),
        "permitted": ticked[1:],
        "excluded": re.findall(r'name="excluded" value="([^"]+)" checked', page),
        "months": "12",
        "doen": "proberen",
    }


def _field(page: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', page, re.DOTALL)
    if found is None:
        raise LookupError(name)
    return found[1]


def _ask(http: httpx2.Client, request: Request) -> float:
    start = time.perf_counter()
    if request.form is None:
        answer = http.get(request.path)
    else:
        answer = http.post(request.path, data=request.form)
    seconds = time.perf_counter() - start
    if answer.status_code != 200:
        raise RuntimeError(f"{request.name}: {answer.status_code} {answer.text[:500]}")
    return seconds


# ----------------------------------------------------------------------------- payments


@contextmanager
def _paying(base_url: str, first: int) -> Iterator[None]:
    """Pay once a second within the context."""
    done, failed = threading.Event(), list[BaseException]()

    def pay() -> None:
        try:
            with httpx2.Client(base_url=base_url, timeout=60, trust_env=False) as http:
                api, number = Api(http), first
                while not done.wait(1):
                    number += 1
                    bought = desk_town.purchase(number)
                    code = bought.code(api.domain, int(time.time()))
                    api.pay(bought.till, code, bought.amount)
        except BaseException as error:
            failed.append(error)

    till = threading.Thread(target=pay)
    till.start()
    try:
        yield
    finally:
        done.set()
        till.join()
    if failed:
        raise failed[0]
