"""Faults planted in the history: each is found and told in these words."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from eth_abi.abi import encode

from kindpakket.actors import DECISION_SECONDS
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket_audit.chains import ChainUnreadable
from kindpakket_audit.contract import CREATION, decode_founding
from kindpakket_audit.findings import Level
from tests.independent_audit.tampered import Tampered, differences, findings
from tests.support.faults import (
    BY_HAND,
    OTHER_CONTRACT,
    STRANGER,
    YEAR,
    ZERO,
    Blocks,
    Fault,
    added,
    again,
    both,
    call,
    decided,
    event,
    first_two_swapped,
    flipped,
    hidden,
    indirectly,
    item,
    later,
    no_block,
    no_event,
    no_transaction,
    places,
    reordered,
    transaction_of,
    with_transaction,
)
from tests.support.lived import SECOND_SCHEME
from tests.support.messages import DAY
from tests.support.town import (
    BICYCLES,
    BICYCLES_AND_SPIRITS,
    BOOKS,
    ENDED,
    EVERYTHING,
    LETTERS,
    OFF_LICENCE,
    SAFE,
    START,
    till_of,
)

ANNA = min(map(address_of, EVERYTHING[:2]))
SEVEN = (*(address_of(coupon_key(LETTERS[0], 0, index)) for index in range(6)), STRANGER)
MANY = tuple(f"0x{number:040x}" for number in range(1, 502))
"""501 addresses that nobody has."""
CLOSED = encode_call("setRules", SECOND_SCHEME, START, START + YEAR, 1, 0)
MOST = 2**63 - 1
"""The largest amount of one decision on the budget."""


RECORDED: list[tuple[Fault, str]] = [
    (event("Paid", amount=added(1)), "amount: het grootboek zegt 12501, nagerekend is 12500"),
    (event("Paid", amount=0, debits=(0, 0)), "amount: het grootboek zegt 0"),
    (event("Paid", shop=ENDED), "shop: het grootboek zegt 5, nagerekend is 1"),
    (event("Paid", payment=b"\x07" * 32), "payment: het grootboek zegt 0x0707"),
    (event("Paid", scheme=2), "scheme: het grootboek zegt 2, nagerekend is 1"),
    (event("Paid", debits=(2_500, 10_000)), "debits: het grootboek zegt [2500, 10000]"),
    (event("Paid", debits=(10_000,)), "debits: het grootboek zegt [10000], nagerekend is [10000, "),
    (event("Paid", coupons=item(1, STRANGER)), "coupons: het grootboek zegt"),
    (event("Paid", nonce=0), "nonce: het grootboek zegt 0"),
    (event("Paid", till=STRANGER), "till: het grootboek zegt 0x"),
    (event("Refunded", amount=1_999), "amount: het grootboek zegt 1999, nagerekend is 2000"),
    (event("Refunded", coupon=STRANGER), f"coupon: het grootboek zegt {STRANGER}"),
    (event("Refunded", 1, coupon=ZERO), f"coupon: het grootboek zegt {ZERO}"),
    (event("Refunded", 2, coupon=STRANGER), f"nagerekend is {ZERO}"),
    (event("Refunded", shop=BOOKS), "shop: het grootboek zegt 4, nagerekend is 1"),
    (event("TillChanged", 6, active=True), "active: het grootboek zegt ja, nagerekend is nee"),
    (event("TillChanged", shop=77), "shop: het grootboek zegt 77"),
    (event("Moved", amounts=item(0, 1)), "amounts: het grootboek zegt [1, "),
    (event("Moved", to=item(0, ZERO)), "to: het grootboek zegt [0x0000"),
    (event("Moved", nonce=1), "nonce: het grootboek zegt 1"),
    (event("DecisionExecuted", signers=lambda old: old[:1]), "signers: het grootboek zegt"),
    (event("DecisionExecuted", validUntil=added(1)), "validUntil: het grootboek zegt"),
    (event("DecisionExecuted", decision=b"\x07" * 32), "decision: het grootboek zegt 0x0707"),
    (event("DecisionExecuted", call=BY_HAND), "call: het grootboek zegt 0x"),
    (event("DecisionCancelled", signer=address_of(SAFE)), "signer: het grootboek zegt"),
    (event("OfficialSet", 0, capacities=127 - 4), "capacities: het grootboek zegt 123"),
    (event("OfficialSet", 5, official=ANNA), f"official: het grootboek zegt {ANNA}"),
    (event("SchemeOpened", closes=0), "closes: het grootboek zegt 0"),
    (event("RulesSet", excluded=0), "excluded: het grootboek zegt 0"),
    (event("SchemeClosed", closes=added(9)), "closes: het grootboek zegt"),
    (event("PausedSet", paused=False), "paused: het grootboek zegt nee, nagerekend is ja"),
    (event("CategoriesSet", sha256OfTable=b"\x07" * 32), "sha256OfTable: het grootboek zegt 0x07"),
    (event("ShopSet", 4, admitted=True), "admitted: het grootboek zegt ja, nagerekend is nee"),
    (event("ShopSet", owner=ZERO), f"owner: het grootboek zegt {ZERO}"),
    (event("SuspendedSet", suspended=False), "suspended: het grootboek zegt nee"),
    (event("Funded", amount=1), "amount: het grootboek zegt 1, nagerekend is 1000000"),
    (event("Issued", value=0), "value: het grootboek zegt 0, nagerekend is 1000"),
    (event("Issued", coupons=lambda old: (*old, ZERO)), "coupons: het grootboek zegt"),
    (event("Settled", amounts=item(0, 9_999)), "amounts: het grootboek zegt [9999, 3900]"),
    (event("Settled", amounts=item(1, 4_500)), "nagerekend is [10000, 3900]"),
    (event("Settled", batch=0), "batch: het grootboek zegt 0, nagerekend is 1"),
    (no_event("Paid"), "Paid is niet vastgelegd"),
    (no_event("Issued"), "Issued is niet vastgelegd"),
    (no_event("DecisionExecuted", 2), "vastgelegd is ShopSet, dat hoort DecisionExecuted te zijn"),
    (both(no_event("DecisionExecuted", 2), indirectly("ShopSet")), "er staat geen besluit boven"),
]

PAYMENTS: list[tuple[Fault, str]] = [
    (hidden("Paid", amount=0, debits=(0, 0)), "het bedrag is nul"),
    (hidden("Paid", amount=30_000), "betaald is € 300,00, op de coupons stond € 200,00"),
    (hidden("Paid", shop=ENDED), "winkel 5 was niet toegelaten"),
    (hidden("Paid", shop=77), "winkel 77 bestaat niet"),
    (hidden("Paid", shop=OFF_LICENCE), "heeft geen categorie die regeling 1 toestaat"),
    (hidden("Paid", shop=BICYCLES_AND_SPIRITS), "heeft een categorie die regeling 1 uitsluit"),
    (hidden("Paid", shop=BOOKS), "is niet van winkel 4"),
    (hidden("Paid", till=STRANGER), f"kassa {STRANGER} is niet van winkel 1"),
    (hidden("Paid", scheme=2), "is niet van regeling 2"),
    (hidden("Paid", scheme=9), "regeling 9 bestaat niet"),
    (hidden("Paid", debits=(2_500, 10_000)), "nagerekend is [10000, 2500]"),
    (hidden("Paid", coupons=lambda old: (old[0], old[0])), "één tot zes verschillende coupons"),
    (hidden("Paid", coupons=SEVEN), "één tot zes verschillende coupons"),
    (hidden("Paid", nonce=0), "volgnummer 0 van coupon"),
    (hidden("Paid", 2, nonce=added(2 * 24 * 3600)), "ligt meer dan een dag vooruit"),
    (again("Paid"), "deze claim was al betaald"),
    (again("Paid"), "was al gebruikt"),
    (no_transaction("PausedSet", 1), "regeling 1 stond stil"),
    (no_transaction("SuspendedSet", 1), "winkel 4 was geschorst"),
    (later("Paid", 0, YEAR), "regeling 1 was niet open"),
    (later("Paid", 0, 301), "de code was verlopen"),
    (call("pay", couponSignatures=item(0, flipped)), "de handtekening van coupon"),
    (call("pay", couponSignatures=first_two_swapped), "de handtekening van coupon"),
    (call("pay", couponSignatures=lambda old: old[:1]), "niet elke coupon heeft de code getekend"),
    (call("pay", tillSignature=flipped), "is niet van winkel 1"),
    (call("pay", tillSignature=b"short"), "de handtekening van de kassa klopt niet"),
    (call("pay", 1, spend=item(1, BICYCLES)), "de code was voor winkel 1 gemaakt"),
    (call("pay", spend=item(2, 12_499)), "betaald is € 125,00, de code ging tot € 124,99"),
    (call("pay", spend=item(2, 12_501)), "de kassa tekende voor een andere code"),
    (call("pay", claim=item(2, 12_499)), "nagerekend is 12499"),
    (call("pay", 2, claim=item(2, 2_999)), "nagerekend is 2999"),
    (indirectly("Paid"), "niet rechtstreeks te lezen"),
]

REFUNDS: list[tuple[Fault, str]] = [
    (hidden("Refunded", amount=12_501), "terug gaat € 125,01, er kan hoogstens € 125,00 terug"),
    (hidden("Refunded", 1, amount=10_501), "terug gaat € 105,01, er kan hoogstens € 105,00 terug"),
    (hidden("Refunded", amount=0), "terug gaat € 0,00"),
    (hidden("Refunded", shop=BOOKS), "van een andere winkel dan er betaald is"),
    (hidden("Refunded", payment=b"\x07" * 32), "de betaling is niet bekend"),
    (again("Refunded"), "deze terugbetaling was al gedaan"),
    (later("Refunded", 0, 301), "de opdracht tot terugbetaling was verlopen"),
    (call("refund", tillSignature=flipped), "is niet van winkel 1"),
    (call("refund", tillSignature=b"short"), "de handtekening van de kassa klopt niet"),
    (no_transaction("TillChanged", 0), "is niet van winkel 1"),
    (hidden("TillChanged", 0, active=False), "was niet aangemeld"),
]

KEYS: list[tuple[Fault, str]] = [
    (call("changeTill", ownerSignature=flipped), "de handtekening van eigenaar"),
    (call("changeTill", tillSignature=flipped), "de handtekening van kassa"),
    (hidden("TillChanged", 5, till=address_of(till_of(BICYCLES).key)), "is van winkel 1"),
    (hidden("TillChanged", shop=77), "winkel 77 bestaat niet"),
    (no_transaction("TillChanged", 5), "was nooit aangemeld en is toch afgemeld"),
    (again("TillChanged"), "van winkel 1 was al gebruikt"),
    (hidden("TillChanged", nonce=added(YEAR)), "ligt meer dan een dag vooruit"),
    (hidden("Moved", to=lambda old: old[:1]), "niet evenveel oude en nieuwe coupons"),
    (hidden("Moved", **{"from": MANY[:33], "to": MANY[:33]}), "oude en nieuwe coupons, 1 tot 32"),
    (hidden("Moved", scheme=9), "regeling 9 bestaat niet"),
    (hidden("Moved", scheme=2), "is niet van regeling 2"),
    (hidden("Moved", nonce=1), "was al gebruikt"),
    (hidden("Moved", nonce=added(YEAR)), "ligt meer dan een dag vooruit"),
    (hidden("Moved", to=item(0, STRANGER)), f"coupon {STRANGER} bestond al"),
    (hidden("Moved", to=lambda old: (old[0], old[0])), "bestond al"),
    (again("Moved"), "was al verplaatst"),
    (call("move", signatures=item(3, flipped)), "de handtekening van coupon"),
    (call("move", signatures=lambda old: old[:3]), "niet elke oude en nieuwe coupon"),
]

DECISIONS: list[tuple[Fault, str]] = [
    (call("execute", approvals=lambda old: old[:1]), "nodig is 2 keer een andere ambtenaar"),
    (call("execute", approvals=lambda old: old[:1] * 2), "getekend is 1 keer"),
    (call("execute", approvals=lambda old: old[::-1]), "staan dubbel of niet op volgorde"),
    (call("execute", approvals=item(1, flipped)), "had de bevoegdheid RULES niet"),
    (call("execute", approvals=item(1, b"short")), "handtekening 2 van het besluit klopt niet"),
    (
        hidden("DecisionExecuted", signers=item(1, address_of(SAFE))),
        "had de bevoegdheid RULES niet",
    ),
    (hidden("DecisionExecuted", signers=lambda old: old[:1]), "nodig is 2 keer een andere"),
    (hidden("DecisionExecuted", call=b"\x01" * 36), "roept iets aan dat geen besluit kan zijn"),
    (hidden("DecisionExecuted", call=BY_HAND[:40]), "het besluit is onleesbaar"),
    (hidden("DecisionExecuted", decision=b"\x07" * 32), "het kenmerk van het besluit past niet"),
    (again("DecisionExecuted"), "over dit onderwerp was al iets nieuwers besloten"),
    (later("DecisionExecuted", 0, DECISION_SECONDS + 1), "het besluit was niet geldig op dat"),
    (
        hidden("DecisionExecuted", validUntil=added(14 * DAY - DECISION_SECONDS + 1)),
        "het besluit was niet geldig op dat",
    ),
    (decided("setPaused", paused=False), "nodig is 2 keer een andere ambtenaar"),
    (decided("setSuspended", suspended=False), "nodig is 2 keer een andere ambtenaar"),
    (hidden("DecisionExecuted", nonce=added(YEAR)), "ligt meer dan een dag vooruit"),
    (hidden("DecisionCancelled", signer=address_of(SAFE)), "had de bevoegdheid SHOPS niet"),
    (call("cancel", signature=flipped), "had de bevoegdheid SHOPS niet"),
    (call("cancel", signature=b"short"), "de handtekening onder de intrekking klopt niet"),
    (hidden("DecisionCancelled", call=b"\x01" * 36), "kan geen besluit zijn"),
    (again("DecisionCancelled"), "dit besluit was ingetrokken"),
    (decided("fund", amount=1), "had de bevoegdheid BUDGET niet"),
    (decided("openScheme", 1, scheme=1), "regeling 1 bestond al of mag niet bestaan"),
    (decided("openScheme", closes=0), "de regeling sluit voor zij opent"),
    (decided("setRules", scheme=9), "regeling 9 bestaat niet"),
    (again("SchemeClosed"), "was al voorgoed gesloten"),
    (call("execute", -1, decision=item(0, CLOSED)), "regeling 2 was al voorgoed gesloten"),
    (decided("setPaused", scheme=9), "regeling 9 bestaat niet"),
    (decided("setShop", owner=ZERO), "een winkel heeft een nummer en een eigenaar"),
    (decided("setSuspended", shop=77), "winkel 77 bestaat niet"),
    (decided("fund", 2, amount=-5_001), "het budget werd € -0,01"),
    (
        both(
            decided("fund", amount=MOST),
            decided("fund", 1, scheme=1, amount=MOST),
            decided("fund", 2, scheme=1, amount=2),
        ),
        "dat is te groot",
    ),
    (decided("fund", scheme=9), "regeling 9 bestaat niet"),
    (decided("issue", newCoupons=lambda old: (*old, ZERO)), "bestond al of mag niet bestaan"),
    (decided("issue", newCoupons=lambda old: (*old, old[0])), "bestond al of mag niet bestaan"),
    (decided("issue", value=0), "een uitgifte telt 1 tot 500 coupons"),
    (decided("issue", newCoupons=MANY), "een uitgifte telt 1 tot 500 coupons"),
    (decided("issue", value=1_000_000), "het budget is € 10.000,00"),
    (decided("settle", paidShops=item(0, 77)), "winkel 77 bestaat niet"),
    (decided("settle", 1, batch=1), "uitbetaling 1 was al vastgelegd"),
    (decided("settle", batch=0), "een uitbetaling heeft een nummer, een controlegetal en 1 tot"),
    (
        decided("settle", sha256OfLines=bytes(32)),
        "een uitbetaling heeft een nummer, een controlegetal en 1 tot",
    ),
    (
        decided("settle", paidShops=(BICYCLES,) * 501, amounts=(1,) * 501),
        "een uitbetaling heeft een nummer, een controlegetal en 1 tot",
    ),
    (decided("settle", amounts=lambda old: old[:1]), "niet evenveel winkels als bedragen"),
    (decided("settle", amounts=item(0, 0)), "de regel van winkel 1 is nul"),
    (decided("settle", 1, amounts=(-10_001,)), "kwam € 100,01 terug, uitbetaald was € 100,00"),
    (decided("setOfficial", official=ZERO), "deze ambtenaar of bevoegdheid kan niet bestaan"),
    (decided("setOfficial", capacities=255), "deze ambtenaar of bevoegdheid kan niet bestaan"),
    (
        both(
            decided("setOfficial", official=ANNA, capacities=0),
            decided("setOfficial", 1, official=address_of(EVERYTHING[2]), capacities=0),
        ),
        "te weinig ambtenaren houden de bevoegdheid OFFICIALS",
    ),
]

CHAIN: list[tuple[Fault, str]] = [
    (no_block("Refunded"), "sluit niet aan op blok"),
    (reordered("Refunded"), "sluit niet aan op blok"),
    (later("Refunded", 0, -YEAR), "is ouder dan het vorige"),
]


@pytest.mark.parametrize(
    ("fault", "words"),
    RECORDED + PAYMENTS + REFUNDS + KEYS + DECISIONS + CHAIN,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_planted_fault_is_found(truth: Tampered, fault: Fault, words: str) -> None:
    found = findings(truth.with_fault(fault))
    assert any(words in finding for finding in found), found


def test_a_finding_names_its_block_and_transaction(truth: Tampered) -> None:
    (found,) = differences(truth.with_fault(event("Funded", amount=1)))
    block = next(block for block in truth.told if block.number == found.block)
    assert found.time == block.time
    assert found.transaction == f"0x{block.transactions[0].hash.hex()}"
    assert found.about.startswith("Besluit 0x")


def test_what_came_by_another_contract_is_a_warning_and_its_rules_are_still_checked(
    truth: Tampered,
) -> None:
    (warning,) = truth.with_fault(indirectly("Paid")).findings
    assert warning.level is Level.WARNING
    found = differences(truth.with_fault(hidden("Paid", shop=ENDED)))
    assert any("winkel 5 was niet toegelaten" in each.difference for each in found)


@pytest.mark.parametrize(
    "fault", [no_block("OfficialSet"), both(indirectly("OfficialSet"))], ids=["none", "called"]
)
def test_without_the_transaction_that_created_the_contract_nothing_is_clean(
    truth: Tampered, fault: Fault
) -> None:
    with pytest.raises(ChainUnreadable, match="was not created"):
        truth.with_fault(fault)


def with_creation(data: bytes) -> Fault:
    def plant(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, "OfficialSet")[0]
        return with_transaction(blocks, at, input=data)

    return plant


def test_another_code_that_created_the_contract_is_found(truth: Tampered) -> None:
    found = findings(truth.with_fault(with_creation(b"\x60")))
    told = "Oprichting: de code waarmee het contract is gemaakt, is niet die van deze bron"
    assert told in found


def founded_by(truth: Tampered, first: Sequence[str], capacities: Sequence[int]) -> list[str]:
    """The findings of an audit in which these officials were the first ones."""
    data = CREATION + encode(["address[]", "uint8[]"], [first, capacities])
    return findings(truth.with_fault(with_creation(data)))


def test_first_officials_without_capacities_are_found(truth: Tampered) -> None:
    at, _ = places(truth.told, "OfficialSet")[0]
    first, capacities = decode_founding(transaction_of(truth.told, at).input)
    found = founded_by(truth, [*first, STRANGER], capacities)
    assert "Oprichting: er zijn niet evenveel eerste ambtenaren als bevoegdheden" in found


@pytest.mark.parametrize(
    ("count", "too_few"),
    [
        (1, ["RULES", "SHOPS", "BUDGET", "ISSUE", "PAYOUT", "OFFICIALS", "REGISTER"]),
        (2, ["OFFICIALS"]),
        (3, []),
    ],
)
def test_a_founding_with_too_few_officials_is_found(
    truth: Tampered, count: int, too_few: list[str]
) -> None:
    """Two hold each capacity, and three hold OFFICIALS."""
    first = sorted(map(address_of, EVERYTHING))[:count]
    found = founded_by(truth, first, [127] * count)
    told = "Oprichting: te weinig ambtenaren hebben de bevoegdheid "
    assert [each.removeprefix(told) for each in found if each.startswith(told)] == too_few


def test_several_acts_by_way_of_another_contract_are_each_checked(truth: Tampered) -> None:
    """A decision and a payment in one transaction: each event is checked by its own rules."""

    def paused_and_paid(blocks: Blocks) -> Blocks:
        (at, _), (paid, _) = places(blocks, "PausedSet")[0], places(blocks, "Paid")[0]
        logs = (*transaction_of(blocks, at).logs, *transaction_of(blocks, paid).logs)
        return with_transaction(blocks, at, to=OTHER_CONTRACT, input=b"", logs=logs)

    found = findings(truth.with_fault(paused_and_paid))
    assert any("regeling 1 stond stil" in each for each in found)


def test_an_event_that_the_contract_does_not_know_is_found(truth: Tampered) -> None:
    def strange(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, "Paid")[0]
        (log,) = transaction_of(blocks, at).logs
        logs = (log, replace(log, topics=(b"\x07" * 32,)))
        return with_transaction(blocks, at, logs=logs)

    found = findings(truth.with_fault(strange))
    assert any("deze gebeurtenis kent het contract niet" in each for each in found)


def test_a_governed_function_that_was_called_without_a_decision_is_found(truth: Tampered) -> None:
    def by_hand(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, "Paid")[0]
        return with_transaction(blocks, at, input=BY_HAND, logs=())

    found = findings(truth.with_fault(by_hand))
    assert "Aanroep fund: dat kan niemand rechtstreeks bij dit contract" in found


def test_a_ledger_without_a_table_of_categories_gets_a_warning(truth: Tampered) -> None:
    done = truth.with_fault(no_transaction("CategoriesSet"))
    warnings = [each for each in done.findings if each.level is Level.WARNING]
    assert any("nog geen tabel" in each.difference for each in warnings)
    told = findings(done)
    assert any(each.startswith("Opslag: ") for each in told), told
