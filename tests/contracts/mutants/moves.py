"""Mutants of tills and moves."""

from tests.contracts.mutants.mutant import Mutant
from tests.contracts.scenarios import moves as rules

TILL_CHANGE = 'keccak256("TillChange(uint32 shop,address till,bool active,uint40 nonce)")'
MOVE = 'keccak256("Move(uint16 scheme,uint40 nonce,address[] from,address[] to)")'
OTHERS = "current != 0 && current != change.shop"
UNKNOWN = "current == 0 && !change.active"
NEWER = "_requireNewer(change.nonce, shop.tillNonce);"
ORIGIN = "Coupon({scheme: message.scheme, remaining: 0, lastNonce: message.nonce, moved: true})"
TARGET = "Coupon({scheme: message.scheme, remaining: amounts[i], lastNonce: 0, moved: false})"
OTHER = "if (coupon.scheme != message.scheme) revert CouponUnknown(message.scheme, from);"
USED = "message.nonce <= coupon.lastNonce"
TO_SIGNS = "Signatures.verify(digest, signatures[next++], message.to[i]);"

MUTANTS = (
    Mutant(
        "till change type",
        TILL_CHANGE,
        TILL_CHANGE.replace("bool", "uint8"),
        rules.a_till_change_is_made_once,
    ),
    Mutant(
        "move type", MOVE, MOVE.replace("from,", "origin,"), rules.a_move_carries_over_what_is_left
    ),
    Mutant(
        "anyone owns",
        "Signatures.verify(digest, ownerSignature, shop.owner);",
        "",
        rules.only_the_owner_changes_tills,
    ),
    Mutant(
        "owner for ever",
        "current.owner = owner;",
        "if (current.owner == address(0)) current.owner = owner;",
        rules.a_new_owner_takes_the_place_of_the_old_one,
    ),
    Mutant(
        "till not asked",
        "if (change.active) Signatures.verify(digest, tillSignature, change.till);",
        "",
        rules.a_till_agrees_to_become_one,
    ),
    Mutant("till changes shop", OTHERS, "false", rules.a_till_belongs_to_one_shop_for_ever),
    Mutant("block the unknown", UNKNOWN, "false", rules.a_key_that_is_no_till_cannot_be_blocked),
    Mutant(
        "change made again",
        NEWER,
        "_requireNotFarAhead(change.nonce);",
        rules.a_till_change_is_made_once,
    ),
    Mutant(
        "change far ahead",
        NEWER,
        "if (change.nonce <= shop.tillNonce) revert NonceTooOld(change.nonce, shop.tillNonce);",
        rules.a_till_change_is_not_more_than_a_day_ahead,
    ),
    Mutant(
        "change not noted", "shop.tillNonce = change.nonce;", "", rules.a_till_change_is_made_once
    ),
    Mutant(
        "same nonce again",
        "if (nonce <= last) revert NonceTooOld(nonce, last);",
        "if (nonce < last) revert NonceTooOld(nonce, last);",
        rules.a_till_change_repeated_at_once_is_refused,
    ),
    Mutant(
        "move far ahead",
        "_requireNotFarAhead(message.nonce);",
        "",
        rules.a_move_is_not_more_than_a_day_ahead,
    ),
    Mutant(
        "other scheme",
        OTHER,
        "",
        rules.a_move_takes_coupons_of_its_own_scheme_only,
    ),
    Mutant(
        "moves again", "if (coupon.moved) revert CouponMoved(from);", "", rules.a_coupon_moves_once
    ),
    Mutant(
        "used nonce",
        USED,
        "message.nonce < coupon.lastNonce",
        rules.a_move_uses_up_a_nonce_like_a_code,
    ),
    Mutant(
        "to an old coupon",
        "coupons[to].scheme != 0",
        "false",
        rules.a_move_goes_to_new_addresses_only,
    ),
    Mutant(
        "money stays too",
        ORIGIN,
        ORIGIN.replace("remaining: 0", "remaining: amounts[i]"),
        rules.a_move_carries_over_what_is_left,
    ),
    Mutant(
        "move's nonce not kept",
        ORIGIN,
        ORIGIN.replace("message.nonce", "coupon.lastNonce"),
        rules.a_moved_coupon_remembers_the_nonce_of_its_move,
    ),
    Mutant(
        "not marked as moved", ORIGIN, ORIGIN.replace("true", "false"), rules.a_coupon_moves_once
    ),
    Mutant(
        "money doubles",
        TARGET,
        TARGET.replace("amounts", "2 * amounts"),
        rules.a_move_carries_over_what_is_left,
    ),
    Mutant(
        "money is lost",
        TARGET,
        TARGET.replace("amounts[i]", "0"),
        rules.a_move_carries_over_what_is_left,
    ),
    Mutant("target not known", "movedTo[origin] = to;", "", rules.a_move_carries_over_what_is_left),
    Mutant(
        "one move kept",
        "movedTo[origin] = to;",
        "movedTo[message.from[i]] = to;",
        rules.the_ledger_keeps_from_where_to_where_the_money_of_an_issued_coupon_went,
    ),
    Mutant(
        "given back stays there",
        "movedTo[origin] = to;",
        "if (to != address(0)) movedTo[origin] = to;",
        rules.the_ledger_keeps_from_where_to_where_the_money_of_an_issued_coupon_went,
    ),
    Mutant(
        "origin not kept",
        "origins[to] = origin;",
        "origins[to] = message.from[i];",
        rules.the_ledger_keeps_from_where_to_where_the_money_of_an_issued_coupon_went,
    ),
    Mutant(
        "taken after it is made",
        OTHER,
        f"bool made = message.to[0] == from || message.to[count - 1] == from; if (!made) {OTHER}",
        rules.what_a_move_makes_is_not_moved_by_it,
    ),
    Mutant(
        "any number moves",
        "count == 0 || count > MAX_MOVE || count != message.to.length",
        "count == 0 || count != message.to.length",
        rules.a_move_takes_thirty_two_coupons_at_most,
    ),
    Mutant(
        "returned stays issued",
        "scheme.issued -= amounts[i];",
        "",
        rules.what_is_given_back_is_no_longer_issued,
    ),
    Mutant(
        "from does not sign",
        "Signatures.verify(digest, signatures[i], message.from[i]);",
        "",
        rules.every_coupon_signs_its_move,
    ),
    Mutant("to does not sign", TO_SIGNS, "next++;", rules.every_coupon_signs_its_move),
    Mutant(
        "signatures too many",
        "if (next != signatures.length) revert BundleInvalid(count, signatures.length);",
        "",
        rules.a_move_has_one_signature_for_each_address,
    ),
)
