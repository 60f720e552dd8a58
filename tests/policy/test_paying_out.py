"""Payouts to shops: amounts, dates, and the payment file after two officials have recorded the
payout."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kindpakket.api.schemas import MAX_CALL_BYTES
from kindpakket.domain.ids import ShopId
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.services.base.names import Names
from kindpakket.services.decisions.describe import say_call
from kindpakket.services.decisions.prepare import Prepared
from kindpakket.services.payouts import prepare as pay_out_service
from kindpakket.services.payouts.lists import (
    PayoutRefused,
    PreparedPayout,
    State,
    list_payouts,
    withdraw_payout,
)
from kindpakket.services.payouts.prepare import (
    MOST_SHOPS,
    PreviewLine,
    Verdict,
    prepare_payout,
    preview,
)
from kindpakket.services.payouts.received import list_received
from tests.support.payouts import (
    DAY,
    HOLDERS,
    IBANS,
    Order,
    cancel,
    decide,
    get_file,
    give_account,
    orders,
    told,
)
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, START, Town, till_of

OTHER_LINES = b"\x22" * 32


def sell(town: Town, shop: ShopId, amount: int) -> Any:
    return town.api.pay(till_of(shop), town.code(amount), amount)


def give_back(town: Town, payment: Any, amount: int) -> None:
    town.api.refund(till_of(payment["shop"]), payment["id"], amount, town.now())


def prepare(town: Town, **rules: Any) -> tuple[PreparedPayout, Prepared]:
    rules = {"minimum": 1, "hold_days": 0} | rules
    return prepare_payout(town.workspace.context, **rules)


def pay_out(town: Town, **rules: Any) -> bytes:
    """Prepare, have two officials sign, and get the file."""
    town.clock.time += 1
    made, prepared = prepare(town, **rules)
    decide(town, prepared)
    return get_file(town, made.batch)


def lines(town: Town, **rules: Any) -> dict[int, PreviewLine]:
    rules = {"minimum": 1, "hold_days": 0} | rules
    return {each.shop: each for each in preview(town.workspace.context, **rules)}


def line(town: Town, shop: ShopId, **rules: Any) -> tuple[int, Verdict]:
    found = lines(town, **rules)[shop]
    return found.amount, found.verdict


def states(town: Town) -> list[tuple[int, State]]:
    return [(each.batch, each.state) for each in list_payouts(town.workspace.context)]


def owed(town: Town, shop: ShopId) -> int:
    return int(town.view("shops", shop)["owed"])


def test_a_payout_from_what_is_owed_to_a_file_for_the_bank(paid: Town) -> None:
    made, prepared = prepare(paid)
    assert (made.batch, made.shops, made.amount, made.state) == (1, 2, 42_50, State.WAITS)
    decide(paid, prepared)
    file = get_file(paid, 1)
    assert orders(file) == [
        Order(
            "Caglar + Zn. Fietsen",
            "NL20INGB0001234567",
            "30.00",
            "KP-1-1",
            "Kindpakket uitbetaling 1, winkel 1: Winkel 1",
        ),
        Order(
            "De Kaft B.V.",
            "DE89370400440532013000",
            "12.50",
            "KP-1-4",
            "Kindpakket uitbetaling 1, winkel 4: Winkel 4",
        ),
    ]
    assert told(file, "GrpHdr/CtrlSum") == told(file, "PmtInf/CtrlSum") == "42.50"
    assert told(file, "PmtInf/DbtrAcct/Id/IBAN") == "NL91ABNA0417164300"
    assert told(file, "PmtInf/DbtrAgt/FinInstnId/BICFI") == "ABNANL2A"
    assert (owed(paid, BICYCLES), owed(paid, BOOKS)) == (0, 0)
    assert states(paid) == [(1, State.RECORDED)]
    assert lines(paid) == {}


def test_the_file_is_the_same_bytes_each_time(paid: Town) -> None:
    file = pay_out(paid)
    paid.clock.time += 400 * DAY
    assert get_file(paid, 1) == file


def test_the_bank_is_asked_for_its_first_day_after_today(paid: Town) -> None:
    assert START == 1_800_000_000  # Friday 15 January 2027
    assert told(pay_out(paid), "PmtInf/ReqdExctnDt/Dt") == "2027-01-18"


def test_no_file_goes_out_before_two_officials_decided(paid: Town) -> None:
    _, prepared = prepare(paid)
    with pytest.raises(PayoutRefused, match="staat nog niet in het grootboek"):
        get_file(paid, 1)
    with pytest.raises(Refusal, match="approvals_missing"):
        decide(paid, prepared, EVERYTHING[:1])
    with pytest.raises(PayoutRefused, match="staat nog niet in het grootboek"):
        get_file(paid, 1)
    assert states(paid) == [(1, State.WAITS)]


def test_a_payout_is_overtaken_when_its_batch_was_recorded_with_others(paid: Town) -> None:
    _, prepared = prepare(paid)
    paid.decide("settle", 1, [BICYCLES], [1_00], OTHER_LINES)
    with pytest.raises(PayoutRefused, match="zijn hier niet"):
        get_file(paid, 1)
    assert states(paid) == [(1, State.OVERTAKEN)]
    with pytest.raises(Refusal, match="nonce_too_old"):
        decide(paid, prepared)


def test_a_payout_is_not_made_twice(paid: Town) -> None:
    pay_out(paid)
    with pytest.raises(PayoutRefused, match="niets uit te betalen"):
        prepare(paid)
    sell(paid, BICYCLES, 7_00)
    with pytest.raises(PayoutRefused, match="Uitbetaling 1 is al gemaakt"):
        prepare(paid, batch=1)
    assert [each.amount for each in orders(pay_out(paid))] == ["7.00"]
    assert states(paid) == [(2, State.RECORDED), (1, State.RECORDED)]


def test_a_batch_that_was_recorded_elsewhere_is_not_made_here(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES], [1_00], OTHER_LINES)
    with pytest.raises(PayoutRefused, match="Uitbetaling 1 staat al in het grootboek"):
        prepare(paid, batch=1)
    made, _ = prepare(paid)
    assert (made.batch, made.amount) == (2, 41_50)


def test_a_second_payout_waits_for_the_first(paid: Town) -> None:
    _, prepared = prepare(paid)
    for batch in (None, 1, 2):
        with pytest.raises(PayoutRefused, match="Uitbetaling 1 wacht nog op de ambtenaren"):
            prepare(paid, batch=batch)
    decide(paid, prepared)
    sell(paid, BICYCLES, 7_00)
    assert prepare(paid)[0].batch == 2


def test_of_two_who_prepare_at_once_one_waits(paid: Town) -> None:
    with ThreadPoolExecutor(2) as pool:
        tried = [pool.submit(prepare, paid) for _ in range(2)]
    refused = [each.exception() for each in tried if each.exception()]
    assert [str(each) for each in refused] == ["Uitbetaling 1 wacht nog op de ambtenaren."]
    assert states(paid) == [(1, State.WAITS)]


def test_what_a_batch_cannot_carry_is_in_the_next(
    paid: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay_out_service, "MOST_SHOPS", 1)
    assert [each.reference for each in orders(pay_out(paid))] == ["KP-1-1"]
    assert [each.reference for each in orders(pay_out(paid))] == ["KP-2-4"]
    assert lines(paid) == {}


def test_a_decision_carries_the_largest_batch() -> None:
    call = encode_call("settle", 1, list(range(MOST_SHOPS)), [1] * MOST_SHOPS, OTHER_LINES)
    assert len(call) <= MAX_CALL_BYTES


def test_a_payout_is_withdrawn_once_its_decision_was_cancelled(paid: Town) -> None:
    context = paid.workspace.context
    _, prepared = prepare(paid)
    with pytest.raises(PayoutRefused, match="kan niet worden teruggenomen"):
        withdraw_payout(context, 1)
    cancel(paid, prepared)
    assert states(paid) == [(1, State.CANCELLED)]
    with pytest.raises(PayoutRefused, match="Uitbetaling 1 is al gemaakt"):
        prepare(paid, batch=1)
    withdraw_payout(context, 1)
    paid.clock.time += 1
    assert len(orders(pay_out(paid, batch=1))) == 2
    assert states(paid) == [(1, State.RECORDED), (1, State.WITHDRAWN)]


def test_a_payout_is_withdrawn_once_its_decision_ran_out(paid: Town) -> None:
    _, prepared = prepare(paid)
    paid.clock.time = prepared.message.valid_until
    assert states(paid) == [(1, State.WAITS)]
    paid.clock.time += 1
    assert states(paid) == [(1, State.EXPIRED)]
    with pytest.raises(Refusal, match="decision_expired"):
        decide(paid, prepared)
    withdraw_payout(paid.workspace.context, 1)
    assert prepare(paid)[0].batch == 1


def test_a_recorded_payout_is_not_withdrawn(paid: Town) -> None:
    file = pay_out(paid)
    for batch in (1, 2):
        with pytest.raises(PayoutRefused, match="kan niet worden teruggenomen"):
            withdraw_payout(paid.workspace.context, batch)
    assert get_file(paid, 1) == file


def test_a_refund_between_preparing_and_signing_makes_its_own_line_less(paid: Town) -> None:
    payment = sell(paid, BOOKS, 1_00)
    _, prepared = prepare(paid)
    give_back(paid, payment, 1)
    decide(paid, prepared)
    assert [(each.reference, each.amount) for each in orders(get_file(paid, 1))] == [
        ("KP-1-1", "30.00"),
        ("KP-1-4", "13.49"),
    ]
    assert (owed(paid, BICYCLES), owed(paid, BOOKS)) == (0, 0)
    (listed,) = list_payouts(paid.workspace.context)
    assert (listed.amount, listed.settled) == (43_50, 43_49)


def test_a_line_of_which_nothing_is_left_is_left_out(paid: Town) -> None:
    payment = sell(paid, BOOKS, 1_00)
    pay_out(paid)
    sell(paid, BOOKS, 20_00)
    sell(paid, BICYCLES, 1_00)
    paid.clock.time += 1
    _, prepared = prepare(paid)
    give_back(paid, payment, 1_00)
    paid.decide("settle", 9, [BOOKS], [19_00], OTHER_LINES)
    decide(paid, prepared)
    assert [each.reference for each in orders(get_file(paid, 2))] == ["KP-2-1"]
    assert [each.batch for each in list_received(paid.workspace.context, BOOKS)] == [9, 1]


def test_a_payout_of_which_nothing_is_left_has_no_file(paid: Town) -> None:
    _, prepared = prepare(paid)
    paid.decide("settle", 9, [BICYCLES, BOOKS], [30_00, 12_50], OTHER_LINES)
    decide(paid, prepared)
    with pytest.raises(PayoutRefused, match="Van uitbetaling 1 was niets meer te betalen"):
        get_file(paid, 1)


def test_what_is_below_zero_carries_over_and_the_next_payout_nets_it(paid: Town) -> None:
    payment = sell(paid, BICYCLES, 10_00)
    pay_out(paid)
    give_back(paid, payment, 4_00)
    assert line(paid, BICYCLES) == (0, Verdict.BELOW_ZERO)
    sell(paid, BOOKS, 1_00)
    assert [each.reference for each in orders(pay_out(paid))] == ["KP-2-4"]
    sell(paid, BICYCLES, 9_50)
    (order,) = orders(pay_out(paid))
    assert (order.reference, order.amount) == ("KP-3-1", "5.50")
    assert owed(paid, BICYCLES) == 0


def test_a_shop_that_is_exactly_at_zero_is_in_no_payout(paid: Town) -> None:
    payment = sell(paid, BICYCLES, 10_00)
    pay_out(paid)
    give_back(paid, payment, 4_00)
    sell(paid, BICYCLES, 4_00)
    assert lines(paid) == {}


@pytest.mark.parametrize(
    ("minimum", "amount", "verdict"),
    [
        (29_99, 30_00, Verdict.PAID),
        (30_00, 30_00, Verdict.PAID),
        (30_01, 0, Verdict.BELOW_MINIMUM),
    ],
)
def test_a_shop_gets_the_minimum_or_nothing(
    paid: Town, minimum: int, amount: int, verdict: Verdict
) -> None:
    assert line(paid, BICYCLES, minimum=minimum) == (amount, verdict)


def test_what_is_below_the_minimum_is_paid_with_what_comes_later(paid: Town) -> None:
    pay_out(paid, minimum=15_00)
    assert owed(paid, BOOKS) == 12_50
    sell(paid, BOOKS, 2_50)
    (order,) = orders(pay_out(paid, minimum=15_00))
    assert (order.reference, order.amount) == ("KP-2-4", "15.00")


def test_a_payment_counts_from_the_second_that_it_is_old_enough(paid: Town) -> None:
    sell(paid, BICYCLES, 5_00)
    sold = paid.now()
    paid.clock.time = sold + 7 * DAY - 1
    assert line(paid, BICYCLES, hold_days=7) == (30_00, Verdict.PAID)
    assert lines(paid, hold_days=7)[BICYCLES].held == 5_00
    paid.clock.time = sold + 7 * DAY
    assert line(paid, BICYCLES, hold_days=7) == (35_00, Verdict.PAID)


def test_a_shop_with_young_payments_only_waits(paid: Town) -> None:
    assert line(paid, BOOKS, hold_days=1) == (0, Verdict.ON_HOLD)


def test_the_refund_of_a_young_payment_makes_less_to_hold(paid: Town) -> None:
    paid.clock.time += 8 * DAY
    payment = sell(paid, BICYCLES, 50_00)
    give_back(paid, payment, 50_00)
    assert line(paid, BICYCLES, hold_days=7) == (30_00, Verdict.PAID)


def test_the_refund_of_an_old_payment_makes_less_to_pay(paid: Town) -> None:
    payment = sell(paid, BICYCLES, 8_00)
    paid.clock.time += 8 * DAY
    sell(paid, BICYCLES, 40_00)
    give_back(paid, payment, 6_00)
    assert owed(paid, BICYCLES) == 72_00
    assert line(paid, BICYCLES, hold_days=7) == (32_00, Verdict.PAID)


def test_a_young_payment_does_not_pay_for_a_debt_before_its_time(paid: Town) -> None:
    payment = sell(paid, BICYCLES, 8_00)
    pay_out(paid)
    give_back(paid, payment, 8_00)
    paid.clock.time += 8 * DAY
    sell(paid, BICYCLES, 20_00)
    assert owed(paid, BICYCLES) == 12_00
    assert line(paid, BICYCLES, hold_days=7) == (0, Verdict.ON_HOLD)
    paid.clock.time += 7 * DAY
    assert line(paid, BICYCLES, hold_days=7) == (12_00, Verdict.PAID)


def test_a_shop_without_an_account_is_left_out_and_listed(town: Town) -> None:
    sell(town, BICYCLES, 30_00)
    sell(town, BOOKS, 12_50)
    assert line(town, BICYCLES) == (0, Verdict.NO_ACCOUNT)
    with pytest.raises(PayoutRefused, match="niets uit te betalen"):
        prepare(town)
    give_account(town, BOOKS, IBANS[BOOKS], HOLDERS[BOOKS])
    assert [each.reference for each in orders(pay_out(town))] == ["KP-1-4"]
    assert owed(town, BICYCLES) == 30_00


def test_what_the_bank_returned_is_in_the_next_payout(paid: Town) -> None:
    pay_out(paid)
    paid.decide("settle", 2, [BICYCLES], [-30_00], OTHER_LINES)
    (order,) = orders(pay_out(paid))
    assert (order.reference, order.amount) == ("KP-3-1", "30.00")


def test_an_account_that_changes_is_for_the_next_payout(paid: Town) -> None:
    made, prepared = prepare(paid)
    give_account(paid, BICYCLES, "BE68 5390 0754 7034", HOLDERS[BICYCLES])
    decide(paid, prepared)
    assert orders(get_file(paid, made.batch))[0].iban == ("NL20INGB0001234567")
    sell(paid, BICYCLES, 1_00)
    assert orders(pay_out(paid))[0].iban == "BE68539007547034"


def test_officials_read_the_number_the_shops_the_total_and_the_hash(paid: Town) -> None:
    made, prepared = prepare(paid)
    assert say_call(Names({}, {}, {}), prepared.message.call) == (
        "Uitbetaling 1 wordt vastgelegd, aan 2 winkels, samen hoogstens € 42,50: "
        f"winkel 1 € 30,00; winkel 4 € 12,50. Controlegetal van de regels: {made.sha256}."
    )


def test_a_shop_sees_its_payout_with_the_number_on_its_statement(paid: Town) -> None:
    pay_out(paid)
    (payout,) = list_received(paid.workspace.context, BOOKS)
    assert (payout.batch, payout.amount, payout.returned_from) == (1, 12_50, None)
    assert payout.sha256 == "0x" + paid.view("batches", 1).hex()
