"""Mapping of errors of EVM engines to the protocol's refusals."""

import re
from collections.abc import Iterator
from typing import Any

from kindpakket.domain.refusals import Code
from kindpakket.ledger.abi import Revert, decode_revert

CODES: dict[str, Code] = {
    "SignatureInvalid": Code.SIGNATURE_INVALID,
    "BundleInvalid": Code.CODE_UNREADABLE,
    "AmountZero": Code.REQUEST_INVALID,
    "NonceTooFarAhead": Code.NONCE_TOO_FAR_AHEAD,
    "NonceTooOld": Code.NONCE_TOO_OLD,
    "ClaimForOtherSpend": Code.SIGNATURE_INVALID,
    "ShopUnknown": Code.SHOP_NOT_ADMITTED,
    "TillUnknown": Code.TILL_NOT_ACTIVE,
    "SchemeUnknown": Code.SCHEME_UNKNOWN,
    "SchemePaused": Code.SCHEME_PAUSED,
    "SchemeNotOpen": Code.SCHEME_NOT_OPEN,
    "ShopNotAdmitted": Code.SHOP_NOT_ADMITTED,
    "TillNotActive": Code.TILL_NOT_ACTIVE,
    "CategoryNotPermitted": Code.CATEGORY_NOT_PERMITTED,
    "CodeForOtherShop": Code.CODE_FOR_OTHER_SHOP,
    "CodeExpired": Code.CODE_EXPIRED,
    "AmountAboveMaximum": Code.AMOUNT_ABOVE_MAXIMUM,
    "CouponUnknown": Code.COUPON_UNKNOWN,
    "CodeAlreadyUsed": Code.CODE_ALREADY_USED,
    "BudgetTooLow": Code.BUDGET_TOO_LOW,
    "PaymentUnknown": Code.PAYMENT_UNKNOWN,
    "RefundTooHigh": Code.REFUND_TOO_HIGH,
    "TillOfOtherShop": Code.TILL_OF_OTHER_SHOP,
    "CouponMoved": Code.COUPON_MOVED,
    "CouponExists": Code.COUPON_EXISTS,
    "NotAuthorised": Code.NOT_AUTHORISED,
    "FunctionNotGoverned": Code.NOT_AUTHORISED,
    "ApprovalsMissing": Code.APPROVALS_MISSING,
    "ApprovalsNotAscending": Code.APPROVALS_MISSING,
    "DecisionExpired": Code.DECISION_EXPIRED,
    "DecisionTooLong": Code.DECISION_EXPIRED,
    "DecisionAlreadyCancelled": Code.DECISION_CANCELLED,
    "CallInvalid": Code.CALL_INVALID,
    "SchemeExists": Code.SCHEME_EXISTS,
    "SchemeAlreadyClosed": Code.SCHEME_NOT_OPEN,
    "FundsTooLow": Code.FUNDS_TOO_LOW,
    "BatchExists": Code.BATCH_EXISTS,
    "SettlementTooHigh": Code.SETTLEMENT_TOO_HIGH,
    "HoldersTooFew": Code.HOLDERS_TOO_FEW,
    # Not refusals: acts are idempotent, and a repeated message is answered with the act itself.
    "AlreadyPaid": Code.CODE_ALREADY_USED,
    "AlreadyRefunded": Code.REFUND_TOO_HIGH,
    # OpenZeppelin's error for a revert without data: the arguments of a governed call are invalid.
    "FailedCall": Code.CALL_INVALID,
    "": Code.CALL_INVALID,
    # The engine's error when the gas limit is exceeded. The limit is fixed: a retry cannot succeed.
    "OutOfGas": Code.CALL_INVALID,
}
"""Refusal codes by custom error of the contract."""

_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2}){4,}")

_WITHOUT_DATA = {
    "OutOfGas": re.compile("(?i)out ?of ?gas|(intrinsic|insufficient) gas|gas cannot be negative"),
    "": re.compile("revert"),
}
"""Substrings of engines' messages for running out of gas, and for a revert without data.

An insufficient balance for gas is in neither, since the operator can solve it.
"""


def find_revert(error: BaseException) -> Revert | None:
    """Extract the contract's error from an engine's exception.

    A revert without a custom error has an empty name; running out of gas is named ``OutOfGas``.
    None when the exception is no revert.
    """
    texts = list(_texts(error))
    for text in texts:
        for match in _HEX.findall(text):
            if revert := decode_revert(bytes.fromhex(match[2:])):
                return revert
    for name, told in _WITHOUT_DATA.items():
        if any(map(told.search, texts)):
            return Revert(name, {})
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, BaseException):
        yield from _texts(getattr(value, "data", None))
        yield from _texts(getattr(value, "rpc_response", None))
        yield from _texts(value.args)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
