"""Each request is one line in the log and counted; probes tell what works; metrics are apart."""

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from kindpakket import logs
from kindpakket.actors import API, claim
from kindpakket.api.app import create_app
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.exporter import exporting
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.main import build_app
from kindpakket.services.base.project import Projection
from kindpakket.services.oversight import readiness as readiness_module
from kindpakket.services.oversight.readiness import OK, Check, CheckResult, Readiness, checks_of
from kindpakket.settings import Settings
from kindpakket.site import Site
from kindpakket.store.database import Store, StoreUnavailable
from tests.support.town import (
    BICYCLES,
    OFF_LICENCE,
    SITE,
    Clock,
    Town,
    copied,
    opened,
    till_of,
)

NAMES = {"ledger", "head", "database", "views", "disk", "follower"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    lines = io.StringIO()
    logs.configure("info", "json", lines)
    yield lines
    logs.configure("warning", "console")


def read(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_route_and_the_id_of_its_answer(
    town: Town, log: io.StringIO
) -> None:
    own = {"X-Request-ID": "own\nid"}
    answer = town.http.get(f"{API}/payments/0x{'ab' * 32}?geheim=1", headers=own)
    (line,) = read(log)
    assert {name: line[name] for name in line.keys() - {"ms", "timestamp"}} == {
        "event": "request",
        "level": "info",
        "request": answer.headers["x-request-id"],
        "method": "GET",
        "route": "/api/v1/payments/{payment}",
        "status": 404,
    }
    assert line["ms"] > 0
    again = town.http.get(f"{API}/ledger").headers["x-request-id"]
    assert again != line["request"]


def test_what_is_in_no_route_is_told_without_its_path(town: Town, log: io.StringIO) -> None:
    desk = build_app(town.workspace, Settings(data=town.directory, app_address=SITE))
    with TestClient(desk, base_url=SITE, follow_redirects=False) as http:
        http.get("/geheim")
        http.get("/gemeente/winkels/7?naam=geheim")
        http.request("GEHEIM", "/winkel/")
        http.get("/winkel/")
    told = [(line["method"], line["route"], line["status"]) for line in read(log)]
    assert told == [
        ("GET", "none", 404),
        ("GET", "/gemeente/winkels/{shop}", 303),
        ("other", "file", 405),
        ("GET", "file", 200),
    ]


def test_a_server_error_is_a_line_with_the_id_and_place_and_not_the_message(
    town: Town, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Projection) -> int:
        raise RuntimeError("NL91ABNA0417164300")

    monkeypatch.setattr(Projection, "catch_up", fail)
    answer = town.http.get(f"{API}/schemes")
    assert answer.status_code == 500
    error, request = read(log)
    assert error["event"] == "server_error"
    assert error["request"] == request["request"] == answer.headers["x-request-id"]
    assert error["error"] == "RuntimeError"
    assert error["where"].startswith("test_watched.py:")
    assert "NL91" not in log.getvalue()


def test_a_traceback_has_no_values(log: io.StringIO) -> None:
    for form in ("json", "console"):
        logs.configure("info", form, log)  # type: ignore[arg-type]
        secret = "a" + "bc" * 3
        try:
            len(secret) / 0
        except ZeroDivisionError:
            structlog.get_logger().exception("failed")
        assert secret not in log.getvalue()
        assert log.getvalue().count("ZeroDivisionError") >= 1


def metrics(readiness: Readiness) -> dict[tuple[str, ...], float]:
    with exporting(readiness, "127.0.0.1", 0) as port:
        text = httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    return {
        (each.name, *each.labels.values()): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def counted(before: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """What was counted since."""
    after = metrics(Readiness({}))
    grown = {name: after[name] - before.get(name, 0) for name in after}
    return {name: more for name, more in grown.items() if more}


def test_payments_are_counted_by_outcome_and_refusals_by_code(town: Town) -> None:
    before = metrics(Readiness({}))
    body = claim(town.api.domain, till_of(BICYCLES), town.code(10_00), 5_00)
    assert [town.post("/payments", body).status_code for _ in range(2)] == [201, 200]
    with pytest.raises(Refusal):
        town.api.pay(till_of(OFF_LICENCE), town.code(1_00), 1_00)
    more = counted(before)
    assert more["kindpakket_acts_total", "/payments", "settled"] == 1
    assert more["kindpakket_acts_total", "/payments", "repeated"] == 1
    assert more["kindpakket_acts_total", "/payments", "refused"] == 1
    assert more["kindpakket_refusals_total", Code.CATEGORY_NOT_PERMITTED] == 1
    assert more["kindpakket_act_seconds_count", "/payments"] == 3
    assert more["kindpakket_ledger_seconds_count",] == 3
    assert more["kindpakket_requests_total", "api", "409"] == 1
    assert {("kindpakket_refusals_total", code) for code in Code} <= before.keys()


def test_rate_limits_are_counted_and_do_not_hit_the_probes(founded: Path, tmp_path: Path) -> None:
    before = metrics(Readiness({}))
    directory = copied(founded, tmp_path / "town")
    with opened(directory, Clock(), limit_reads="2 per 60 seconds") as town:
        # The town itself read once.
        answers = [town.http.get(f"{API}/ledger").status_code for _ in range(3)]
        probes = {town.http.get(path).status_code for path in ("/livez", "/readyz") * 4}
    assert (answers, probes) == ([200, 429, 429], {200})
    assert counted(before)["kindpakket_rate_limited_total", "read"] == 2


def test_metrics_are_at_no_address_of_the_site(town: Town) -> None:
    for path in ("/metrics", f"{API}/metrics", "/livez/metrics"):
        assert town.http.get(path).status_code == 404


@pytest.fixture
def checks(town: Town) -> dict[str, Check]:
    context = town.workspace.context
    context.projection.catch_up()
    return checks_of(context, town.directory, on_a_node=False, follows=lambda: True)


def ready(town: Town, readiness: Readiness) -> tuple[int, dict[str, str]]:
    """The answer of ``/readyz``."""
    context = town.workspace.context
    app = create_app(context, contact_email="a@town.test", site=Site(SITE), readiness=readiness)
    with TestClient(app, base_url=SITE) as http:
        answer = http.get("/readyz")
    return answer.status_code, answer.json()


def test_a_server_that_can_do_its_work_is_ready(town: Town, checks: dict[str, Check]) -> None:
    assert ready(town, Readiness(checks)) == (200, dict.fromkeys(NAMES, OK))
    told = metrics(Readiness(checks))
    assert {told["kindpakket_ready", name] for name in NAMES} == {1}
    assert told["kindpakket_views_lag_blocks",] == 0
    assert told["kindpakket_relay_balance_wei",] > 0
    assert told["kindpakket_relay_nonce_gap",] == 0
    assert told["kindpakket_sessions",] == 0
    assert 0 < told["kindpakket_head_age_seconds",] <= 3600
    assert told["kindpakket_disk_free_bytes",] > 0


def raising(error: Exception) -> Any:
    def fail(*_args: object, **_others: object) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("words", "owner", "name", "fault"),
    [
        ({"ledger": "clock_jumped"}, Web3Ledger, "check", raising(Refusal(Code.CLOCK_JUMPED))),
        ({"ledger": "no_answer"}, Web3Ledger, "relay_state", raising(LedgerUnavailable("geheim"))),
        ({"ledger": "failed"}, Web3Ledger, "relay_state", raising(KeyError("geheim"))),
        ({"views": "no_answer"}, Store, "read", raising(StoreUnavailable("geheim"))),
        ({"database": "no_answer"}, Store, "write", raising(StoreUnavailable("geheim"))),
        ({"disk": "full"}, readiness_module, "_LEAST_FREE_BYTES", 2**63),
        (
            {"disk": "not_writable"},
            readiness_module.tempfile,
            "TemporaryFile",
            raising(OSError(30, "Read-only file system")),
        ),
        ({"head": "ahead"}, readiness_module, "_AHEAD_SECONDS", -7200),
        ({"views": "behind"}, readiness_module, "_MOST_BLOCKS_BEHIND", -1),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_each_fault_is_told_by_its_name_in_a_word(
    town: Town,
    checks: dict[str, Check],
    monkeypatch: pytest.MonkeyPatch,
    words: dict[str, str],
    owner: object,
    name: str,
    fault: object,
) -> None:
    monkeypatch.setattr(owner, name, fault)
    assert ready(town, Readiness(checks)) == (503, dict.fromkeys(NAMES, OK) | words)


def test_a_follower_that_is_down_and_a_node_that_stands_still_are_told(town: Town) -> None:
    context = town.workspace.context
    context.projection.catch_up()
    checks = checks_of(context, town.directory, on_a_node=True, follows=lambda: False)
    assert ready(town, Readiness(checks)) == (
        503,
        dict.fromkeys(NAMES, OK) | {"follower": "down", "head": "old"},
    )


def test_a_check_that_hangs_holds_up_no_other_and_is_not_begun_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness_module, "_WAIT_SECONDS", 0.05)
    ended, begun = threading.Event(), []

    def hang() -> CheckResult:
        begun.append(1)
        ended.wait(30)
        return CheckResult(OK)

    readiness = Readiness({"ledger": hang, "disk": lambda: CheckResult(OK)})
    for _ in range(3):
        assert ready(town, readiness) == (503, {"ledger": "no_answer", "disk": OK})
    assert metrics(readiness)["kindpakket_ready", "ledger"] == 0
    assert len(begun) == 1
    ended.set()


def test_a_check_is_made_once_a_second_however_often_it_is_asked_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    readiness = Readiness({"disk": lambda: (made.append(1), CheckResult(OK))[1]})
    for _ in range(5):
        ready(town, readiness)
    assert len(made) == 1
    monkeypatch.setattr(readiness_module, "CACHED_SECONDS", -1)
    ready(town, readiness)
    assert len(made) == 2
