"""Valid bank accounts of shops, and of the municipality."""

import pytest

from kindpakket.services.payouts.payment_file import Payer
from kindpakket.services.payouts.prepare import read_payer
from kindpakket.services.shops.bank_accounts import (
    BankInvalid,
    mask,
    read_holder,
    read_iban,
    read_kvk,
)

IBAN, HOLDER, KVK = "NL91ABNA0417164300", "Fietsenwinkel", "12345678"


def test_spaces_dots_and_small_letters_do_not_count() -> None:
    assert read_iban(" nl91 abna 0417 1643 00 ") == IBAN
    assert read_holder("  Fietsenwinkel ") == HOLDER
    assert read_kvk("1234.5678") == KVK


@pytest.mark.parametrize(
    "between", [" ", ".", "-", "\u00a0", "\u2011", "\u2013", "\u202f", "\u200b", "\t"]
)
def test_what_people_write_between_digits_does_not_count(between: str) -> None:
    parts = between.join(["NL91", "ABNA", "0417", "1643", "00"]), between.join(["1234", "5678"])
    assert (read_iban(parts[0]), read_kvk(parts[1])) == (IBAN, KVK)


def test_a_holder_with_a_character_that_cannot_be_printed_is_told_which() -> None:
    with pytest.raises(BankInvalid, match=r"U\+0007 <control>"):
        read_holder("Jan\x07")


def test_lists_show_the_ends_of_an_account() -> None:
    assert mask(IBAN) == "NL91 •••• 4300"


@pytest.mark.parametrize(
    "iban",
    [
        *("", "NL", "NL91ABNA041716430", "NL91ABNA04171643000", "NL92ABNA0417164300"),
        *("NL91ABNA0417164301", "NL91ABNA0417163400", "XX91ABNA0417164300", "NL91ABNA041716430O"),
        *("NL91ABNA0417164300\n<", "0417164300"),
    ],
)
def test_an_account_with_a_mistake_is_refused(iban: str) -> None:
    with pytest.raises(BankInvalid, match="geen rekeningnummer"):
        read_iban(iban)


def test_an_account_outside_sepa_is_refused() -> None:
    with pytest.raises(BankInvalid, match="geen SEPA-overboekingen"):
        read_iban("BR1800360305000010009795493C1")


@pytest.mark.parametrize("kvk", ["", "1234567", "123456789", "1234567a", "-12345678x"])
def test_a_number_of_the_chamber_of_commerce_has_eight_digits(kvk: str) -> None:
    with pytest.raises(BankInvalid, match="acht cijfers"):
        read_kvk(kvk)


def test_digits_of_any_script_are_digits_of_such_a_number() -> None:
    assert read_kvk("١٢٣٤٥٦٧٨") == "12345678"


@pytest.mark.parametrize("holder", ["", "   ", "x" * 71, "\u200b", "_"])
def test_a_holder_can_be_written(holder: str) -> None:
    with pytest.raises(BankInvalid, match="rekeninghouder"):
        read_holder(holder)


def test_the_payers_bank_is_found_by_the_account() -> None:
    assert read_payer("Stad", IBAN, None) == Payer("Stad", IBAN, "ABNANL2A")
    assert read_payer("Stad", IBAN, "INGBNL2A") == Payer("Stad", IBAN, "INGBNL2A")


def test_a_payer_has_a_name_that_can_be_written() -> None:
    with pytest.raises(BankInvalid, match="KINDPAKKET_PAYER_NAME"):
        read_payer("_", IBAN, None)


@pytest.mark.parametrize(
    ("iban", "bic", "reason"),
    [
        (None, None, "KINDPAKKET_PAYER_IBAN"),
        ("NL92ABNA0417164300", None, "geen rekeningnummer"),
        ("MT84MALT011000012345MTLCAST001S", None, "KINDPAKKET_PAYER_BIC"),
        (IBAN, "ABNA", "geen BIC"),
    ],
)
def test_a_payer_needs_an_account_and_its_bank(
    iban: str | None, bic: str | None, reason: str
) -> None:
    with pytest.raises(BankInvalid, match=reason):
        read_payer("Stad", iban, bic)
