"""The payment file, validated against the published schema by an independent validator."""

import random
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest
import sepaxml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from schwifty import IBAN

from kindpakket.services.payouts.payment_file import (
    PaymentFileInvalid,
    Transfer,
    asks_for,
    next_bank_day,
    write_payment_file,
)
from kindpakket.services.shops.bank_accounts import read_holder, read_iban, sepa_text
from tests.support.payouts import PAYER, orders, told

SEPA = [
    *("AD", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI"),
    *("GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PL"),
    *("PT", "RO", "SE", "SI", "SK", "SM", "VA"),
]
ALPHABET = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-?:().,'+ ")
"""The characters that every bank accepts by the European Payments Council, without the slash."""
DIFFICULT = [
    *("Çağlar", "Łódź", "Ærø", "Groß", "Ñandú", "L'Été", "Sjaak's", "Ĳsbrechtum", "Ŝafo"),
    *("&", "& Zn.", "<b>", "]]>", '"Het Hoekje"', "“De Kaft”", "'t Stoepje", "C/O", "//", "@"),
    *("Ξένος", "Борис", "北京", "東京", "서울", "العربية", "עברית", "हिन्दी", "ไทย", "ქართული"),
    *("🚲", "☃", "\u202e", "\u00a0", "e\u0301", "\ufb01", "Ⅷ", "½", "€", "™", "a" * 60, "V.O.F."),
]
DAY = date(2027, 1, 18)


def schema() -> etree.XMLSchema:
    path = files(sepaxml) / "schemas/pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def shops(count: int) -> Iterator[tuple[str, str]]:
    """Shops with difficult names and with accounts from all countries in turn."""
    draw = random.Random(20270115)
    for number in range(count):
        parts = draw.choices(DIFFICULT, k=draw.randint(1, 6))
        name = "".join(char for char in " ".join(parts)[:70] if char.isprintable())
        holder = name if sepa_text(name) else f"Winkel {number}"
        iban = IBAN.random(SEPA[number % len(SEPA)], random=draw)
        yield read_iban(str(iban)), read_holder(holder)


def transfer(amount: int = 1, name: str = "Fietsenwinkel", text: str = "tekst") -> Transfer:
    return Transfer(name, "NL20INGB0001234567", amount, "KP-1-1", text)


def test_a_thousand_shops_with_difficult_names_and_accounts() -> None:
    made = list(shops(1_000))
    assert len({iban for iban, _ in made}) == 1_000
    transfers = [
        Transfer(holder, iban, number, f"KP-7-{number}", f"winkel: {holder}")
        for number, (iban, holder) in enumerate(made, start=1)
    ]
    file = write_payment_file(PAYER, transfers, DAY)
    schema().assertValid(etree.fromstring(file))
    assert told(file, "GrpHdr/NbOfTxs") == told(file, "PmtInf/NbOfTxs") == "1000"
    # 1 + 2 + … + 1000 cents is 500,500 cents.
    assert told(file, "GrpHdr/CtrlSum") == told(file, "PmtInf/CtrlSum") == "5005.00"
    read = orders(file)
    assert [each.iban for each in read] == [iban for iban, _ in made]
    assert [each.reference for each in read] == [f"KP-7-{number}" for number in range(1, 1_001)]
    assert [each.amount for each in read][::333] == ["0.01", "3.34", "6.67", "10.00"]
    for each in read:
        assert set(each.name + each.text) <= ALPHABET, each
        assert 1 <= len(each.name) <= 70
        assert 1 <= len(each.text) <= 140
        assert each.name == each.name.strip()
    assert asks_for(file, transfers)


@pytest.mark.parametrize("data", [b"", b"<Document", b"geen XML", b"<Document/>"])
def test_what_is_no_file_for_the_bank_asks_for_nothing(data: bytes) -> None:
    assert not asks_for(data, [transfer()])


def test_a_file_asks_for_its_transfers_whatever_they_are_called_later() -> None:
    file = write_payment_file(PAYER, [transfer(3_00), transfer(4_00)], DAY)
    assert asks_for(file, [transfer(3_00, text="anders"), transfer(4_00)])
    for others in (
        [transfer(4_00), transfer(3_00)],
        [transfer(3_00)],
        [transfer(3_00), transfer(4_00), transfer(1)],
        [transfer(3_00, name="Iemand anders"), transfer(4_00)],
        [transfer(3_01), transfer(4_00)],
    ):
        assert not asks_for(file, others)


def test_a_file_that_the_schema_does_not_allow_is_not_made() -> None:
    with pytest.raises(PaymentFileInvalid):
        write_payment_file(PAYER, [Transfer("A", "NL20INGB0001234567", 1, "K" * 36, "B")], DAY)


def test_two_files_of_the_same_payout_differ() -> None:
    first, second = (write_payment_file(PAYER, [transfer()], DAY) for _ in range(2))
    for path in ("GrpHdr/MsgId", "PmtInf/PmtInfId"):
        assert told(first, path)[-12:] != told(second, path)[-12:]


@pytest.mark.parametrize(
    ("amount", "euros"),
    [(1, "0.01"), (99, "0.99"), (100, "1.00"), (123_456_789, "1234567.89")],
)
def test_amounts_are_in_euros_with_two_decimals(amount: int, euros: str) -> None:
    file = write_payment_file(PAYER, [transfer(amount)], DAY)
    assert orders(file)[0].amount == told(file, "GrpHdr/CtrlSum") == euros


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Çağlar & Zn.", "Caglar + Zn."),
        ("Bäckerei Groß", "Backerei Gross"),
        ("Ĳsbrechtum Ærø", "IJsbrechtum Aero"),
        ("Борис", "Boris"),
        ("北京", "BeiJing"),
        ('"Het <b>Hoekje</b>"', "'Het b Hoekje -b '"),
        ("C/O // Zn", "C-O -- Zn"),
        ("a_b@c;d\te", "a b c d e"),
        ("x" * 71, "x" * 70),
        ("x" * 69 + " y", "x" * 69),
        ("   ", ""),
    ],
)
def test_names_are_written_in_the_alphabet_of_banks(text: str, written: str) -> None:
    assert sepa_text(text) == written


@given(st.text())
def test_any_name_is_written_in_the_alphabet_of_banks(text: str) -> None:
    written = sepa_text(text)
    assert set(written) <= ALPHABET
    assert len(written) <= 70
    assert written == written.strip() == sepa_text(written)


def test_what_a_shop_reads_is_cut_off_at_its_end() -> None:
    (order,) = orders(write_payment_file(PAYER, [transfer(text="Uitbetaling " + "x" * 200)], DAY))
    assert order.text == "Uitbetaling " + "x" * 128


@pytest.mark.parametrize(
    ("today", "bank_day"),
    [
        (date(2027, 1, 14), date(2027, 1, 15)),
        (date(2027, 1, 15), date(2027, 1, 18)),  # a Friday
        (date(2027, 3, 25), date(2027, 3, 30)),  # before Good Friday and Easter Monday
        (date(2026, 4, 30), date(2026, 5, 4)),  # before Labour Day and a weekend
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2027, 4, 26), date(2027, 4, 27)),  # the King's birthday, on which banks are open
    ],
)
def test_the_next_day_on_which_banks_pay(today: date, bank_day: date) -> None:
    assert next_bank_day(today) == bank_day


def test_bank_days_increase_and_are_no_weekend_days() -> None:
    days = [date(2027, 1, 1)]
    while len(days) < 300:
        days.append(next_bank_day(days[-1]))
    assert all(earlier < later for earlier, later in pairwise(days))
    assert all(each.weekday() < 5 for each in days[1:])
