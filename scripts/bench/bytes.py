"""Fuzzing of all parsers of external bytes: a million inputs, which may only be refused.

An input is a mutated valid example, or random bytes. Exceptions other than those declared for a
parser are failures; their inputs are printed in hex, to be reproduced.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
from eth_abi.abi import encode
from eth_keyfile.keyfile import create_keyfile_json
from eth_utils.abi import (
    collapse_if_tuple,
    event_abi_to_log_topic,
    function_abi_to_4byte_selector,
)
from fastapi.testclient import TestClient
from pydantic import BaseModel, ValidationError

from kindpakket.actors import API
from kindpakket.api import schemas
from kindpakket.api.app import create_app
from kindpakket.cli import inputs as typed
from kindpakket.cli.common import Stop
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.csv_files import read_csv
from kindpakket.domain.letters import LetterUnreadable, read_letter
from kindpakket.domain.locations import parse_location
from kindpakket.domain.proofs import ProofUnreadable, read_proof
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.texts import read_line, read_lines
from kindpakket.ledger import abi
from kindpakket.ledger.reverts import find_revert
from kindpakket.protocol.codes import CodeUnreadable, read_card, read_code
from kindpakket.protocol.enrolment import (
    InvitationUnreadable,
    OfficialInvitation,
    RecoverySheetUnreadable,
    TillRequestUnreadable,
    read_invitation,
    read_official_invitation,
    read_recovery_sheet,
    read_till_request,
)
from kindpakket.protocol.messages import Domain
from kindpakket.protocol.signatures import Key, SignatureMalformed, address_of, recover
from kindpakket.services.base import sessions
from kindpakket.services.base.keyring import KeystoreUnreadable, PasswordWrong, load_key
from kindpakket.services.base.names import Names
from kindpakket.services.decisions.describe import say_call
from kindpakket.services.letters import coupon_lists
from kindpakket.services.shops import bank_accounts
from kindpakket.settings import Settings
from kindpakket.site import Site
from kindpakket.workspace import Workspace
from scripts.bench.examples import (
    MESSAGE,
    MODELS,
    PLACES,
    bodies,
    enrolment,
    malformed,
    vectors,
)
from scripts.bench.mutations import mutate, mutate_base45, mutate_json, mutate_words

CHUNK = 20_000
"""Inputs per chunk; a single chunk runs in this process, more run in two processes."""

INPUTS = 1_000_000
LEAST = 10
NOW = 1_800_000_000
TOLD = 20
"""Maximum number of failures that are printed; all are counted."""

SITE = sessions.Origin("town.test", "https://town.test")
OFFICIALS = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
Mutation = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True)
class Reader:
    """A parser of external bytes, with the exceptions it may raise and valid examples."""

    name: str
    read: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]
    examples: Sequence[bytes]
    inside: Mutation | None = None
    """Mutation of the decoded bytes, for encoded inputs."""
    share: int = 1000
    """Its relative number of inputs, lower for slow parsers."""


@dataclass
class Outcome:
    """The results of one parser."""

    inputs: int = 0
    read: int = 0
    slowest_ms: float = 0.0
    failures: list[dict[str, str]] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add the results of another chunk."""
        self.inputs += other.inputs
        self.read += other.read
        self.slowest_ms = max(self.slowest_ms, other.slowest_ms)
        self.failures += other.failures


class ServerFailed(Exception):
    """The server answered with 500 or above."""


def feed(reader: Reader, inputs: int, seed: str) -> Outcome:
    """Run a parser on this many inputs."""
    rng = random.Random(f"{seed} {reader.name}")  # noqa: S311
    outcome = Outcome(inputs)
    for data in make(reader, rng, inputs):
        start = time.perf_counter()
        try:
            reader.read(data)
            outcome.read += 1
        except reader.raises:
            pass
        except Exception as error:
            what = {"reader": reader.name, "error": repr(error)[:200], "input": data.hex()}
            outcome.failures.append(what)
        spent = 1000 * (time.perf_counter() - start)
        outcome.slowest_ms = max(outcome.slowest_ms, round(spent, 1))
    return outcome


