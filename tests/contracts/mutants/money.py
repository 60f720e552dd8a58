"""Mutants of schemes, budgets and payouts."""

from tests.contracts.mutants.mutant import Mutant
from tests.contracts.scenarios import money as rules

REOPENED = """if (current.closed) revert SchemeAlreadyClosed(scheme);
        _setRules(current, opens, closes, permitted, excluded);"""
TOO_LOW = "funded < int256(uint256(current.issued))"
SUM = "current.issued + count * value"
CUT, SETTLED = "if (amount > most) amount = most;", "amount < -shop.settled"

MUTANTS = (
    Mutant("opened again", "schemes[scheme].closes != 0", "false", rules.a_scheme_is_opened_once),
    Mutant(
        "money for no scheme",
        "scheme.closes == 0",
        "false",
        rules.an_unknown_scheme_gets_no_money,
    ),
    Mutant(
        "coupon of nobody",
        "if (coupon == address(0)) revert CallInvalid();",
        "",
        rules.nobody_holds_the_coupon_of_no_address,
    ),
    Mutant(
        "payout to nobody",
        "if (!shop.known) revert ShopUnknown(paidShops[i]);",
        "",
        rules.a_payout_goes_to_a_known_shop,
    ),
    Mutant(
        "closes before it opens",
        "opens >= closes",
        "opens > closes",
        rules.a_scheme_opens_before_it_closes,
    ),
    Mutant("scheme zero", "scheme == 0", "false", rules.ids_start_at_one),
    Mutant(
        "shop zero",
        "shop == 0 || owner == address(0)",
        "owner == address(0)",
        rules.ids_start_at_one,
    ),
    Mutant(
        "reopened", REOPENED, REOPENED.split(";\n")[1].strip(), rules.a_closed_scheme_stays_closed
    ),
    Mutant("closed for a while", "current.closed = true;", "", rules.a_closed_scheme_stays_closed),
    Mutant(
        "closing waits",
        "block.timestamp < current.closes",
        "false",
        rules.a_scheme_that_is_closed_pays_nothing_from_then_on,
    ),
    Mutant(
        "closing lengthens",
        "block.timestamp < current.closes",
        "true",
        rules.closing_does_not_lengthen_a_scheme,
    ),
    Mutant("funds taken back", TOO_LOW, "funded < 0", rules.funds_never_go_below_what_is_issued),
    Mutant(
        "funds not all free",
        TOO_LOW,
        "funded <= int256(uint256(current.issued))",
        rules.funds_never_go_below_what_is_issued,
    ),
    Mutant(
        "issued without funds",
        "issued > current.funded",
        "false",
        rules.no_more_is_issued_than_is_funded,
    ),
    Mutant(
        "one of many counted", SUM, "current.issued + value", rules.no_more_is_issued_than_is_funded
    ),
    Mutant("issued anew", SUM, "count * value", rules.no_more_is_issued_than_is_funded),
    Mutant("issued again", "coupons[coupon].scheme != 0", "false", rules.a_coupon_is_issued_once),
    Mutant(
        "any number of coupons",
        "value == 0 || count == 0 || count > MAX_ISSUE",
        "value == 0 || count == 0",
        rules.an_issue_has_between_one_and_five_hundred_coupons,
    ),
    Mutant("payout too high", CUT, "", rules.a_payout_settles_of_a_line_what_is_owed_at_most),
    Mutant(
        "all or nothing",
        CUT,
        "if (amount > most) amount = 0;",
        rules.a_payout_does_not_fail_for_one_line,
    ),
    Mutant(
        "always all of it",
        CUT,
        "if (amount > 0) amount = most;",
        rules.a_payout_settles_of_a_line_what_is_owed_at_most,
    ),
    Mutant(
        "debt is settled",
        "shop.owed > 0 ? shop.owed : int64(0)",
        "shop.owed",
        rules.a_shop_that_owes_is_paid_nothing,
    ),
    Mutant(
        "told as asked",
        "settled[i] = amount;",
        "settled[i] = amounts[i];",
        rules.the_event_tells_what_was_settled_of_each_line,
    ),
    Mutant(
        "nothing is a line",
        "if (amount == 0) revert AmountZero();",
        "",
        rules.a_line_of_nothing_is_refused,
    ),
    Mutant(
        "any number of lines",
        "count == 0 || count > MAX_LINES || count != amounts.length",
        "count != amounts.length",
        rules.a_payout_has_between_one_and_five_hundred_lines,
    ),
    Mutant("return too high", SETTLED, "false", rules.a_return_is_at_most_what_was_settled),
    Mutant("paid out twice", "batches[batch] != 0", "false", rules.a_batch_is_recorded_once),
    Mutant(
        "batch not noted", "batches[batch] = sha256OfLines;", "", rules.a_batch_is_recorded_once
    ),
    Mutant(
        "owed stays", "shop.owed -= amount;", "", rules.two_parts_of_a_batch_for_one_shop_add_up
    ),
    Mutant(
        "settled shrinks",
        "shop.settled += amount;",
        "shop.settled -= amount;",
        rules.a_payout_settles_of_a_line_what_is_owed_at_most,
    ),
)
