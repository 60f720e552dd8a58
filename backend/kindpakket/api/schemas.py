"""Request and response bodies: camelCase names, times in RFC 3339 unless they are signed."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from kindpakket.domain.ids import MAX_REFERENCE, MAX_SCHEME, MAX_SHOP, MAX_TIME
from kindpakket.domain.locations import MAX_LATITUDE, MAX_LONGITUDE
from kindpakket.domain.money import MAX_CENTS
from kindpakket.domain.proofs import ProofCode, ProofUnreadable, read_proof
from kindpakket.domain.times import rfc3339
from kindpakket.protocol.codes import CodeUnreadable, PaymentCode, read_code
from kindpakket.protocol.messages import MAX_MOVE
from kindpakket.services.base.acts import Status
from kindpakket.services.base.sessions import LONGEST_MESSAGE
from kindpakket.services.oversight.inspections import LONGEST_REASON
from kindpakket.services.payments.proofs import ProofStatus

MAX_CALL_BYTES = 64 * 1024
MAX_TILL_NAME = 40


class Body(BaseModel):
    """Base of requests and answers."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, from_attributes=True, extra="forbid"
    )


class RequestBody(Body):
    """Base of requests, which accept only the camelCase name of each field."""

    model_config = ConfigDict(validate_by_name=False)


def _pattern(size: str) -> str:
    return rf"^0[xX]([0-9a-fA-F]{{2}}){size}$"


def _readable(value: object) -> PaymentCode:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "Input should be a valid string")
    try:
        return read_code(value)
    except CodeUnreadable as error:
        raise PydanticCustomError("code_unreadable", "Not a payment code") from error


def _proof(value: str) -> ProofCode:
    try:
        return read_proof(value)
    except ProofUnreadable as error:
        raise PydanticCustomError("proof_unreadable", "Not a proof code") from error


def _day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):  # which would accept a number
        raise PydanticCustomError("date_parsing", "Input should be a day such as 2027-01-31")
    return value


def _month(value: object) -> object:
    if isinstance(value, str) and not _MONTH.fullmatch(value):
        raise PydanticCustomError("date_parsing", "Input should be a month such as 2027-01")
    return f"{value}-01"


_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile("[1-9][0-9]{3}-(0[1-9]|1[0-2])")

Address = Annotated[str, Field(pattern=_pattern("{20}")), AfterValidator(str.lower)]
Hash = Annotated[str, Field(pattern=_pattern("{32}")), AfterValidator(str.lower)]
Signature = Annotated[
    str,
    Field(pattern=_pattern("{64}"), description="EIP-2098 compact: r ‖ yParityAndS"),
    AfterValidator(str.lower),
]
CallData = Annotated[str, Field(pattern=_pattern("*"), max_length=2 + 2 * MAX_CALL_BYTES)]
_CodeForm = Annotated[
    str, Field(pattern=r"^KP1:[0-9A-Z $%*+./:-]+$", min_length=163, max_length=793)
]
CodeText = Annotated[
    PaymentCode,
    BeforeValidator(_readable, json_schema_input_type=_CodeForm),
    Field(description="What the parent's QR holds: `KP1:` and base45"),
]
SchemeNumber = Annotated[int, Field(strict=True, ge=1, le=MAX_SCHEME)]
ShopNumber = Annotated[int, Field(strict=True, ge=1, le=MAX_SHOP)]
Amount = Annotated[
    int, Field(strict=True, ge=1, le=MAX_CENTS, description="Euro cents", examples=[4250])
]
Time = Annotated[int, Field(strict=True, ge=0, le=MAX_TIME, description="Unix seconds")]
Reference = Annotated[
    int, Field(strict=True, ge=0, le=MAX_REFERENCE, description="Random, so that no two are alike")
]
StrictBool = Annotated[bool, Field(strict=True)]
Moment = Annotated[
    int,
    PlainSerializer(rfc3339, return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]


def unhex(value: str) -> bytes:
    """Return the bytes of a validated 0x-hex string."""
    return bytes.fromhex(value[2:])


Day = Annotated[date, BeforeValidator(_day)]
_MonthForm = Annotated[str, Field(pattern=f"^{_MONTH.pattern}$", examples=["2027-01"])]
Month = Annotated[date, BeforeValidator(_month, json_schema_input_type=_MonthForm)]
"""Its first day."""
BatchQuery = Annotated[int, Field(ge=0, le=MAX_REFERENCE)]
_ProofForm = Annotated[
    str, Field(pattern=r"^[ \t-]*([0-9A-TV-Za-tv-z][ \t-]*){10}$", examples=["7K3QM-9XW2T"])
]
ProofText = Annotated[
    ProofCode,
    BeforeValidator(_proof, json_schema_input_type=_ProofForm),
    Field(description="As on the receipt; case, spaces and dashes do not matter"),
]
TillName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TILL_NAME,
        pattern=r"^[^\x00-\x1f\x7f-\x9f]+$",
        examples=["Kassa 1"],
    ),
]


