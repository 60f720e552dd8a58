"""Faults planted in the ledger's data: each is found and reported in these words."""

from functools import partial
from typing import Any

import pytest

from kindpakket.ledger.abi import Event
from kindpakket.protocol.signatures import address_of
from kindpakket.services.audit import Level, audit
from tests.audit.planted import (
    Blocks,
    Fault,
    Tell,
    Telling,
    again,
    call,
    entry_of,
    event,
    indirectly,
    later,
    no_block,
    no_entry,
    no_event,
    places,
    with_entry,
)
from tests.support.faults import (
    BY_HAND,
    STRANGER,
    YEAR,
    ZERO,
    added,
    both,
    first_two_swapped,
    flipped,
    item,
)
from tests.support.town import (
    BICYCLES,
    BICYCLES_AND_SPIRITS,
    BOOKS,
    ENDED,
    EVERYTHING,
    OFF_LICENCE,
    SAFE,
    till_of,
)

ANNA, BRAM = sorted(map(address_of, EVERYTHING[:2]))


def reversed_(old: Any) -> Any:
    return tuple(reversed(old))


PAYMENTS: list[tuple[Fault, str]] = [
    (event("Paid", amount=added(1)), "volgens de kassa hoort dat € 125,00 te zijn"),
    (event("Paid", amount=added(1)), "afgeschreven is samen € 125,00, betaald is € 125,01"),
    (event("Paid", amount=0, debits=(0, 0)), "het bedrag is nul"),
    (event("Paid", shop=ENDED), "winkel 5 was niet toegelaten"),
    (event("Paid", shop=77), "winkel 77 bestaat niet"),
    (event("Paid", shop=OFF_LICENCE), "heeft geen categorie die regeling 1 toestaat"),
    (event("Paid", shop=BICYCLES_AND_SPIRITS), "heeft een categorie die regeling 1 uitsluit"),
    (event("Paid", shop=BOOKS), "is niet van winkel 4"),
    (event("Paid", shop=BOOKS), "winkel: getekend is 1, het grootboek zegt 4"),
    (event("Paid", payment=b"\x07" * 32), "betaling: getekend is 0x"),
    (event("Paid", scheme=2), "coupon 0x"),
    (event("Paid", scheme=2), "is niet van regeling 2"),
    (event("Paid", scheme=9), "regeling 9 bestaat niet"),
    (event("Paid", debits=reversed_), "niet in de volgorde van de code afgeschreven"),
    (event("Paid", debits=(9_000, 3_500)), "niet in de volgorde van de code afgeschreven"),
    (event("Paid", debits=(10_001, 2_499)), "ging € 100,01 af, er stond nog € 100,00 op"),
    (event("Paid", debits=(10_000,)), "er zijn niet evenveel afschrijvingen als coupons"),
    (event("Paid", coupons=item(1, STRANGER)), "coupons: getekend is"),
    (event("Paid", coupons=lambda old: (old[0], old[0])), "één tot zes verschillende coupons"),
    (event("Paid", nonce=0), "volgnummer 0 van coupon"),
    (event("Paid", 2, nonce=added(2 * 24 * 3600)), "ligt meer dan een dag vooruit"),
    (event("Paid", till=address_of(till_of(BOOKS).key)), "de handtekening van kassa"),
    (again("Paid"), "deze claim was al betaald"),
    (again("Paid"), "was al gebruikt"),
    (no_entry("PausedSet", 1), "regeling 1 stond stil"),
    (no_entry("SuspendedSet", 1), "winkel 4 was geschorst"),
    (later("Paid", 0, YEAR), "regeling 1 was niet open"),
    (later("Paid", 0, 301), "de code was verlopen"),
    (no_event("Paid"), "Aanroep pay: er gebeurde niets, dat hoort daar niet bij"),
    (call("pay", couponSignatures=item(0, flipped)), "de handtekening van coupon"),
    (call("pay", couponSignatures=first_two_swapped), "de handtekening van coupon"),
    (call("pay", couponSignatures=lambda old: old[:1]), "niet elke coupon heeft de code getekend"),
    (call("pay", tillSignature=flipped), "de handtekening van kassa"),
    (call("pay", tillSignature=b"short"), "de handtekening van kassa"),
    (call("pay", 1, spend=item(1, BICYCLES)), "de code was voor winkel 1 gemaakt"),
    (call("pay", spend=item(2, 12_499)), "betaald is € 125,00, de code ging tot € 124,99"),
    (call("pay", spend=item(2, 12_501)), "de kassa tekende voor een andere code"),
    (call("pay", claim=item(2, 12_499)), "volgens de kassa hoort dat € 124,99 te zijn"),
    (call("pay", 2, claim=item(2, 2_999)), "volgens de kassa hoort dat € 29,99 te zijn"),
    (indirectly("Paid"), "niet rechtstreeks te lezen"),
]

