"""A thief of the server gets the relay key and all signed messages, and can move nothing.

The thief has the chain, and the decisions in the database that wait for a second approval.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from kindpakket.domain.capacities import STOPS
from kindpakket.domain.ids import Hash
from kindpakket.ledger.abi import ABI, FUNCTIONS, decode_call, encode_call
from kindpakket.ledger.port import Refused, Settled
from kindpakket.protocol.messages import Decision
from kindpakket.protocol.signatures import SIGNATURE_BYTES
from kindpakket.services.decisions import prepare
from tests.support import calls
from tests.support.hands import Hands, Reverted
from tests.support.signed_acts import FIRST, FRESH, NEW_TILL, OFFICIALS, OWNER, SECOND, TILL
from tests.support.snapshot import Snapshot, everything
from tests.support.town import BICYCLES, OFF_LICENCE, SCHEME, Town, till_of

SHA256 = b"\x5a" * 32
VIEWS = [each["name"] for each in ABI if each.get("stateMutability") == "view"]
ACTS = ("pay", "refund", "changeTill", "move", "execute", "cancel")


@dataclass(frozen=True)
class Loot:
    """What the thief gets: the relay key, which is the ledger's relay here, and these data."""

    calls: tuple[bytes, ...]
    signatures: tuple[bytes, ...]
    waiting: Decision
    approval: bytes

    def sample(self, function: str) -> dict[str, Any]:
        """The arguments of one call of this function that was carried out."""
        return next(args for name, args in map(decode_call, self.calls) if name == function)


@pytest.fixture
def hands(town: Town) -> Hands:
    return Hands(town.workspace.context.ledger, town.clock)


@pytest.fixture
def loot(town: Town, hands: Hands) -> Loot:
    """A town with every kind of act on its chain, and a decision that waits."""
    paid = hands.pay(hands.code([FIRST, SECOND], 4_000), TILL, 4_000)
    hands.refund(paid, TILL, 1_000)
    hands.move([SECOND], [FRESH])
    hands.change_till(replace(TILL, key=NEW_TILL), OWNER)
    hands.decide("settle", 1, [BICYCLES], [2_000], SHA256)
    hands.cancel(hands.decision("fund", SCHEME, 9_000), OFFICIALS[0])
    refused = hands.code([FIRST], 1_000)
    claim = hands.claim(refused, OFF_LICENCE, 1_000)
    stopped = calls.pay(refused, claim, claim.sign(hands.domain, till_of(OFF_LICENCE).key))
    with hands.refusing("CategoryNotPermitted"):
        hands.send(stopped)

    hands.clock.time += 1
    call = encode_call("fund", SCHEME, 70_000)
    prepared = prepare.prepare(town.workspace.context, call)
    approval = prepared.message.sign(hands.domain, OFFICIALS[0])
    prepare.approve(town.workspace.context, Hash(prepared.id), approval)

    seen = [entry.call for block in hands.ledger.blocks(0) for entry in block.entries if entry.call]
    signatures = {found for call in (*seen, stopped) for found in _signatures(decode_call(call)[1])}
    return Loot((*seen, stopped), (*sorted(signatures), approval), prepared.message, approval)


