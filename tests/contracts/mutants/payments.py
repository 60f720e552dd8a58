"""Mutants of payments."""

from tests.contracts.mutants.mutant import Mutant
from tests.contracts.scenarios import payments as rules

PAYMENT = "Payment({coupon: spend.coupons[0], shop: claim.shop, amount: amount, refunded: 0})"
DEBITED = (
    "Coupon({scheme: spend.scheme, remaining: remaining - debit, lastNonce: spend.nonce,"
    " moved: moved})"
)
DEBIT = "remaining < open ? remaining : open"
BOUND = "spend.shop != 0 && spend.shop != claim.shop"
ABOVE = "claim.amount > spend.maxAmount && !claim.rest"
SIGNED = "Signatures.verify(digest, signatures[i], spend.coupons[i]);"
TOLD = (
    "emit Paid(payment, claim.shop, spend.scheme, till, amount, spend.nonce, spend.coupons,"
    " debits);"
)
SPEND = (
    'keccak256(\n        "Spend(uint16 scheme,uint32 shop,uint32 maxAmount,'
    'uint40 validUntil,uint40 nonce,address[] coupons)"\n    )'
)
CLAIM = 'keccak256("Claim(bytes32 spend,uint32 shop,uint32 amount,bool rest,uint64 reference)")'