class PaymentRequest(RequestBody):
    """A till's claim on a parent's code."""

    code: CodeText
    shop: ShopNumber
    amount: Amount
    rest: StrictBool
    reference: Reference
    till: Address
    signature: Signature


class RefundRequest(RequestBody):
    """A till's refund."""

    payment: Hash
    shop: ShopNumber
    amount: Amount
    valid_until: Time
    reference: Reference
    signature: Signature


class TillRights(RequestBody):
    """Rights of a till, besides selling and refunding its own sales of today."""

    model_config = ConfigDict(from_attributes=True)

    refunds: Annotated[StrictBool, Field(description="Give back other payments of the shop")]
    books: Annotated[StrictBool, Field(description="See all payments, payouts and what is owed")]


class TillChangeRequest(RequestBody):
    """An owner's change of a till; to activate, the till signs too."""

    shop: ShopNumber
    till: Address
    active: StrictBool
    nonce: Time
    signature: Signature
    till_signature: Signature | None = None
    name: Annotated[
        TillName | None,
        Field(description="How the owner calls it; not signed. Without one it keeps what it has"),
    ] = None
    rights: Annotated[
        TillRights | None,
        Field(description="What it may do; not signed. Without it that stays as it is"),
    ] = None


class TillSettingsRequest(RequestBody):
    """The name and rights that an owner gives to a till."""

    name: TillName
    rights: TillRights


class EnrolmentRequest(RequestBody):
    """An invitation, with the address of the new owner key."""

    shop: ShopNumber
    secret: Annotated[str, Field(pattern=_pattern("{16}"), description="The invitation's")]
    owner: Address


class InspectionRequest(RequestBody):
    """The reason for which an official reads a shop's payments, and the days, both included."""

    from_: Annotated[Day, Field(alias="from", description="A day in the Netherlands")]
    until: Annotated[Day, Field(description="A day in the Netherlands")]
    reason: Annotated[
        str,
        Field(
            max_length=LONGEST_REASON,
            pattern=r"^[^\x00-\x20\x7f-\xa0][^\x00-\x1f\x7f-\x9f]*$",
            examples=["The shop asks about a payment"],
        ),
    ]


class MoveRequest(RequestBody):
    """A move from `from` to `to`; signatures of `from`, then of those `to` that are not zero."""

    scheme: SchemeNumber
    nonce: Time
    from_: Annotated[list[Address], Field(alias="from", min_length=1, max_length=MAX_MOVE)]
    to: Annotated[list[Address], Field(min_length=1, max_length=MAX_MOVE)]
    signatures: Annotated[list[Signature], Field(min_length=1, max_length=2 * MAX_MOVE)]


class DecisionFields(RequestBody):
    """The fields of a decision."""

    call: CallData
    valid_until: Time
    nonce: Time


class DecisionRequest(DecisionFields):
    """A decision with its approvals, signers ascending."""

    signatures: Annotated[list[Signature], Field(max_length=32)]


class CancellationRequest(DecisionFields):
    """A cancellation: the decision, signed by one official."""

    signature: Signature


class SessionRequest(RequestBody):
    """A signed ERC-4361 message."""

    message: Annotated[str, Field(max_length=LONGEST_MESSAGE)]
    signature: Signature


class DomainAnswer(Body):
    """The EIP-712 domain."""

    name: str
    version: str
    chain_id: int
    verifying_contract: str


class LedgerAnswer(Body):
    """The EIP-712 domain of the ledger, and the server's time."""

    chain_id: int
    address: str
    domain: DomainAnswer
    time: Moment
    version: str