def _signatures(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes) and len(value) == SIGNATURE_BYTES:
        yield value
    elif isinstance(value, dict | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _signatures(item)


@pytest.fixture
def kept(town: Town, hands: Hands, loot: Loot) -> Iterator[Snapshot]:  # noqa: ARG001
    """The state of the contract; fails when it differs after the test."""
    before = everything(hands.ledger, town.workspace.provider)
    yield before
    assert everything(hands.ledger, town.workspace.provider) == before


def refuses(hands: Hands, attempts: Iterator[bytes]) -> int:
    """Send calls from the relay key that must revert; return their number."""
    count, head = 0, hands.ledger.head()
    for attempt in attempts:
        outcome = hands.ledger.submit(attempt)
        assert isinstance(outcome, Refused), decode_call(attempt)
        count += 1
    assert hands.ledger.head() == head
    return count


@pytest.mark.usefixtures("kept")
def test_nothing_that_was_carried_out_is_carried_out_again(hands: Hands, loot: Loot) -> None:
    names = {decode_call(call)[0] for call in loot.calls}
    assert names == set(ACTS)
    assert refuses(hands, iter(loot.calls)) == len(loot.calls)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("function", ACTS)
def test_signatures_of_one_act_are_worth_nothing_in_another(
    hands: Hands, loot: Loot, function: str
) -> None:
    arguments = list(loot.sample(function).values())

    def attempts() -> Iterator[bytes]:
        for at, argument in enumerate(arguments):
            for stolen in loot.signatures:
                for signed in _with(argument, stolen):
                    yield encode_call(function, *arguments[:at], signed, *arguments[at + 1 :])

    assert refuses(hands, attempts()) >= len(loot.signatures)


def _with(argument: Any, stolen: bytes) -> Iterator[Any]:
    """The argument with a stolen signature in each place."""
    if isinstance(argument, bytes):
        yield stolen
    elif all(isinstance(item, bytes) for item in argument):
        for at in range(len(argument)):
            yield (*argument[:at], stolen, *argument[at + 1 :])


def tempting(now: int) -> list[tuple[str, tuple[Any, ...]]]:
    """Decisions that a thief would make: every governed function, in the thief's favour."""
    thief = "0x" + "66" * 20
    return [
        ("openScheme", (2, now, now + 9_999, 1, 0)),
        ("setRules", (SCHEME, now, now + 9_999, 2**256 - 1, 0)),
        ("closeScheme", (SCHEME,)),
        ("setPaused", (SCHEME, True)),
        ("setCategories", (SHA256,)),
        ("setShop", (BICYCLES, 1, thief, True)),
        ("setSuspended", (BICYCLES, True)),
        ("fund", (SCHEME, 1_000_000)),
        ("issue", (SCHEME, 100_000, [thief])),
        ("settle", (2, [BICYCLES], [1_000], SHA256)),
        ("setOfficial", (thief, 127)),
    ]


@pytest.mark.usefixtures("kept")
def test_no_governed_function_can_be_called(hands: Hands, loot: Loot) -> None:
    asked = tempting(hands.now)
    assert {name for name, _ in asked} == set(FUNCTIONS) - set(VIEWS) - set(ACTS)
    for name, args in asked:
        with hands.refusing("NotAuthorised"):
            hands.send(encode_call(name, *args))
    decided = [args["decision"][0] for args in map(_executed, loot.calls) if args]
    for call in decided:
        with hands.refusing("NotAuthorised"):
            hands.send(call)


def _executed(call: bytes) -> dict[str, Any] | None:
    name, args = decode_call(call)
    return args if name == "execute" else None


@pytest.mark.usefixtures("kept")
def test_approvals_of_other_decisions_approve_nothing(hands: Hands, loot: Loot) -> None:
    hands.clock.time += 1

    def attempts() -> Iterator[bytes]:
        for name, args in tempting(hands.now):
            own = hands.decision(name, *args)
            yield calls.execute(own, [])
            for first, second in zip(loot.signatures, loot.signatures[1:], strict=False):
                alone = name in STOPS
                yield calls.execute(own, [first] if alone else [first, second])

    assert refuses(hands, attempts()) == 11 * len(loot.signatures)


def test_a_decision_with_one_approval_waits_for_another(
    town: Town, hands: Hands, loot: Loot
) -> None:
    def attempts() -> Iterator[bytes]:
        yield calls.execute(loot.waiting, [])
        yield calls.execute(loot.waiting, [loot.approval])
        for other in loot.signatures:
            yield calls.execute(loot.waiting, [loot.approval, other])
            yield calls.execute(loot.waiting, [other, loot.approval])

    before = everything(hands.ledger, town.workspace.provider)
    refuses(hands, attempts())
    assert everything(hands.ledger, town.workspace.provider) == before
    hands.execute(loot.waiting, OFFICIALS)
    assert hands.view("schemes", SCHEME)["funded"] == 1_070_000


@pytest.mark.usefixtures("kept")
def test_officials_themselves_decide_about_governed_functions_only(
    hands: Hands, loot: Loot
) -> None:
    for name in sorted({*ACTS, *VIEWS} - {"categoriesSha256", "eip712Domain"}):
        decision = hands.decision("fund", SCHEME, 1)
        call = FUNCTIONS[name].id + bytes(64)
        with hands.refusing("FunctionNotGoverned"):
            hands.execute(replace(decision, call=call), OFFICIALS)
    with hands.refusing("FunctionNotGoverned"):
        hands.execute(replace(decision, call=loot.calls[0]), OFFICIALS)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("filling", [b"", b"\0", b"\x01", b"\xff"])
def test_random_calldata_is_refused(hands: Hands, filling: bytes) -> None:
    acts = [FUNCTIONS[name] for name in FUNCTIONS if name not in VIEWS]
    for act in acts:
        for size in (4, 32, 36, 320, 3_200):
            with pytest.raises(Reverted):
                hands.send(act.id + filling * size)
    for unknown in (b"", b"\0", b"\xde\xad\xbe\xef"):
        with pytest.raises(Reverted):
            hands.send(unknown + filling * 64)


@pytest.mark.usefixtures("kept")
def test_a_call_of_a_view_changes_nothing(hands: Hands) -> None:
    for view in VIEWS:
        assert isinstance(hands.ledger.submit(FUNCTIONS[view].id + bytes(32)), Settled)


def test_an_approval_can_at_most_end_its_own_decision(town: Town, hands: Hands, loot: Loot) -> None:
    provider = town.workspace.provider
    before = everything(hands.ledger, provider)
    for stolen in loot.signatures:
        if stolen != loot.approval:
            with hands.refusing("NotAuthorised"):
                hands.send(calls.cancel(loot.waiting, stolen))
    assert everything(hands.ledger, provider) == before
    hands.send(calls.cancel(loot.waiting, loot.approval))
    ended = {("cancelled", bytes.fromhex(loot.waiting.hash[2:])): True}
    assert everything(hands.ledger, provider) == before | ended
