"""Mutants of refunds."""

from tests.contracts.mutants.mutant import Mutant
from tests.contracts.scenarios import refunds as rules

REFUND = (
    'keccak256("Refund(bytes32 payment,uint32 shop,uint32 amount,uint40 validUntil,'
    'uint64 reference)")'
)
OWN = "payment.amount == 0 || payment.shop != message.shop"
OWED = "shops[message.shop].owed -= int64(uint64(message.amount));"
RETURNED = "coupons[coupon].remaining += message.amount;"

MUTANTS = (
    Mutant(
        "refund type",
        REFUND,
        REFUND.replace("uint40", "uint48"),
        rules.a_refund_is_recorded_as_it_was_made,
    ),
    Mutant(
        "nothing comes back", "message.amount == 0", "false", rules.a_refund_of_nothing_is_refused
    ),
    Mutant(
        "any shop's payment",
        OWN,
        "payment.amount == 0",
        rules.only_the_shop_that_was_paid_gives_back,
    ),
    Mutant(
        "any shop's till",
        "tills[till].shop != message.shop",
        "false",
        rules.only_a_till_of_the_shop_gives_back,
    ),
    Mutant("blocked till", "!tills[till].active", "false", rules.a_blocked_till_gives_nothing_back),
    Mutant(
        "sent again",
        "if (refunds[id]) revert AlreadyRefunded(id);",
        "",
        rules.a_refund_sent_again_gives_nothing_more,
    ),
    Mutant("not noted", "refunds[id] = true;", "", rules.a_refund_sent_again_gives_nothing_more),
    Mutant(
        "payer is not first",
        "Payment({coupon: spend.coupons[0], shop: claim.shop, amount: amount, refunded: 0})",
        "Payment({coupon: spend.coupons[spend.coupons.length - 1], shop: claim.shop,"
        " amount: amount, refunded: 0})",
        rules.a_refund_goes_to_the_first_coupon,
    ),
    Mutant(
        "paused with payments",
        "refunds[id] = true;",
        "if (schemes[coupons[payment.coupon].scheme].paused) revert SchemePaused(0);"
        " refunds[id] = true;",
        rules.a_pause_does_not_stop_refunds,
    ),
    Mutant(
        "refund never too late",
        "block.timestamp > message.validUntil",
        "false",
        rules.a_refund_is_made_until_its_last_second,
    ),
    Mutant(
        "refund too late early",
        "block.timestamp > message.validUntil",
        "block.timestamp >= message.validUntil",
        rules.a_refund_is_made_until_its_last_second,
    ),
    Mutant(
        "whole payment each time",
        "payment.amount - payment.refunded",
        "payment.amount",
        rules.refunds_never_exceed_the_payment,
    ),
    Mutant(
        "too high", "message.amount > refundable", "false", rules.refunds_never_exceed_the_payment
    ),
    Mutant(
        "never whole",
        "message.amount > refundable",
        "message.amount >= refundable",
        rules.refunds_never_exceed_the_payment,
    ),
    Mutant(
        "sum not kept",
        "payment.refunded += message.amount;",
        "",
        rules.refunds_never_exceed_the_payment,
    ),
    Mutant(
        "sum overwritten",
        "payment.refunded += message.amount;",
        "payment.refunded = message.amount;",
        rules.refunds_never_exceed_the_payment,
    ),
    Mutant("shop keeps it", OWED, "", rules.a_refund_is_recorded_as_it_was_made),
    Mutant(
        "shop gets it",
        OWED,
        OWED.replace("-=", "+="),
        rules.a_refund_after_a_payout_leaves_the_shop_in_debt,
    ),
    Mutant(
        "scheme counts twice",
        "scheme.refunded += message.amount;",
        "scheme.refunded += 2 * message.amount;",
        rules.a_refund_is_recorded_as_it_was_made,
    ),
    Mutant(
        "move not followed",
        "coupons[coupon].moved",
        "false",
        rules.a_refund_follows_its_coupon_wherever_it_was_moved,
    ),
    Mutant(
        "only issued coupons followed",
        "coupons[coupon].moved",
        "coupons[coupon].moved && origins[coupon] == address(0)",
        rules.a_refund_of_what_a_moved_coupon_paid_follows_it_too,
    ),
    Mutant(
        "its own way only",
        "movedTo[_origin(coupon)]",
        "movedTo[coupon]",
        rules.a_refund_of_what_a_moved_coupon_paid_follows_it_too,
    ),
    Mutant(
        "given back is where it was",
        "movedTo[_origin(coupon)]",
        "movedTo[_origin(coupon)] == address(0) ? coupon : movedTo[_origin(coupon)]",
        rules.a_refund_to_a_coupon_that_moved_and_was_given_back_lowers_what_is_issued,
    ),
    Mutant(
        "given back stays issued",
        "scheme.issued -= message.amount;",
        "",
        rules.a_refund_to_a_coupon_that_was_given_back_lowers_what_is_issued,
    ),
    Mutant("nobody gets it", RETURNED, "", rules.a_refund_is_recorded_as_it_was_made),
    Mutant(
        "remaining overwritten",
        RETURNED,
        RETURNED.replace("+=", "="),
        rules.a_refund_is_recorded_as_it_was_made,
    ),
)