MUTANTS = (
    Mutant("spend type", SPEND, SPEND.replace("maxAmount", "amount"), rules.a_code_is_paid_once),
    Mutant(
        "claim type", CLAIM, CLAIM.replace("reference)", "reference_)"), rules.a_code_is_paid_once
    ),
    Mutant("amount zero", "claim.amount == 0", "false", rules.a_payment_of_nothing_is_refused),
    Mutant(
        "shop unknown",
        "if (!shop.known) revert ShopUnknown(claim.shop);",
        "",
        rules.an_unknown_shop_is_refused,
    ),
    Mutant(
        "any till", "known.shop != claim.shop", "false", rules.a_till_claims_for_its_own_shop_only
    ),
    Mutant(
        "paid again",
        "payments[payment].amount != 0",
        "false",
        rules.a_claim_made_again_is_already_paid,
    ),
    Mutant("scheme unknown", "scheme.closes == 0", "false", rules.an_unknown_scheme_is_refused),
    Mutant("pause ignored", "scheme.paused", "false", rules.a_paused_scheme_pays_nothing),
    Mutant(
        "opens early",
        "block.timestamp < opens",
        "false",
        rules.nothing_is_paid_before_the_scheme_opens,
    ),
    Mutant(
        "opens late",
        "block.timestamp < opens",
        "block.timestamp <= opens",
        rules.nothing_is_paid_before_the_scheme_opens,
    ),
    Mutant(
        "never closes",
        "block.timestamp >= closes",
        "false",
        rules.nothing_is_paid_from_the_second_at_which_the_scheme_closes,
    ),
    Mutant(
        "closes a second late",
        "block.timestamp >= closes",
        "block.timestamp > closes",
        rules.nothing_is_paid_from_the_second_at_which_the_scheme_closes,
    ),
    Mutant(
        "admission ignored",
        "!shop.admitted",
        "false",
        rules.a_shop_that_is_not_admitted_is_not_paid,
    ),
    Mutant("suspension ignored", "shop.suspended", "false", rules.a_suspended_shop_is_not_paid),
    Mutant(
        "suspended for ever",
        "shops[shop].suspended = suspended;",
        "shops[shop].suspended = true;",
        rules.a_suspended_shop_is_not_paid,
    ),
    Mutant("block ignored", "!known.active", "false", rules.a_blocked_till_claims_nothing),
    Mutant(
        "permitted ignored",
        "categories & permitted == 0",
        "false",
        rules.a_shop_without_a_permitted_category_is_refused,
    ),
    Mutant(
        "all permitted needed",
        "categories & permitted == 0",
        "categories & ~permitted != 0",
        rules.a_shop_with_one_permitted_category_among_others_is_paid,
    ),
    Mutant(
        "excluded ignored",
        "categories & excluded != 0",
        "false",
        rules.a_shop_with_an_excluded_category_is_refused,
    ),
    Mutant(
        "excluded by all",
        "categories & excluded != 0",
        "categories & ~excluded == 0",
        rules.a_shop_with_an_excluded_category_is_refused,
    ),
    Mutant(
        "categories for ever",
        "current.categories = categories;",
        "if (current.categories == 0) current.categories = categories;",
        rules.new_categories_of_a_shop_hold_at_once,
    ),
    Mutant("bound nowhere", BOUND, "false", rules.a_code_for_one_shop_is_worth_nothing_at_another),
    Mutant(
        "bound to none",
        BOUND,
        "spend.shop != 0",
        rules.a_code_for_one_shop_is_worth_nothing_at_another,
    ),
    Mutant(
        "never expires",
        "block.timestamp > spend.validUntil",
        "false",
        rules.a_code_works_until_its_last_second_and_no_longer,
    ),
    Mutant(
        "expires early",
        "block.timestamp > spend.validUntil",
        "block.timestamp >= spend.validUntil",
        rules.a_code_works_until_its_last_second_and_no_longer,
    ),
    Mutant("no maximum", ABOVE, "false", rules.no_more_than_the_maximum_is_taken),
    Mutant(
        "below maximum",
        ABOVE,
        "claim.amount >= spend.maxAmount && !claim.rest",
        rules.no_more_than_the_maximum_is_taken,
    ),
    Mutant(
        "rest without maximum",
        "rest && amount > spend.maxAmount",
        "false",
        rules.what_is_left_is_at_most_the_maximum,
    ),
    Mutant(
        "rest beyond budget",
        "rest && amount > available",
        "false",
        rules.what_is_left_is_at_most_what_there_is,
    ),
    Mutant(
        "payer is last",
        PAYMENT,
        PAYMENT.replace("[0]", "[spend.coupons.length - 1]"),
        rules.a_payment_is_recorded_as_it_was_made,
    ),
    Mutant(
        "blocked stays active",
        "Till({shop: change.shop, active: change.active})",
        "Till({shop: change.shop, active: true})",
        rules.a_blocked_till_claims_nothing,
    ),
    Mutant(
        "ended stays admitted",
        "current.admitted = admitted;",
        "current.admitted = true;",
        rules.a_shop_that_is_not_admitted_is_not_paid,
    ),
    Mutant(
        "asked is recorded",
        PAYMENT,
        PAYMENT.replace("amount: amount", "amount: claim.amount"),
        rules.the_rest_is_recorded_as_what_was_taken,
    ),
    Mutant(
        "spent twice",
        "scheme.spent += amount;",
        "scheme.spent += 2 * amount;",
        rules.a_payment_is_recorded_as_it_was_made,
    ),
    Mutant(
        "asked is spent",
        "scheme.spent += amount;",
        "scheme.spent += claim.amount;",
        rules.the_rest_is_recorded_as_what_was_taken,
    ),
    Mutant(
        "owed twice",
        "shop.owed += int64(uint64(amount));",
        "shop.owed += 2 * int64(uint64(amount));",
        rules.a_payment_is_recorded_as_it_was_made,
    ),
    Mutant(
        "asked is owed",
        "shop.owed += int64(uint64(amount));",
        "shop.owed += int64(uint64(claim.amount));",
        rules.the_rest_is_recorded_as_what_was_taken,
    ),
    Mutant(
        "asked is told",
        TOLD,
        TOLD.replace("amount", "claim.amount"),
        rules.the_event_tells_what_was_taken_from_each_coupon,
    ),
    Mutant(
        "nothing is told of debits",
        "debits[i] = debit;",
        "debits[i] = 0;",
        rules.the_event_tells_what_was_taken_from_each_coupon,
    ),
    Mutant(
        "any scheme's coupon",
        "coupon.scheme != spend.scheme",
        "false",
        rules.a_coupon_pays_under_its_own_scheme_only,
    ),
    Mutant(
        "nonce for ever",
        "nonce > block.timestamp + NONCE_AHEAD",
        "false",
        rules.a_nonce_may_not_be_more_than_a_day_ahead,
    ),
    Mutant(
        "nonce less than a day",
        "nonce > block.timestamp + NONCE_AHEAD",
        "nonce >= block.timestamp + NONCE_AHEAD",
        rules.a_nonce_may_not_be_more_than_a_day_ahead,
    ),
    Mutant("nonce not looked at", "spend.nonce <= last", "false", rules.a_code_is_paid_once),
    Mutant(
        "nonce may be equal", "spend.nonce <= last", "spend.nonce < last", rules.a_code_is_paid_once
    ),
    Mutant(
        "listed twice",
        "spend.nonce <= last",
        "spend.nonce < last",
        rules.a_coupon_is_in_a_bundle_once,
    ),
    Mutant(
        "nonce not stored",
        DEBITED,
        DEBITED.replace("lastNonce: spend.nonce", "lastNonce: last"),
        rules.a_code_is_paid_once,
    ),
    Mutant(
        "nonce of debited only",
        DEBITED,
        DEBITED.replace("lastNonce: spend.nonce", "lastNonce: debit == 0 ? last : spend.nonce"),
        rules.a_coupon_that_was_listed_has_used_the_code,
    ),
    Mutant(
        "nothing is debited",
        DEBITED,
        DEBITED.replace("remaining - debit", "remaining"),
        rules.a_payment_is_recorded_as_it_was_made,
    ),
    Mutant(
        "all is debited",
        DEBITED,
        DEBITED.replace("remaining - debit", "0"),
        rules.a_payment_is_recorded_as_it_was_made,
    ),
    Mutant(
        "moved is forgotten",
        DEBITED,
        DEBITED.replace("moved: moved", "moved: false"),
        rules.a_moved_coupon_stays_moved_when_a_bundle_lists_it,
    ),
    Mutant(
        "last coupon first",
        DEBIT,
        "available - remaining >= open ? 0 : uint32(open - (available - remaining))",
        rules.coupons_are_debited_in_the_order_listed,
    ),
    Mutant(
        "part is enough",
        "amount == 0 || open != 0",
        "amount == 0",
        rules.nobody_pays_more_than_there_is,
    ),
    Mutant(
        "seven coupons",
        "count > MAX_BUNDLE",
        "count > MAX_BUNDLE + 1",
        rules.a_bundle_holds_six_coupons_at_most,
    ),
    Mutant("another code", "claimed != id", "false", rules.a_claim_names_the_code_that_it_draws_on),
    Mutant("no coupon signs", SIGNED, "", rules.every_coupon_of_a_bundle_signs),
    Mutant(
        "one coupon signs", SIGNED, f"if (i == 0) {SIGNED}", rules.every_coupon_of_a_bundle_signs
    ),
    Mutant(
        "any length",
        "signature.length != 64",
        "signature.length < 64",
        rules.each_signature_is_exactly_64_bytes,
    ),
    Mutant(
        "any signature",
        "failure != ECDSA.RecoverError.NoError",
        "false",
        rules.what_no_key_signed_is_signed_by_nobody,
    ),
)
