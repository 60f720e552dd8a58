"""Property-based tests of the API from its OpenAPI document: every answer conforms to the document.

Schemathesis generates requests that fit the document, requests that do not, and chains of requests
along its links. The rules refuse nearly all of these, so some are signed here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, Response
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import RejectedPositiveData
from starlette.types import Receive, Scope, Send

from kindpakket.actors import API, claim
from kindpakket.api.openapi import make_document
from kindpakket.api.routes import router
from tests.support.bodies import bodies
from tests.support.messages import refund
from tests.support.sessions import personal_sign, sign_in, sign_in_message
from tests.support.town import BICYCLES, Clock, Town, copied, opened, owner_of, till_of

UNSAYABLE = {
    "int_type": "1.0 is an integer to JSON Schema and not to us",
    "code_unreadable": "what base45 holds; in a move, one `to` for each `from`",
    "request_invalid": "`before` and `after` are entries of the list",
}
"""Codes of refusals of requests that fit the document, each with the reason."""

TILL, OWNER = till_of(BICYCLES), owner_of(BICYCLES)
DOCUMENT = make_document(router, contact_email="kindpakket@gemeente.example")


class AskedTown:
    """The current town of the tests; the document is read before it exists."""

    town: Town

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.town.http.app(scope, receive, send)


asked = AskedTown()
load_all_checks()
described = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig(seed=1))
described.app = asked
described.config.update(base_url="http://town.test" + API)

bounded = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Client:
    """Sends cases to a town, with a session of a shop's owner where one is required."""

    town: Town
    token: str

    def sent(self, case: Case) -> dict[str, Any]:
        """Parameters of the request of a case."""
        guarded = "security" in case.operation.definition.raw
        headers = {"Authorization": f"Bearer {self.token}"} if guarded else {}
        return {"headers": headers}

    def ask(self, case: Case) -> Response:
        """Send a case, check the answer and return it."""
        asked.town = self.town  # another client may have been used meanwhile
        sent = self.sent(case)
        answer = case.call(**sent)
        check(case, answer, transport_kwargs=sent)
        return answer


def check(case: Case, answer: Response, **more: Any) -> None:
    """Validate an answer with all checks of Schemathesis."""
    try:
        case.validate_response(answer, **more)
    except FailureGroup as found:
        others = [each for each in found.exceptions if not isinstance(each, RejectedPositiveData)]
        if others or not mistakes(answer) <= set(UNSAYABLE):
            raise


def mistakes(answer: Response) -> set[str]:
    problem = answer.json()
    return {each["code"] for each in problem.get("errors", [problem])}


@contextmanager
def new_client(founded: Path, directory: Path) -> Iterator[Client]:
    """A client of a town of its own, the same each time."""
    clock = Clock()
    clock.time += 3600
    with opened(copied(founded, directory), clock) as town:
        asked.town = town
        yield Client(town, sign_in(town, OWNER))


@pytest.fixture(scope="module")
def client(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with new_client(founded, tmp_path_factory.mktemp("asked") / "town") as client:
        yield client


def test_the_document_is_the_one_that_is_served(client: Client) -> None:
    served = client.town.http.get(API + "/openapi.json").json()
    assert {part: served[part] for part in ("paths", "components")} == {
        part: DOCUMENT[part] for part in ("paths", "components")
    }


@described.parametrize()
@bounded
def test_anything_is_answered_as_described(client: Client, case: Case) -> None:
    client.ask(case)


def test_what_is_done_is_answered_as_described(client: Client) -> None:
    town = client.town
    paid = town.api.pay(TILL, town.code(500, coupons=(1,)), 500)
    for path in bodies(town):
        body = bodies(town)[path]
        if path == "/refunds":
            body = refund(town, TILL, paid["id"], 100)
        elif path == "/sessions":
            body = signed_in(town)
        case = described[path]["POST"].Case(body=body, media_type="application/json")
        assert client.ask(case).status_code == 201, path
        if path in ("/payments", "/refunds", "/enrolments", "/bank-accounts"):
            assert client.ask(case).status_code == 200, path


def test_where_answers_lead_is_as_described(founded: Path, tmp_path: Path) -> None:
    answered: Counter[tuple[str, int]] = Counter()
    number = count()

    class Chains(described.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.stack = ExitStack()
            self.client = self.stack.enter_context(
                new_client(founded, tmp_path / f"{next(number)}")
            )

        def teardown(self) -> None:
            self.stack.close()

        def before_call(self, case: Case) -> None:
            sign(self.client.town, case)

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return self.client.sent(case)

        def after_call(self, response: Response, case: Case) -> None:
            super().after_call(response, case)
            answered[case.operation.label, response.status_code] += 1

        def validate_response(self, response: Response, case: Case, **sent: Any) -> None:
            check(case, response, transport_kwargs=sent, recorder=self.recorder)

    Chains.run(settings=settings(bounded, max_examples=24, stateful_step_count=8))
    # Other generated cases depend on the modules that happen to be loaded.
    assert {
        ("POST /payments", 201),
        ("GET /payments/{payment}", 200),
        ("POST /sessions", 201),
    } <= set(answered), sorted(answered.items())


def sign(town: Town, case: Case) -> None:
    """Add valid signatures to a case; values that came from a link stay."""
    if not isinstance(case.body, dict):
        return
    if case.operation.label == "POST /payments":
        case.body = claim(town.api.domain, TILL, town.code(10), 10)
    elif case.operation.label == "POST /refunds" and is_hash(case.body.get("payment")):
        case.body = refund(town, TILL, case.body["payment"], 1)
    elif case.operation.label == "POST /sessions":
        case.body = signed_in(town)


def is_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("0x[0-9a-f]{64}", value) is not None


def signed_in(town: Town) -> dict[str, str]:
    text = sign_in_message(town, OWNER)
    return {"message": text, "signature": personal_sign(text, OWNER)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status_code": 418},
        {"status_code": 500},
        {"content": b"[{}]"},
        {"headers": {"content-type": ["application/json"]}},
        {"headers": {"content-type": ["text/html"], "api-version": ["1.0.0"]}},
    ],
)
def test_an_answer_that_is_not_described_would_be_seen(
    client: Client, wrong: dict[str, Any]
) -> None:
    case = described["/schemes"]["GET"].Case()
    asked.town = client.town
    answer = case.call()
    for name, value in wrong.items():
        setattr(answer, name, value)
    with pytest.raises(FailureGroup):
        check(case, answer)