def make(reader: Reader, rng: random.Random, inputs: int) -> Iterator[bytes]:
    """Generate inputs: the examples first, then mutations and some random bytes."""
    for number in range(inputs):
        if number < len(reader.examples):
            yield reader.examples[number]
        elif rng.random() < 0.05:
            yield rng.randbytes(rng.choice([0, 1, 4, 20, 32, 36, 64, 65, 106, 300]))
        elif reader.inside and rng.random() < 0.5:
            yield reader.inside(rng, rng.choice(reader.examples))
        else:
            yield mutate(rng, rng.choice(reader.examples), reader.examples)


def text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Adapt a parser of text to bytes; invalid UTF-8 becomes lone surrogates."""
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def sample(kind: dict[str, Any]) -> Any:
    """Return a value of an ABI type."""
    name = kind["type"]
    if name.endswith("[]"):
        return [sample(kind | {"type": name[:-2]})] * 2
    if name == "tuple":
        return tuple(sample(each) for each in kind["components"])
    if name == "address":
        return "0x" + "11" * 20
    if name == "bytes":
        return b"\x22" * 65
    if name.startswith("bytes"):
        return b"\x33" * int(name[5:])
    return {"bool": True, "string": "Kindpakket"}.get(name, 1)


def samples(kinds: Sequence[dict[str, Any]]) -> bytes:
    """Return the encoding of a value of each."""
    return encode([collapse_if_tuple(kind) for kind in kinds], [sample(kind) for kind in kinds])


def plain_readers() -> list[Reader]:
    """Return the parsers that need no ledger."""
    calls = [entry.id + samples(entry.inputs) for entry in abi.FUNCTIONS.values()]
    texts, signed = (
        _texts(),
        [bytes.fromhex(each["signatures"][0][2:]) for each in vectors("codes")],
    )
    names = Names({}, {}, {})
    errors = [
        function_abi_to_4byte_selector(each) + samples(each["inputs"])
        for each in abi.ABI
        if each["type"] == "error"
    ]
    reverts = [b"execution reverted: 0x" + each.hex().encode() for each in errors]
    readers = [
        Reader("a code", text(read_code), (CodeUnreadable,), texts["code"], mutate_base45),
        Reader("a card", text(read_card), (CodeUnreadable,), texts["card"], mutate_base45),
        Reader("a letter", text(read_letter), (LetterUnreadable,), texts["letter"]),
        Reader("an invitation", text(read_invitation), _NO_INVITATION, texts["invitation"]),
        Reader("a recovery sheet", text(read_recovery_sheet), _NO_SHEET, texts["recovery sheet"]),
        Reader(
            "a till request", text(_till_request), _NO_REQUEST, texts["till request"], mutate_base45
        ),
        Reader("a proof code", text(read_proof), (ProofUnreadable,), texts["proof code"]),
        Reader("a signature", _recover, (SignatureMalformed,), [b"\x11" * 32 + s for s in signed]),
        Reader("a call", abi.decode_call, (ValueError,), calls, mutate_words),
        Reader("a call in words", lambda call: say_call(names, call), (), calls, mutate_words),
        Reader(
            "an answer", lambda data: abi.decode_answer("schemes", data), (ValueError,), _answers()
        ),
        Reader("a revert", abi.decode_revert, (), errors, mutate_words),
        Reader("a revert in a message", text(_find), (), reverts),
        Reader("an event", _event, (ValueError,), _events()),
        Reader("a keystore", _open_keystore, _NO_KEY, [_keystore()], share=50),
    ]
    readers += [
        Reader(f"written: {name}", text(read), (ValueError,), [example])
        for name, (read, example) in _WRITTEN.items()
    ]
    for name, read in _TYPED.items():
        readers.append(Reader(f"typed: {name}", text(read), (Stop,), texts[name]))
    return readers + _body_readers()


def _body_readers() -> list[Reader]:
    """Return the parsers of the bodies of requests."""
    raises = (ValueError, RecursionError)  # which the framework turns into a 400
    return [
        Reader(f"body of {path}{way}", validate, raises, examples, mutate_json)
        for path, examples in bodies().items()
        for way, validate in (
            ("", MODELS[path].model_validate_json),
            (", parsed", _parsed(MODELS[path])),
        )
    ]


_NO_INVITATION = (InvitationUnreadable,)
_NO_SHEET = (RecoverySheetUnreadable,)
_NO_REQUEST = (TillRequestUnreadable,)
_NO_KEY = (PasswordWrong, KeystoreUnreadable)
_TYPED: dict[str, Callable[[str], object]] = {
    "euros": typed.read_euros,
    "values": typed.read_values,
    "day": typed.read_day,
    "categories": typed.read_categories,
    "capacities": typed.read_capacities,
    "address": typed.read_address,
    "name": typed.read_name,
    "letter": typed.read_letter_text,
    "code": typed.find_code,
}


_WRITTEN: dict[str, tuple[Callable[[str], object], bytes]] = {
    "IBAN": (bank_accounts.read_iban, b"NL91 ABNA 0417 1643 00"),
    "holder": (bank_accounts.read_holder, b"S. Jansen"),
    "KvK number": (bank_accounts.read_kvk, b"12345678"),
    "line": (lambda line: read_line(line, 100), b"Fietsenwinkel"),
    "lines": (lambda lines: read_lines(lines, 500), b"Een\nTwee"),
    "location": (parse_location, b"53.247,6.402"),
    "official invitation": (
        read_official_invitation,
        OfficialInvitation(b"\x11" * 16).text.encode(),
    ),
    "table": (lambda rows: read_csv(os.fsencode(rows)), b"naam;adres\r\na;b\r\n"),
    "list of coupons": (
        lambda listed: coupon_lists.read_list(os.fsencode(listed)),
        b'{"scheme":1,"values":[{"value":100,"coupons":["0x' + b"ab" * 20 + b'"]}]}',
    ),
}


_ENROLMENT = {
    "invitation": ["text"],
    "recovery sheet": ["text", "grouped"],
    "till request": ["text"],
    "proof code": ["proof"],
}


def _texts() -> dict[str, list[bytes]]:
    """Return examples of scanned and typed texts, including malformed ones."""
    found = {
        kind: [each["text"].encode() for each in vectors(f"{kind}s")] + malformed(kind)
        for kind in ("code", "card", "letter")
    }
    for kind, ways in _ENROLMENT.items():
        found[kind] = [each[way].encode() for each in enrolment(kind) for way in ways]
    letters = vectors("letters")
    found["letter"] += [each[way].encode() for each in letters for way in ("grouped", "link")]
    return found | {
        "euros": [b"42", b"42,50", "\u20ac 42.50".encode()],
        "values": [b"100 100 50 20,50"],
        "day": [b"2027-01-31", b"2027-W01-1", b"20270131"],
        "categories": [b"bicycles, books", b"toys"],
        "capacities": [b"RULES, SHOPS", b"budget"],
        "address": [b"0x" + b"ab" * 20],
        "name": ["Fietsenwinkel \u00c9\u00e9n".encode()],
    }


def _till_request(request: str) -> object:
    domain = vectors("codes")[0]["domain"]
    return read_till_request(request, Domain(domain["chainId"], domain["verifyingContract"]))


def _recover(data: bytes) -> object:
    return recover(data[:32].ljust(32, b"\0"), data[32:])


def _find(message: str) -> object:
    return find_revert(ValueError({"message": message, "data": [message[9:], None]}))


def _answers() -> list[bytes]:
    return [samples(abi.FUNCTIONS["schemes"].outputs)]


def _events() -> list[bytes]:
    found = []
    for each in abi.ABI:
        if each["type"] == "event":
            indexed = [samples([item]) for item in each["inputs"] if item["indexed"]]
            plain = samples([item for item in each["inputs"] if not item["indexed"]])
            topics = [event_abi_to_log_topic(each), *indexed]
            found.append(bytes([len(topics)]) + b"".join(topics) + plain)
    return found


def _event(data: bytes) -> object:
    """Encode an event: a byte with the number of topics, the topics, and the data."""
    count, rest = data[0] % 5 if data else 0, data[1:]
    topics = [rest[32 * number : 32 * number + 32] for number in range(count)]
    return abi.decode_event(topics, rest[32 * count :])


def _keystore() -> bytes:
    sealed = create_keyfile_json(OFFICIALS[0], b"", version=3, kdf="scrypt", iterations=2)
    return json.dumps(sealed).encode()


def _open_keystore(data: bytes) -> object:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return load_key(Path(file.name), "")


def _parsed(model: type[BaseModel]) -> Callable[[bytes], object]:
    return lambda data: model.model_validate(json.loads(data))


@contextmanager
def town_readers() -> Iterator[list[Reader]]:
    """Create a ledger, and return the parsers that need one."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data=Path(directory))
        officials = {address_of(key): sum(Capacity) for key in OFFICIALS}
        with Workspace.create(settings, officials, clock=lambda: NOW, sync=False) as workspace:
            app = create_app(
                workspace.context, contact_email=settings.contact_email, site=Site(SITE.uri)
            )
            http = TestClient(app, base_url=SITE.uri, raise_server_exceptions=False)
            with http:
                yield [_sign_in(workspace), *_over_http(http)]