class SchemeAnswer(Body):
    """The rules in force, and the last published totals in cents, at most once a day."""

    id: int
    name: str
    opens: Moment
    closes: Moment
    paused: bool
    closed: bool
    permitted: list[str]
    excluded: list[str]
    funded: int
    issued: int
    spent: int
    refunded: int
    parent_text: Annotated[str, Field(description="To parents; empty for nothing")]
    shop_text: Annotated[str, Field(description="To shops; empty for nothing")]


class CategoryAnswer(Body):
    """A category bit. ``dutch`` and ``translations``, by ISO 639-1 code, are names for people."""

    bit: int
    sbi: str
    name: str
    dutch: str
    translations: dict[str, str]


class LocationAnswer(Body):
    """A place in WGS 84, in decimal degrees."""

    latitude: Annotated[float, Field(ge=-MAX_LATITUDE, le=MAX_LATITUDE, examples=[53.247])]
    longitude: Annotated[float, Field(ge=-MAX_LONGITUDE, le=MAX_LONGITUDE, examples=[6.402])]


class ShopAnswer(Body):
    """A participating shop; `permitted` is null if the request names no scheme.

    Texts that the municipality did not give are empty.
    """

    id: int
    name: str
    address: str
    location: Annotated[LocationAnswer | None, Field(description="Null when it is not known")]
    phone: str
    opening_hours: Annotated[str, Field(description="Lines")]
    examples: Annotated[str, Field(description="Of what one can buy there; lines")]
    categories: list[str]
    permitted: bool | None


class PaymentAnswer(Body):
    """A payment; amounts in cents."""

    id: str
    status: Status
    shop: int
    amount: int
    refunded: int
    time: Moment | None
    transaction: str | None
    block: int | None


class ListedPaymentAnswer(PaymentAnswer):
    """A payment in a shop's list, with the till that claimed it."""

    till: str


class ProofAnswer(Body):
    """A payment with a proof code; the status is `refunded` if it was in full. Amounts in cents."""

    status: ProofStatus
    amount: int
    refunded: int
    time: Moment


class ActAnswer(Body):
    """A relayed act; the id is the hash of its message."""

    id: str
    status: Status
    time: Moment | None
    transaction: str | None
    block: int | None


class RefundAnswer(ActAnswer):
    """A refund, with the total refunded of its payment, in cents."""

    payment: str
    amount: int
    refunded: int


class InvitationAnswer(Body):
    """An invitation for a shop's owner: a link that can be used once, until it expires."""

    link: str
    expires_at: Moment


class InspectionAnswer(Body):
    """The time until which these payments may be read."""

    shop: int
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="until")]
    expires_at: Moment


class EnrolmentAnswer(Body):
    """The shop of an enrolment."""

    shop: int
    name: str
    address: str
    categories: list[str]
    tills: Annotated[int, Field(description="How many it has, blocked ones too")]


class OwnShopAnswer(Body):
    """The status of a shop; amounts in cents."""

    id: int
    name: str
    address: str
    location: Annotated[LocationAnswer | None, Field(description="Null when it is not known")]
    owner: str
    categories: list[str]
    admitted: bool
    suspended: Annotated[bool, Field(description="Paid nothing while it is, though admitted")]
    owed: Annotated[
        int | None,
        Field(
            description="Below zero after a refund that follows a payout; null for who may not see "
            "the books"
        ),
    ]
    settled: Annotated[int | None, Field(description="Null for who may not see the books")]
    rights: Annotated[TillRights, Field(description="Of who asks")]


class TillAnswer(Body):
    """A till; `name` is null when the owner gave none."""

    till: str
    name: str | None
    active: bool
    rights: TillRights


class PayoutAnswer(Body):
    """A shop's part of a payout, as settled; negative when the bank returned it."""

    batch: int
    amount: int
    time: Moment
    sha256: Annotated[str, Field(description="Of the lines that were decided")]
    returned_from: Annotated[
        int | None, Field(description="The batch that had paid what came back")
    ]


class ChallengeAnswer(Body):
    """The fields for a sign-in message."""

    nonce: str
    domain: str
    uri: str
    chain_id: int
    version: str
    expires_at: Moment


class SessionAnswer(Body):
    """A bearer token for reading."""

    token: str
    address: str
    expires_at: Moment


class Mistake(Body):
    """One error in a request."""

    field: str
    code: str
    message: str


class Problem(Body):
    """A problem (RFC 9457) with a stable code; `errors` has all errors of a request."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Mistake] | None = None