REFUNDS: list[tuple[Fault, str]] = [
    (event("Refunded", amount=12_501), "terug gaat € 125,01, er kan hoogstens € 125,00 terug"),
    (event("Refunded", 1, amount=10_501), "terug gaat € 105,01, er kan hoogstens € 105,00 terug"),
    (event("Refunded", amount=0), "terug gaat € 0,00"),
    (event("Refunded", amount=1_999), "bedrag: getekend is 2000, het grootboek zegt 1999"),
    (event("Refunded", coupon=STRANGER), f"het geld ging naar coupon {STRANGER}"),
    (event("Refunded", 1, coupon=ZERO), f"het geld ging naar coupon {ZERO}"),
    (event("Refunded", 2, coupon=STRANGER), f"en niet naar {ZERO}"),
    (event("Refunded", shop=BOOKS), "van een andere winkel dan er betaald is"),
    (event("Refunded", payment=b"\x07" * 32), "de betaling is niet bekend"),
    (again("Refunded"), "deze terugbetaling was al gedaan"),
    (later("Refunded", 0, 301), "de opdracht tot terugbetaling was verlopen"),
    (call("refund", tillSignature=flipped), "de handtekening van kassa"),
    (no_entry("TillChanged", 0), "is niet van winkel 1"),
    (event("TillChanged", 0, active=False), "was niet aangemeld"),
]

KEYS: list[tuple[Fault, str]] = [
    (call("changeTill", ownerSignature=flipped), "de handtekening van eigenaar"),
    (call("changeTill", tillSignature=flipped), "de handtekening van kassa"),
    (event("TillChanged", 6, active=True), "aangemeld: getekend is nee, het grootboek zegt ja"),
    (event("TillChanged", 5, shop=BICYCLES), "is van winkel 1"),
    (event("TillChanged", shop=77), "winkel 77 bestaat niet"),
    (no_entry("TillChanged", 5), "was nooit aangemeld en is toch afgemeld"),
    (again("TillChanged"), "van winkel 1 was al gebruikt"),
    (event("Moved", amounts=item(0, 1)), "van coupon"),
    (event("Moved", amounts=item(0, 1)), "ging € 0,01 over, er stond € 20,00 op"),
    (event("Moved", amounts=lambda old: old[:1]), "niet evenveel oude coupons, nieuwe coupons"),
    (event("Moved", scheme=9), "regeling 9 bestaat niet"),
    (event("Moved", scheme=2), "is niet van regeling 2"),
    (event("Moved", nonce=1), "was al gebruikt"),
    (event("Moved", to=item(0, STRANGER)), f"coupon {STRANGER} bestond al"),
    (event("Moved", to=item(0, ZERO)), "naar: getekend is"),
    (again("Moved"), "was al verplaatst"),
    (call("move", signatures=item(3, flipped)), "de handtekening van coupon"),
    (call("move", signatures=lambda old: old[:3]), "niet elke oude en nieuwe coupon"),
]

