"""Where each shop is paid: its account and its number at the Chamber of Commerce, checked."""

from dataclasses import dataclass

import stdnum.iban
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import Connection, delete, insert, select
from stdnum.exceptions import ValidationError
from stdnum.util import clean, isdigits

from kindpakket.domain.ids import ShopId
from kindpakket.domain.language import say
from kindpakket.domain.texts import LengthInvalid, TextInvalid, read_line, shown
from kindpakket.services.context import Context
from kindpakket.services.payment_file import LONGEST_NAME, sepa_text
from kindpakket.services.shop_files import find_shop_file
from kindpakket.store import tables as t
from kindpakket.store.database import Store


class BankInvalid(ValueError):
    """An account like this cannot be paid to, or from; the message says why."""


@dataclass(frozen=True)
class BankDetails:
    """A shop's account. Names a person as often as not, so lists show it masked."""

    iban: str
    """Without spaces, in capitals."""
    holder: str
    """As the bank has it, in any script."""
    kvk: str
    """Eight digits."""

    @property
    def masked(self) -> str:
        """The account for who has to recognise it and not to know it: ``NL91 •••• 4300``."""
        return f"{self.iban[:4]} •••• {self.iban[-4:]}"


_LONGEST_NUMBER = 500
"""Characters, with as many between the digits as anybody types."""


def read_bank_details(iban: str, holder: str, kvk: str) -> BankDetails:
    """Read what a shop wrote down; spaces, dots and dashes in the numbers do not count.

    Args:
        iban: of a country that takes part in SEPA.
        holder: at most 70 characters, of which the bank's alphabet can write something.
        kvk: eight digits.

    Raises:
        BankInvalid: one of them cannot be right.
    """
    number, name = read_kvk(kvk), read_holder(holder)
    return BankDetails(read_iban(iban), name, number)


def read_kvk(text: str) -> str:
    """Read a number of the Chamber of Commerce, which has no check digit; return its eight digits.

    Raises:
        BankInvalid: it is none.
    """
    number = _compact(text)
    if len(number) != 8 or not isdigits(number):
        raise BankInvalid(say("Dit is geen KvK-nummer: %(kvk)s. Het heeft acht cijfers.", kvk=text))
    return number


def read_holder(text: str) -> str:
    """Read on whose name an account is; return it without white space around it.

    Raises:
        BankInvalid: it is empty or too long, or banks can write nothing of it.
    """
    try:
        name = read_line(text, LONGEST_NAME, any_script=True)
    except LengthInvalid:
        name = ""
    except TextInvalid as error:
        raise BankInvalid(str(error)) from error
    if not sepa_text(name):
        raise BankInvalid(
            say("Een rekeninghouder heeft 1 tot %(most)s leesbare tekens.", most=LONGEST_NAME)
        )
    return name


def read_iban(text: str) -> str:
    """Read an account's number; return it without spaces, in capitals.

    Two libraries have to agree on its form and its check digits: a digit that is wrong here is
    money that is gone. Neither is asked which banks exist, since their lists lag behind.

    Raises:
        BankInvalid: it is none, or of a country outside SEPA.
    """
    try:
        iban = IBAN(_compact(text))
        stdnum.iban.validate(iban.compact, check_country=False)
    except (SchwiftyException, ValidationError) as error:
        raise BankInvalid(say("Dit is geen rekeningnummer (IBAN): %(iban)s.", iban=text)) from error
    if not iban.in_sepa_zone:
        raise BankInvalid(say("Naar dit land gaan geen SEPA-overboekingen: %(iban)s.", iban=text))
    return iban.compact


def _compact(text: str) -> str:
    """Return a number without what people write between its digits, of any kind; empty when it is
    far too long for one."""
    if len(text) > _LONGEST_NUMBER:
        return ""
    return clean("".join(shown(text).split()), " .-")


def set_bank_details(context: Context, shop: ShopId, details: BankDetails) -> None:
    """Note where a registered shop is paid from now on; payouts that are prepared stay as they are.

    Raises:
        LookupError: there is no such shop.
    """
    if find_shop_file(context, shop) is None:
        raise LookupError(shop)
    with context.store.write() as db:
        set_bank_details_with(db, context.now(), shop, details)


def set_bank_details_with(db: Connection, now: int, shop: ShopId, details: BankDetails) -> None:
    """Note where a shop is paid, within a transaction of the caller's."""
    db.execute(delete(t.shop_banks).where(t.shop_banks.c.shop == shop))
    db.execute(insert(t.shop_banks).values(shop=shop, set_at=now, **vars(details)))


def read_all_bank_details(store: Store) -> dict[int, BankDetails]:
    """Return what is known, by shop."""
    with store.read() as db:
        return {
            row.shop: BankDetails(row.iban, row.holder, row.kvk)
            for row in db.execute(select(t.shop_banks))
        }
