"""Client of the HTTP API for holders of keys: builds messages, signs them locally and sends them.

Used by the command line, the demo and the tests; the apps have the same in TypeScript.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import httpx2
from pydantic.alias_generators import to_camel

from kindpakket.domain.bank_accounts import compact_iban
from kindpakket.domain.ids import MAX_REFERENCE, ZERO, Address, Hash, SchemeId, ShopId
from kindpakket.domain.refusals import Code as Reason
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.codes import Card, PaymentCode, make_code, read_code
from kindpakket.protocol.messages import (
    BankAccount,
    Claim,
    Decision,
    Domain,
    Message,
    Move,
    Refund,
    Spend,
    TillChange,
)
from kindpakket.protocol.signatures import Key, address_of

CODE_SECONDS = 300
"""Validity of a code, in seconds, from when it is first shown."""

DECISION_SECONDS = 13 * 24 * 3600
"""Validity of a decision: a day below the contract's maximum, as its clock may be behind."""

API = "/api/v1"

ALL_RIGHTS = {"refunds": True, "books": True}
"""All rights of a till."""
PATIENCE_SECONDS = 120
"""Maximum time to retry, in seconds, when the server is busy or a rate limit is exceeded."""


@dataclass(frozen=True)
class Till:
    """A till's key, with its shop."""

    shop: ShopId
    key: Key


class Api:
    """A client of the HTTP API.

    Args:
        http: a client whose base URL is that of the server.
    """

    def __init__(self, http: httpx2.Client) -> None:
        self.http = http
        answer = self.get("/ledger")
        self.domain = Domain(answer["chainId"], Address(answer["address"]))

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON answer.

        Raises:
            Refusal: the answer is a problem.
        """
        return _answer(_retry(lambda: self.http.get(API + path, params=query)))

    def get_file(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            Refusal: the answer is a problem.
        """
        response = _retry(lambda: self.http.get(API + path))
        _check(response)
        return response.content

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the JSON answer.

        Raises:
            Refusal: the answer is a problem.
        """
        return _answer(_retry(lambda: self.http.post(API + path, json=body)))

    def pay(self, till: Till, code: str, amount: int, *, rest: bool = False) -> dict[str, Any]:
        """Claim an amount in cents from a code; return the payment.

        Raises:
            CodeUnreadable: it is no code.
            Refusal: it was refused.
        """
        payment: dict[str, Any] = self.post(
            "/payments", claim(self.domain, till, code, amount, rest=rest)
        )
        return payment

    def refund(self, till: Till, payment: Hash, amount: int, now: int) -> dict[str, Any]:
        """Give back an amount in cents; return the refund.

        Raises:
            Refusal: it was refused.
        """
        answer: dict[str, Any] = self.post("/refunds", self.refund_body(till, payment, amount, now))
        return answer

    def refund_body(self, till: Till, payment: Hash, amount: int, now: int) -> dict[str, Any]:
        """Return a new refund of an amount in cents, signed by the till."""
        message = Refund(
            payment, till.shop, amount, now + CODE_SECONDS, secrets.randbelow(MAX_REFERENCE)
        )
        return fields(message) | {"signature": hexed(message.sign(self.domain, till.key))}

    def change_till(
        self,
        owner: Key,
        shop: ShopId,
        till: Key | Address,
        nonce: int,
        *,
        active: bool,
        name: str | None = None,
        rights: dict[str, bool] | None = None,
    ) -> None:
        """Activate a key as a till, or block a till by its address.

        Args:
            name: its name; None leaves it unchanged.
            rights: ``refunds`` and ``books``; None leaves them unchanged.

        Raises:
            Refusal: it was refused.
        """
        address = till if isinstance(till, str) else address_of(till)
        message = TillChange(shop, address, active, nonce)
        body = fields(message) | {"signature": hexed(message.sign(self.domain, owner))}
        if active and not isinstance(till, str):
            body["tillSignature"] = hexed(message.sign(self.domain, till))
        given = {"name": name, "rights": rights}
        body |= {field: value for field, value in given.items() if value is not None}
        self.post("/tills", body)

    def set_account(self, owner: Key, shop: ShopId, iban: str, holder: str, nonce: int) -> Any:
        """Set the account of a shop, signed by its owner; return the server's answer.

        Raises:
            Refusal: it was refused.
        """
        message = BankAccount(shop, compact_iban(iban), holder, nonce)
        signature = hexed(message.sign(self.domain, owner))
        return self.post("/bank-accounts", fields(message) | {"signature": signature})

    def move(self, scheme: SchemeId, origins: list[Key], targets: list[Key], nonce: int) -> None:
        """Move what remains to fresh keys; without targets, give it back.

        Raises:
            Refusal: it was refused.
        """
        to = tuple(map(address_of, targets)) or (ZERO,) * len(origins)
        message = Move(scheme, nonce, tuple(map(address_of, origins)), to)
        signatures = [hexed(message.sign(self.domain, key)) for key in (*origins, *targets)]
        self.post("/moves", fields(message) | {"signatures": signatures})

    def decide(self, officials: list[Key], now: int, function: str, *args: Any) -> None:
        """Execute a governed call with these officials' signatures.

        Raises:
            Refusal: it was refused.
        """
        message = Decision(encode_call(function, *args), now + DECISION_SECONDS, now)
        self.post("/decisions", decision_body(self.domain, message, officials))


def show_code(
    domain: Domain,
    scheme: SchemeId,
    keys: list[Key],
    amount: int,
    now: int,
    *,
    shop: int = 0,
    nonce: int | None = None,
) -> PaymentCode:
    """Create a payment code with a maximum amount in cents, valid for five minutes."""
    spend = Spend(
        scheme,
        ShopId(shop),
        amount,
        now + CODE_SECONDS,
        now if nonce is None else nonce,
        tuple(map(address_of, keys)),
    )
    return make_code(spend, domain, keys)


def spend_from_card(domain: Domain, card: Card, shop: int, amount: int, now: int) -> PaymentCode:
    """Create a code from a card's coupon, for this shop and amount, valid for five minutes."""
    return show_code(domain, card.scheme, [card.key], amount, now, shop=shop)