DECISIONS: list[tuple[Fault, str]] = [
    (
        both(
            event("DecisionExecuted", signers=lambda old: old[:1]),
            call("execute", approvals=lambda old: old[:1]),
        ),
        "nodig is 2 keer een andere ambtenaar, getekend is 1 keer",
    ),
    (
        both(
            event("DecisionExecuted", signers=lambda old: (old[0], old[0])),
            call("execute", approvals=lambda old: (old[0], old[0])),
        ),
        "de ondertekenaars staan dubbel of niet op volgorde",
    ),
    (event("DecisionExecuted", signers=lambda old: old[:1]), "de handtekeningen zijn van"),
    (call("execute", approvals=item(1, flipped)), "de handtekeningen zijn van"),
    (event("DecisionExecuted", signers=item(1, address_of(SAFE))), "had de bevoegdheid RULES niet"),
    (event("OfficialSet", 0, capacities=127 - 4), "had de bevoegdheid BUDGET niet"),
    (event("OfficialSet", 0, capacities=127 - 4), "BUDGET: aantal ambtenaren: het contract zegt"),
    (
        both(event("OfficialSet", 0, capacities=0), event("OfficialSet", 1, capacities=0)),
        "Oprichting: te weinig ambtenaren hebben de bevoegdheid RULES",
    ),
    (again("DecisionExecuted"), "over dit onderwerp was al iets nieuwers besloten"),
    (again("DecisionExecuted"), "dit besluit was al uitgevoerd"),
    (later("DecisionExecuted", 0, YEAR), "het besluit was niet geldig op dat moment"),
    (event("DecisionExecuted", validUntil=added(1)), "geldig tot: getekend is"),
    (event("DecisionExecuted", decision=b"\x07" * 32), "het kenmerk van het besluit past niet"),
    (event("DecisionExecuted", call=BY_HAND), "het besluit is fund, er gebeurde SchemeOpened"),
    (event("DecisionExecuted", call=b"\x01" * 36), "roept iets aan dat geen besluit kan zijn"),
    (event("DecisionExecuted", call=b"\x01" * 36), "het besluit is onleesbaar"),
    (no_event("DecisionExecuted", 2), "Toelating van winkel 1: er staat geen besluit boven"),
    (no_event("Issued"), "het besluit had geen gevolg"),
    (no_event("DecisionExecuted", 7), "Uitgifte in regeling 1: er staat geen besluit boven"),
    (event("Issued", coupons=lambda old: (*old, ZERO)), "besloten is coupons"),
    (event("Issued", coupons=lambda old: (*old, ZERO)), "bestond al of mag niet bestaan"),
    (event("Issued", coupons=lambda old: (*old, old[0])), "een coupon staat dubbel"),
    (event("Issued", value=0), "een uitgifte telt 1 tot 500 coupons"),
    (event("Issued", value=1_000_000), "het budget is € 10.000,00"),
    (event("Funded", amount=1), "besloten is amount 1000000, er gebeurde 1"),
    (event("Funded", 2, amount=-5_001), "het budget werd € -0,01"),
    (event("Funded", scheme=9), "regeling 9 bestaat niet"),
    (event("ShopSet", owner=ZERO), "een winkel heeft een nummer en een eigenaar"),
    (event("ShopSet", 4, admitted=True), "besloten is admitted nee, er gebeurde ja"),
    (event("SuspendedSet", suspended=False), "besloten is suspended ja, er gebeurde nee"),
    (event("SuspendedSet", shop=77), "winkel 77 bestaat niet"),
    (event("PausedSet", paused=False), "besloten is paused ja, er gebeurde nee"),
    (event("SchemeOpened", 1, scheme=1), "regeling 1 bestond al of mag niet bestaan"),
    (event("SchemeOpened", closes=0), "de regeling sluit voor zij opent"),
    (event("SchemeClosed", closes=added(9)), "de regeling sluit op"),
    (again("SchemeClosed"), "was al voorgoed gesloten"),
    (event("CategoriesSet", sha256OfTable=b"\x07" * 32), "besloten is sha256OfTable 0x"),
    (event("Settled", amounts=item(0, 12_001)), "winkel 1 kreeg € 120,01, te goed was"),
    (event("Settled", amounts=item(0, 9_999)), "besloten is amounts [10000, 3900], er gebeurde"),
    (event("Settled", amounts=item(1, 4_500)), "besloten is amounts [10000, 3900], er gebeurde"),
    (event("Settled", 1, amounts=(-10_001,)), "kreeg € -100,01"),
    (event("Settled", shops=item(0, 77)), "winkel 77 bestaat niet"),
    (event("Settled", 1, batch=1), "uitbetaling 1 was al vastgelegd"),
    (event("Settled", batch=0), "een uitbetaling heeft een nummer, een controlegetal en 1 tot 500"),
    (event("Settled", amounts=lambda old: old[:1]), "niet evenveel winkels als bedragen"),
    (event("OfficialSet", 5, official=ANNA), "besloten is official"),
    (
        both(
            event("OfficialSet", 3, capacities=0),
            event("OfficialSet", 4, capacities=0),
            event("OfficialSet", 5, official=ANNA),
        ),
        "te weinig ambtenaren houden de bevoegdheid OFFICIALS",
    ),
    (event("OfficialSet", 4, capacities=255), "deze ambtenaar of bevoegdheid kan niet bestaan"),
    (event("DecisionCancelled", signer=address_of(SAFE)), "had de bevoegdheid SHOPS niet"),
    (call("cancel", signature=flipped), "de handtekening van"),
    (
        event("DecisionCancelled", call=b"\x01" * 36),
        "kan geen besluit zijn",
    ),
    (again("DecisionCancelled"), "dit besluit was ingetrokken"),
]

