"""Request and response bodies for the bank accounts of shops."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kindpakket.api.schemas import Body, Moment, RequestBody, ShopNumber, Signature, Time
from kindpakket.domain.bank_accounts import LONGEST_HOLDER


class BankAccountRequest(RequestBody):
    """The account of a shop, signed by its owner."""

    shop: ShopNumber
    iban: Annotated[
        str,
        Field(
            pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$",
            description="As it is signed: without spaces, in capitals",
            examples=["NL91ABNA0417164300"],
        ),
    ]
    holder: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_HOLDER,
            description="As it is signed: composed (NFC), single spaces, none at the ends",
        ),
    ]
    nonce: Time
    signature: Signature


class SignedBy(StrEnum):
    """Who signed an account: the current owner, an earlier owner, or two officials."""

    OWNER = "owner"
    FORMER_OWNER = "former_owner"
    OFFICIALS = "officials"


class BankAccountAnswer(Body):
    """The account of a shop, with a masked IBAN."""

    iban: Annotated[str, Field(examples=["NL91 •••• 4300"])]
    holder: str
    nonce: int
    signed_by: SignedBy
    changed_at: Moment