def claim(
    domain: Domain, till: Till, code: str, amount: int, *, rest: bool = False
) -> dict[str, Any]:
    """Return the body of a claim on a code, signed by the till.

    Raises:
        CodeUnreadable: it is no code.
    """
    spend = read_code(code).spend
    message = Claim(spend.hash, till.shop, amount, rest, secrets.randbelow(MAX_REFERENCE))
    body = fields(message) | {
        "code": code,
        "till": address_of(till.key),
        "signature": hexed(message.sign(domain, till.key)),
    }
    del body["spend"]
    return body


def decision_body(domain: Domain, message: Decision, officials: list[Key]) -> dict[str, Any]:
    """Return the body of a decision signed by these officials, signers ascending."""
    signatures = [hexed(message.sign(domain, key)) for key in sorted(officials, key=address_of)]
    return fields(message) | {"signatures": signatures}


def fields(message: Message) -> dict[str, Any]:
    """Return a message's fields in the API's JSON format."""
    return {
        to_camel(name.rstrip("_")): hexed(value) if isinstance(value, bytes) else value
        for name, value in asdict(message).items()  # type: ignore[call-overload]
    }


def hexed(value: bytes) -> str:
    """Return 0x-hex."""
    return "0x" + value.hex()


def _retry(ask: Callable[[], httpx2.Response]) -> httpx2.Response:
    """Retry a request that was refused before processing, after the server's Retry-After."""
    patience = PATIENCE_SECONDS
    while True:
        response = ask()
        seconds = int(response.headers.get("Retry-After", 0))
        if seconds == 0 or seconds > patience:
            return response
        patience -= seconds
        time.sleep(seconds)


def _answer(response: httpx2.Response) -> Any:
    _check(response)
    return response.json()


def _check(response: httpx2.Response) -> None:
    if not response.is_success:
        raise Refusal(Reason(response.json()["code"]))
