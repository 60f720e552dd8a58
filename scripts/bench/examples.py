"""Valid inputs for fuzzing: bodies, texts and paths, most of them from the test vectors."""

import json
from pathlib import Path
from typing import Any

from kindpakket.api import schemas

VECTORS = Path(__file__).parents[2] / "tests/vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    """Return the vectors of one kind."""
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


def malformed(kind: str) -> list[bytes]:
    """Return the malformed vectors of one kind."""
    return [each["input"].encode() for each in vectors("malformed") if each["kind"] == kind]


def enrolment(kind: str) -> list[dict[str, Any]]:
    """Return the valid enrolment vectors of one kind."""
    return [each for each in vectors("enrolment") if each["kind"] == kind and "why" not in each]


def bodies() -> dict[str, list[bytes]]:
    """Return bodies for each POST, by path, from the vectors of signed messages."""
    found: dict[str, list[dict[str, Any]]] = {}
    codes = [each["text"] for each in vectors("codes")]
    for each in vectors("messages"):
        fields, signatures = each["fields"], each["signatures"]
        one = fields | {"signature": signatures[0]} if signatures else {}
        match each["message"]:
            case "Claim":
                del one["spend"]
                till = {"till": "0x" + "11" * 20}
                found.setdefault("/payments", []).extend(
                    one | till | {"code": code} for code in codes
                )
            case "Refund":
                found.setdefault("/refunds", []).append(one)
            case "TillChange":
                second = {"tillSignature": signatures[1]} if signatures[1:] else {}
                found.setdefault("/tills", []).append(one | second)
            case "Move":
                found.setdefault("/moves", []).append(fields | {"signatures": signatures})
            case "Decision":
                found.setdefault("/decisions", []).append(fields | {"signatures": signatures})
                found.setdefault("/cancellations", []).append(one)
    message = {"message": MESSAGE, "signature": "0x" + "11" * 64}
    found["/sessions"] = [message]
    found["/enrolments"] = [
        {name: each[name] for name in ("shop", "secret")} | {"owner": "0x" + "11" * 20}
        for each in enrolment("invitation")
    ]
    return {path: [json.dumps(body).encode() for body in some] for path, some in found.items()}


MESSAGE = """town.test wants you to sign in with your Ethereum account:
0x601950F264f449538AF2C6342349f5Dd36cB8eEA

To read what is ours.

URI: https://town.test
Version: 1
Chain ID: 131277322940537
Nonce: 5b1cf8ee1e2f4ea5a1d9f0f2bd6bd9a2
Issued At: 2027-01-15T08:00:00+00:00
Expiration Time: 2027-01-15T08:05:00Z
Not Before: 2027-01-15T07:59:00.5+01:00
Request ID: 1
Resources:
- https://town.test/a
- urn:b"""

MODELS = {
    "/payments": schemas.PaymentRequest,
    "/refunds": schemas.RefundRequest,
    "/tills": schemas.TillChangeRequest,
    "/moves": schemas.MoveRequest,
    "/decisions": schemas.DecisionRequest,
    "/cancellations": schemas.CancellationRequest,
    "/sessions": schemas.SessionRequest,
    "/enrolments": schemas.EnrolmentRequest,
}

PLACES = [
    "schemes",
    "schemes/1",
    "schemes/1/coupons",
    "shops?scheme=1",
    "shops/1",
    "shops/1/tills",
    "shops/1/payments?from=2027-01-31&until=2027-02-01",
    "proofs/7K3QM-9XW2T",
    "shops/1/payouts",
    "payments/0x" + "11" * 32,
]