def _sign_in(workspace: Workspace) -> Reader:
    def read(message: str) -> object:
        body = schemas.SessionRequest(message=message, signature="0x" + "11" * 64)
        return sessions.sign_in(workspace.context, body.message, b"\x11" * 64, SITE)

    raises = (Refusal, ValidationError)
    return Reader("a sign-in message", text(read), raises, [MESSAGE.encode()], share=200)


def _over_http(http: TestClient) -> Iterator[Reader]:
    """Return the parsers of the API, for which status 500 is a failure."""

    def answered(answer: httpx2.Response) -> None:
        if answer.status_code >= 500:
            raise ServerFailed(answer.text)

    def post(path: str) -> Callable[[bytes], None]:
        headers = {"Content-Type": "application/json"}
        return lambda data: answered(http.post(API + path, content=data, headers=headers))

    def get(data: bytes) -> None:
        answered(http.get(f"{API}/{quote(data, safe='/?=&')}"))

    def get_with(data: bytes) -> None:
        headers = {b"Authorization": data, b"Accept-Language": data}
        answered(http.get(API + "/shops/1/payments", headers=headers))

    for path, examples in bodies().items():
        yield Reader(f"POST {path}", post(path), (), examples, mutate_json, share=7)
    yield Reader("GET a path", get, (), [place.encode() for place in PLACES], share=7)
    yield Reader("GET with headers", get_with, (), [b"Bearer token", b"en"], share=7)


