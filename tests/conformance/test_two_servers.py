"""Two servers on one node and one PostgreSQL: rules hold over both, and what is counted is shared.

The tests of three parts of the policy run here too, with their requests to the servers in turn.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kindpakket.actors import API, claim
from kindpakket.ledger import client
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.context import Context
from kindpakket.services.figures.published_totals import publish_totals
from kindpakket.services.oversight import requested_audits
from kindpakket.services.oversight.requested_audits import ask_audit, list_audits, run_audits
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.services.oversight.whole_audit import audit_whole
from kindpakket.store import tables as t
from kindpakket.workspace import CONTRACT, RELAY
from kindpakket_audit.findings import Audit
from tests.desk.office import ANNA, served, sign_in, visitor
from tests.policy.test_claims_again import *  # noqa: F403
from tests.policy.test_refunds import *  # noqa: F403
from tests.policy.test_tills import *  # noqa: F403
from tests.support.sessions import read
from tests.support.sessions import sign_in as api_sign_in
from tests.support.town import BICYCLES, Town, owner_of, till_of
from tests.support.two_servers import Founded, Pair, founded_pair, opened_pair

pytestmark = pytest.mark.xdist_group("two servers")


@pytest.fixture(scope="module")
def founded_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    with founded_pair(tmp_path_factory.mktemp("pair")) as founded:
        yield founded


@pytest.fixture
def pair(founded_two: Founded, tmp_path: Path) -> Iterator[Pair]:
    with opened_pair(founded_two, tmp_path) as pair:
        yield pair


@pytest.fixture
def town(pair: Pair) -> Town:
    """What the tests of the policy use."""
    return pair.in_turn


def test_the_second_has_a_relay_of_its_own_and_the_secrets_of_the_first(
    founded_two: Founded,
) -> None:
    first, second = founded_two.first, founded_two.second
    assert (first / RELAY).read_text() != (second / RELAY).read_text()
    for name in (CONTRACT, "changes.key"):
        assert (first / name).read_text() == (second / name).read_text()
        assert (second / name).stat().st_mode & 0o077 == 0


def test_both_pay_by_an_account_of_their_own(pair: Pair) -> None:
    relays = set()
    for town in (pair.first, pair.second):
        before = town.workspace.context.ledger.head()
        town.api.pay(till_of(BICYCLES), town.code(100), 100)
        (block,) = town.workspace.context.ledger.blocks(before + 1)
        assert len(block.entries) == 1
        relays.add(town.workspace.context.ledger.relay)
    assert len(relays) == 2


def test_what_is_pending_at_one_is_pending_at_the_other_and_paid_once(
    pair: Pair, founded_two: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    body = claim(pair.first.api.domain, till_of(BICYCLES), pair.first.code(100), 100)
    founded_two.node.hold()
    made = pair.first.post("/payments", body)
    again = pair.second.post("/payments", body)
    path = f"{API}/payments/{made.json()['id']}"
    assert [made.status_code, again.status_code] == [202, 202]
    assert pair.second.http.get(path).json()["status"] == "pending"
    founded_two.node.mine(2)
    founded_two.node.rpc("evm_setAutomine", True)
    for town in (pair.first, pair.second):
        assert town.http.get(path).json()["status"] == "settled"
        assert town.post("/payments", body).status_code == 200
    assert pair.first.view("schemes", 1)["spent"] == 100


def test_a_session_of_one_is_valid_at_the_other(pair: Pair) -> None:
    token = api_sign_in(pair.first, owner_of(BICYCLES))
    assert read(pair.second, f"/shops/{BICYCLES}", token).status_code == 200


def test_signing_out_at_one_ends_the_session_at_the_other(pair: Pair) -> None:
    here, there = (visitor(town, served(town)) for town in (pair.first, pair.second))
    assert sign_in(pair.first, here, ANNA).status_code == 303
    there.cookies.update(here.cookies)
    page = there.get("/gemeente/besluiten")
    assert page.status_code == 200
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert there.post("/gemeente/afmelden", data={"csrf": csrf}).status_code == 200
    assert here.get("/gemeente/besluiten", follow_redirects=False).status_code == 303


def test_limits_count_together(founded_two: Founded, tmp_path: Path) -> None:
    with opened_pair(founded_two, tmp_path, limit_reads="6 per 1 hour") as pair:
        towns = (pair.first, pair.second)

        def answers(town: Town, times: int) -> list[int]:
            return [town.http.get(f"{API}/ledger").status_code for _ in range(times)]

        assert [answers(town, 3) for town in towns] == [[200] * 3] * 2
        for town in towns:  # as each server does once a second
            town.workspace.context.limits.share(town.workspace.context.store)
        assert answers(pair.second, 1) == [429]
        answers(pair.first, 1)
        pair.first.workspace.context.limits.share(pair.first.workspace.context.store)
        assert answers(pair.first, 1) == [429]


def test_the_followers_of_both_publish_and_delete_once(pair: Pair) -> None:
    pair.first.clock.time += 24 * 3600
    assert together(pair, (publish_totals, delete_expired), times=3) == []
    with pair.first.workspace.context.store.read() as db:
        assert len(db.execute(t.retention_runs.select()).all()) == 1
        assert len(db.execute(t.published_totals.select()).all()) == 6


def test_an_audit_that_both_run_keeps_its_first_result(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (town.workspace.context for town in (pair.first, pair.second))
    ask_audit(here, address_of(ANNA))

    def slowly(*arguments: Any) -> Audit:
        monkeypatch.undo()
        run_audits(there)
        pair.first.clock.time += 60
        return audit_whole(*arguments)

    monkeypatch.setattr(requested_audits, "audit_whole", slowly)
    run_audits(here)
    (audit,) = list_audits(here)
    assert (audit.finished_at, audit.differences) == (pair.first.now() - 60, 0)


def together(
    pair: Pair, works: tuple[Callable[[Context], None], ...], times: int
) -> list[Exception]:
    """Have both servers do the same at once; return what failed."""
    failed: list[Exception] = []
    start = threading.Barrier(2)

    def follow(context: Context) -> None:
        try:
            for _ in range(times):
                for work in works:
                    start.wait()
                    work(context)
        except Exception as error:
            failed.append(error)
            start.abort()

    threads = [
        threading.Thread(target=follow, args=(town.workspace.context,))
        for town in (pair.first, pair.second)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return failed