CHAIN: list[tuple[Fault, str]] = [
    (no_block("Refunded"), "sluit niet aan op blok"),
    (later("Refunded", 0, -YEAR), "is ouder dan het vorige"),
    (no_block("OfficialSet"), "gebeurde bij de oprichting, daar hoort het niet"),
]


def findings(told: Telling) -> list[str]:
    done = audit(told)
    return [f"{finding.about}: {finding.difference}" for finding in done.findings]


@pytest.mark.parametrize(
    ("fault", "words"),
    PAYMENTS + REFUNDS + KEYS + DECISIONS + CHAIN,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_planted_fault_is_found(telling: Tell, fault: Fault, words: str) -> None:
    found = findings(telling(fault))
    assert any(words in finding for finding in found), found


@pytest.mark.parametrize(
    ("view", "answer", "words"),
    [
        (
            ("schemes", 1),
            {"spent": 1},
            "Regeling 1: betaald (centen): het contract zegt 1",
        ),
        (("schemes", 2), {"closed": False}, "Regeling 2: voorgoed gesloten: het contract zegt nee"),
        (("shops", 1), {"owed": 7}, "Winkel 1: te goed (centen): het contract zegt 7"),
        (("shops", 5), {"admitted": True}, "Winkel 5: toegelaten: het contract zegt ja"),
        (("tills", None), {"active": False}, "aangemeld: het contract zegt nee, nagerekend is ja"),
        (("coupons", STRANGER), {"remaining": 9}, "over (centen): het contract zegt 9, nagerekend"),
        (("origins", None), ZERO, "komt van: het contract zegt 0x0000"),
        (("shops", 4), {"suspended": True}, "Winkel 4: geschorst: het contract zegt ja"),
        (("movedTo", None), STRANGER, "verplaatst naar: het contract zegt 0x"),
        (
            ("payments", None),
            {"refunded": 12_500},
            "terugbetaald (centen): het contract zegt 125",
        ),
        (("refunds", None), False, "Terugbetaling 0x"),
        (("batches", 1), bytes(32), "Uitbetaling 1: controlegetal: het contract zegt 0x0000"),
        (("officials", ANNA), 1, "bevoegdheden: het contract zegt 1, nagerekend is 127"),
        (("holders", 32), 2, "Bevoegdheid OFFICIALS: aantal ambtenaren: het contract zegt 2"),
        (("decisionNonces", None), 5, "volgnummer: het contract zegt 5, nagerekend is"),
        (("cancelled", None), False, "ingetrokken: het contract zegt nee, nagerekend is ja"),
        (("categoriesSha256", None), b"\x07" * 32, "het grootboek noemt tabel 0x0707"),
        (("categoriesSha256", None), bytes(32), "Categorieën: tabel: het contract zegt 0x0000"),
    ],
)
def test_a_view_that_lies_is_found(
    telling: Tell, view: tuple[str, Any], answer: Any, words: str
) -> None:
    def lie(truth: Any) -> Any:
        return truth | answer if isinstance(answer, dict) else answer

    found = findings(telling(views={view: lie}))
    assert any(words in finding for finding in found), found


@pytest.mark.parametrize(
    ("view", "answer", "words"),
    [
        (("schemes", 1), {"funded": 79_999}, "Regeling 1: toegekend is € 800,00, het budget is"),
        (
            ("schemes", 1),
            {"issued": 10_000},
            "besteed is € 129,10, toegekend is € 100,00",
        ),
        (("schemes", 1), {"spent": 0}, "samen is dat niet het toegekende bedrag € 800,00"),
        (("shops", 1), {"settled": 0}, "Alle winkels: te goed en uitbetaald is samen € 39,10"),
    ],
)
def test_what_is_always_true_is_asked_of_the_contract_itself(
    telling: Tell, view: tuple[str, Any], answer: Any, words: str
) -> None:
    found = findings(telling(views={view: lambda truth: truth | answer}))
    assert any(words in finding for finding in found), found


def test_a_finding_names_its_block_and_transaction(telling: Tell, blocks: Blocks) -> None:
    at, _ = places(blocks, "Paid")[0]
    first = audit(telling(event("Paid", amount=added(1)))).differences[0]
    assert (first.block, first.time) == (blocks[at].number, blocks[at].time)
    assert first.transaction == entry_of(blocks, at).transaction
    assert first.about.endswith("van € 125,01 bij winkel 1")


def test_what_came_by_another_contract_is_a_warning_and_its_rules_are_still_checked(
    telling: Tell,
) -> None:
    (warning,) = audit(telling(indirectly("Paid"))).findings
    assert warning.level is Level.WARNING
    worse = both(indirectly("Paid"), event("Paid", shop=ENDED))
    found = audit(telling(worse)).differences
    assert any("winkel 5 was niet toegelaten" in each.difference for each in found)


def test_several_acts_by_way_of_another_contract_are_each_checked(telling: Tell) -> None:
    """A decision and a payment in one transaction: each event is checked by its own rules."""

    def paused_and_paid(blocks: Blocks, *, hidden: bool = False) -> Blocks:
        (at, _), (paid, _) = places(blocks, "PausedSet")[0], places(blocks, "Paid")[0]
        decided = entry_of(blocks, at).events[: 1 if hidden else 2]
        events = (*decided, *entry_of(blocks, paid).events)
        return with_entry(blocks, at, call=b"", events=events)

    found = findings(telling(paused_and_paid))
    assert any("regeling 1 stond stil" in each for each in found)
    found = findings(telling(partial(paused_and_paid, hidden=True)))
    assert any("het besluit ervoor had geen gevolg" in each for each in found)


def test_an_event_that_the_contract_does_not_know_is_found(telling: Tell) -> None:
    def strange(blocks: Blocks) -> Blocks:
        at, _ = places(blocks, "Paid")[0]
        events = (*entry_of(blocks, at).events, Event("EIP712DomainChanged", {}))
        return with_entry(blocks, at, events=events)

    found = findings(telling(strange))
    assert any("deze gebeurtenis kent het contract niet" in each for each in found)


def test_a_ledger_without_a_table_of_categories_gets_a_warning(telling: Tell) -> None:
    views = {("categoriesSha256", None): lambda _: bytes(32)}
    done = audit(telling(no_entry("CategoriesSet"), views))
    warnings = [each for each in done.findings if each.level is Level.WARNING]
    assert any("nog geen tabel" in each.difference for each in warnings)