def run(inputs: int, seed: int) -> dict[str, object]:
    """Run every parser on its share; return counts by parser, seconds, and failures."""
    start = time.perf_counter()
    found: dict[str, Outcome] = {}
    plain = plain_readers()
    with town_readers() as others:
        unit = inputs / sum(reader.share for reader in [*plain, *others])
        chunks = [
            (reader.name, min(CHUNK, left), f"{seed} {left}")
            for reader in plain
            for left in range(at_least(unit * reader.share), 0, -CHUNK)
        ]
        with ExitStack() as stack:
            results = map(_feed_chunk, chunks)
            if inputs > CHUNK:
                pool = stack.enter_context(ProcessPoolExecutor(2, get_context("spawn")))
                results = pool.map(_feed_chunk, chunks)
            for reader in others:
                share = at_least(unit * reader.share)
                found[reader.name] = feed(reader, share, str(seed))
            for (name, _, _), outcome in zip(chunks, results, strict=True):
                found.setdefault(name, Outcome()).add(outcome)
    failures = [failure for outcome in found.values() for failure in outcome.failures]
    return {
        "inputs": sum(outcome.inputs for outcome in found.values()),
        "seconds": round(time.perf_counter() - start, 1),
        "readers": {name: _counts(outcome) for name, outcome in found.items()},
        "failed": len(failures),
        "failures": failures[:TOLD],
    }


def at_least(share: float) -> int:
    """Return the number of inputs for a share, with enough for mutations of each example."""
    return max(LEAST, round(share))


@cache
def _plain() -> dict[str, Reader]:
    return {reader.name: reader for reader in plain_readers()}


def _feed_chunk(chunk: tuple[str, int, str]) -> Outcome:
    name, inputs, seed = chunk
    return feed(_plain()[name], inputs, seed)


def _counts(outcome: Outcome) -> dict[str, float]:
    return {
        "inputs": outcome.inputs,
        "read": outcome.read,
        "slowest_ms": outcome.slowest_ms,
        "failed": len(outcome.failures),
    }


def main() -> int:
    """Run, print the figures, and return 1 if there was a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    figures = run(asked.inputs, asked.seed)
    print(json.dumps(figures, indent=2))
    return bool(figures["failed"])


if __name__ == "__main__":
    sys.exit(main())
