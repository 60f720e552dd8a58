"""A single official can only stop payments, regardless of the requests that they send."""

from typing import Any

import pytest

from kindpakket.domain.capacities import GOVERNED
from kindpakket.domain.categories import bits_of, table_sha256
from kindpakket.domain.ids import Hash
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.signatures import address_of
from kindpakket.services.decisions.prepare import Preparer, find_prepared, prepare, prepare_set
from tests.desk.office import ANNA, BRAM, Desk
from tests.support.payouts import HOLDERS, IBANS, give_account
from tests.support.payouts import prepare as prepare_payout
from tests.support.small_town import key
from tests.support.town import BICYCLES, START, Town, owner_of, till_of

YEAR = 365 * 24 * 3600
BOOKS = bits_of(["books"])
CALLS: dict[str, tuple[Any, ...]] = {
    "openScheme": (2, START, START + YEAR, BOOKS, 0),
    "setRules": (1, START, START + YEAR, BOOKS, 0),
    "closeScheme": (1,),
    "setPaused": (1, False),
    "setCategories": (table_sha256(),),
    "setShop": (BICYCLES, BOOKS, address_of(owner_of(BICYCLES)), False),
    "setSuspended": (BICYCLES, False),
    "fund": (1, 100),
    "issue": (1, 1_000, [address_of(key(90))]),
    "settle": (),  # of prepared lines, the only ones that can be signed
    "setOfficial": (address_of(key(91)), 1),
}


def test_every_governed_function_is_tried() -> None:
    assert CALLS.keys() == GOVERNED.keys()


@pytest.mark.parametrize("function", CALLS)
def test_one_official_decides_nothing(town: Town, anna: Desk, bram: Desk, function: str) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    town.decide("setPaused", 1, True, by=[ANNA])
    town.decide("setSuspended", BICYCLES, True, by=[ANNA])
    town.clock.time += 1
    context = town.workspace.context
    decision_set = _prepared(town, anna, function)
    (signature,) = anna.signatures(decision_set)
    town.clock.time += 1
    other = prepare(context, encode_call("setOfficial", bram.address, 127))
    of_another = "0x" + other.message.sign(town.api.domain, BRAM).hex()
    head = context.ledger.head()

    for signatures in ([signature], [signature], [of_another]):
        anna.post(f"/besluiten/{decision_set}/handtekening", {"signature": signatures})
    message = find_prepared(context, decision_set).message
    body = {
        "call": "0x" + message.call.hex(),
        "validUntil": message.valid_until,
        "nonce": message.nonce,
    }
    for signatures in ([], [signature], [signature, signature], [signature, of_another]):
        answer = town.post("/decisions", body | {"signatures": signatures})
        assert answer.status_code in (400, 409), answer.text

    assert context.ledger.head() == head
    assert "1 van 2 handtekeningen" in bram.page("/besluiten")


def _prepared(town: Town, anna: Desk, function: str) -> Hash:
    if function == "settle":
        give_account(town, BICYCLES, IBANS[BICYCLES], HOLDERS[BICYCLES])
        return prepare_payout(town)[1].id
    call = encode_call(function, *CALLS[function])
    return prepare_set(town.workspace.context, [call], Preparer(anna.address))[0].id


def test_one_official_may_pause(town: Town, anna: Desk) -> None:
    decision_set = anna.prepare("/regelingen/1/stilzetten")
    assert anna.sign(decision_set).headers["location"].endswith("?gedaan=uitgevoerd")
    assert town.view("schemes", 1)["paused"]
