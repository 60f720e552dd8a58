"""Mutants of decisions."""

from tests.contracts.mutants.mutant import Mutant
from tests.contracts.scenarios import officials as rules

DECISION = 'keccak256("Decision(bytes call,uint40 validUntil,uint40 nonce)")'
NEEDED = "_stops(decision.call) ? 1 : 2"
ASCENDING = "signer <= previous"
APPROVER = "officials[signer] & capacity == 0"
CANCELLER = "officials[signer] & _capacity(decision.call) == 0"
LATE = "block.timestamp > decision.validUntil"
LONG = "decision.validUntil > block.timestamp + DECISION_AHEAD"
SUBJECT = "keccak256(decision.call[:36])"
AGAIN = "if (nonce <= last) revert NonceTooOld(nonce, last);"
NEWER = "_requireNewer(decision.nonce, decisionNonces[subject]);"
NOT_NEWER = "NonceTooOld(decision.nonce, decisionNonces[subject])"
STOPPING = "(selector == this.setPaused.selector || selector == this.setSuspended.selector)"
PAUSING = "(selector == this.setPaused.selector)"
PAUSE = "uint256(bytes32(call[36:])) == 1"
NEEDS = "capacity == OFFICIALS ? 3 : 2"
THREE = rules.three_keep_the_officials_and_two_every_other_capacity

MUTANTS = (
    Mutant(
        "decision type",
        DECISION,
        DECISION.replace("call", "data"),
        rules.a_decision_is_executed_once,
    ),
    Mutant("one decides", NEEDED, "1", rules.two_officials_decide),
    Mutant("two pause", NEEDED, "2", rules.one_official_pauses_and_two_resume),
    Mutant("one resumes", PAUSE, "true", rules.one_official_pauses_and_two_resume),
    Mutant("two suspend", STOPPING, PAUSING, rules.one_official_suspends_and_two_lift_it),
    Mutant("one lifts it", PAUSE, "true", rules.one_official_suspends_and_two_lift_it),
    Mutant(
        "one decides on a shop",
        STOPPING,
        STOPPING.replace("setSuspended", "setShop"),
        rules.one_official_suspends_and_two_lift_it,
    ),
    Mutant(
        "suspended is ended",
        "shops[shop].suspended = suspended;",
        "shops[shop].suspended = suspended; shops[shop].admitted = !suspended;",
        rules.a_suspension_and_an_admission_leave_each_other_alone,
    ),
    Mutant(
        "admitted is lifted",
        "current.admitted = admitted;",
        "current.admitted = admitted; current.suspended = !admitted;",
        rules.a_suspension_and_an_admission_leave_each_other_alone,
    ),
    Mutant(
        "nobody suspended",
        "if (!shops[shop].known) revert ShopUnknown(shop);",
        "",
        rules.nobody_suspends_a_shop_that_is_not_there,
    ),
    Mutant(
        "suspended by rules",
        "selector == this.setShop.selector || selector == this.setSuspended.selector",
        "selector == this.setShop.selector",
        rules.set_suspended_asks_for_shops,
    ),
    Mutant(
        "any capacity",
        "capacities >= REGISTER << 1",
        "false",
        rules.nobody_holds_a_capacity_that_does_not_exist,
    ),
    Mutant(
        "any beginning",
        "{\n            _requireHolders(capacity);\n        }",
        "{}",
        rules.a_ledger_does_not_begin_with_too_few_officials,
    ),
    Mutant("counts twice", ASCENDING, "signer < previous", rules.nobody_approves_twice),
    Mutant("anyone approves", APPROVER, "false", rules.only_officials_approve),
    Mutant("any official approves", APPROVER, "officials[signer] == 0", rules.fund_asks_for_budget),
    Mutant(
        "any official pauses",
        APPROVER,
        "officials[signer] == 0",
        rules.nobody_pauses_alone_without_the_capacity,
    ),
    Mutant("shops by rules", "return SHOPS;", "return RULES;", rules.set_shop_asks_for_shops),
    Mutant("fund by issue", "return BUDGET;", "return ISSUE;", rules.fund_asks_for_budget),
    Mutant("issue by budget", "return ISSUE;", "return BUDGET;", rules.issue_asks_for_issue),
    Mutant("settle by budget", "return PAYOUT;", "return BUDGET;", rules.settle_asks_for_payout),
    Mutant(
        "officials by rules",
        "return OFFICIALS;",
        "return RULES;",
        rules.set_official_asks_for_officials,
    ),
    Mutant("rules by shops", "return RULES;", "return SHOPS;", rules.set_rules_asks_for_rules),
    Mutant(
        "anything governed",
        "revert FunctionNotGoverned(selector);",
        "return RULES;",
        rules.what_is_not_governed_cannot_be_decided,
    ),
    Mutant(
        "anyone calls",
        "msg.sender != address(this)",
        "false",
        rules.nobody_calls_a_governed_function,
    ),
    Mutant(
        "executed again",
        "decisionNonces[subject] = decision.nonce;",
        "",
        rules.a_decision_is_executed_once,
    ),
    Mutant(
        "executed again at once", AGAIN, AGAIN.replace("<=", "<"), rules.a_decision_is_executed_once
    ),
    Mutant(
        "held back",
        NEWER,
        "_requireNotFarAhead(decision.nonce);",
        rules.a_decision_held_back_is_dead_after_a_newer_one,
    ),
    Mutant(
        "decided far ahead",
        NEWER,
        f"if (decision.nonce <= decisionNonces[subject]) revert {NOT_NEWER};",
        rules.a_decision_is_not_more_than_a_day_ahead,
    ),
    Mutant(
        "one subject per function",
        SUBJECT,
        "keccak256(decision.call[:4])",
        rules.a_decision_on_another_subject_stays_alive,
    ),
    Mutant("never too late", LATE, "false", rules.a_decision_lasts_until_its_last_second),
    Mutant(
        "too late early",
        LATE,
        "block.timestamp >= decision.validUntil",
        rules.a_decision_lasts_until_its_last_second,
    ),
    Mutant("any validity", LONG, "false", rules.a_decision_lasts_fourteen_days_at_most),
    Mutant(
        "cancelled is ignored",
        "if (cancelled[id]) revert DecisionAlreadyCancelled(id);",
        "",
        rules.one_holder_ends_a_decision_for_good,
    ),
    Mutant(
        "cancel not noted", "cancelled[id] = true;", "", rules.one_holder_ends_a_decision_for_good
    ),
    Mutant("anyone cancels", CANCELLER, "false", rules.only_a_holder_of_the_capacity_cancels),
    Mutant(
        "any official cancels",
        CANCELLER,
        "officials[signer] == 0",
        rules.only_a_holder_of_the_capacity_cancels,
    ),
    Mutant("two officials are enough", NEEDS, "2", THREE),
    Mutant("one holder is enough", NEEDS, "capacity == OFFICIALS ? 3 : 1", THREE),
    Mutant("last holder leaves", "lost & capacity != 0", "false", THREE),
    Mutant("holder not counted off", "holders[capacity]--;", "", THREE),
    Mutant(
        "holder counted again", "holders[capacity]--;", "", rules.a_new_official_counts_as_a_holder
    ),
    Mutant(
        "holder not counted",
        "holders[capacity]++;",
        "holders[capacity] = 3;",
        rules.a_new_official_counts_as_a_holder,
    ),
)
