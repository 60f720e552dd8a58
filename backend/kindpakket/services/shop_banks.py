"""Where each shop is paid: its account and its number at the Chamber of Commerce, checked."""

from dataclasses import dataclass

import stdnum.iban
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import delete, insert, select
from stdnum.exceptions import ValidationError
from stdnum.util import clean, isdigits

from kindpakket.domain.ids import ShopId
from kindpakket.services.context import Context
from kindpakket.services.payment_file import LONGEST_NAME, sepa_text
from kindpakket.services.shop_files import find_shop_file
from kindpakket.store import tables as t
from kindpakket.store.database import Store


class BankInvalid(ValueError):
    """An account like this cannot be paid to, or from; the message says why, in Dutch."""


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


def read_bank_details(iban: str, holder: str, kvk: str) -> BankDetails:
    """Read what a shop wrote down; spaces and dots in the numbers do not count.

    Args:
        iban: of a country that takes part in SEPA.
        holder: at most 70 characters, of which the bank's alphabet can write something.
        kvk: the Chamber of Commerce gives numbers without a check digit, so only their length can
            be checked.

    Raises:
        BankInvalid: one of them cannot be right.
    """
    number = clean(kvk, " .-")
    if len(number) != 8 or not isdigits(number):
        raise BankInvalid(f"Dit is geen KvK-nummer: {kvk}. Het heeft acht cijfers.")
    name = holder.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or not sepa_text(name):
        raise BankInvalid(f"Een rekeninghouder heeft 1 tot {LONGEST_NAME} leesbare tekens.")
    return BankDetails(read_iban(iban), name, number)


def read_iban(text: str) -> str:
    """Read an account's number; return it without spaces, in capitals.

    Two libraries have to agree on its form and its check digits: a digit that is wrong here is
    money that is gone. Neither is asked which banks exist, since their lists lag behind.

    Raises:
        BankInvalid: it is none, or of a country outside SEPA.
    """
    try:
        iban = IBAN(text)
        stdnum.iban.validate(iban.compact, check_country=False)
    except (SchwiftyException, ValidationError) as error:
        raise BankInvalid(f"Dit is geen rekeningnummer (IBAN): {text}.") from error
    if not iban.in_sepa_zone:
        raise BankInvalid(f"Naar dit land gaan geen SEPA-overboekingen: {text}.")
    return iban.compact


def set_bank_details(context: Context, shop: ShopId, details: BankDetails) -> None:
    """Note where a registered shop is paid from now on; payouts that are prepared stay as they are.

    Raises:
        LookupError: there is no such shop.
    """
    if find_shop_file(context, shop) is None:
        raise LookupError(shop)
    with context.store.write() as db:
        db.execute(delete(t.shop_banks).where(t.shop_banks.c.shop == shop))
        db.execute(insert(t.shop_banks).values(shop=shop, set_at=context.now(), **vars(details)))


def read_all_bank_details(store: Store) -> dict[int, BankDetails]:
    """Return what is known, by shop."""
    with store.read() as db:
        return {
            row.shop: BankDetails(row.iban, row.holder, row.kvk)
            for row in db.execute(select(t.shop_banks))
        }
