"""Test vectors of bank accounts: signed messages, and the normalisation of typed IBANs."""

from vector_parts import ELSEWHERE, Vector, named_key, signed_message

_NONCE = 4_000_000_005


def accounts() -> list[Vector]:
    owner = named_key("owner of shop 7")
    officials = [named_key("official Bram"), named_key("official Anna")]  # by address
    here = ("NL20INGB0001234567", "Çağlar & Zn. Fietsen", _NONCE)
    longest = ("MT84MALT011000012345MTLCAST001S", "北" * 70, 2**40 - 1)
    return [
        signed_message("BankAccount", "the owner's account", [owner], 7, *here),
        signed_message("BankAccount", "by two officials", officials, 7, *here[:2], _NONCE + 1),
        signed_message("BankAccount", "the most", [owner], 2**32 - 1, *longest, domain=ELSEWHERE),
        signed_message("BankAccount", "the least", [owner], 0, "", "", 0, domain=ELSEWHERE),
    ]


def spellings_of_accounts() -> list[Vector]:
    """Typed IBANs with their normalised form, by hand."""
    ibans = (
        ("NL20INGB0001234567", "NL20INGB0001234567"),
        (" nl20 ingb 0001 2345 67 ", "NL20INGB0001234567"),
        ("NL20-INGB\u20130001.2345.67", "NL20INGB0001234567"),
        ("\tNL20\u00a0INGB\u202f0001\u20032345\n67", "NL20INGB0001234567"),
        ("\ufeffNL20\u200bINGB0001234567\u00ad", "NL20INGB0001234567"),
        ("nl20\u0131ngb0001234567", "NL20\u0131NGB0001234567"),
        ("NL20INGB000123456\uff17", "NL20INGB0001234567"),
        ("NL٢٠INGB٠٠٠١٢٣٤٥٦٧", "NL20INGB0001234567"),
        ("NL20INGB000123456\u2077", "NL20INGB000123456\u2077"),
        ("", ""),
    )
    holders = (
        ("Fietsenwinkel", "Fietsenwinkel"),
        ("  Fietsenwinkel \t de  Ketting ", "Fietsenwinkel de Ketting"),
        ("\u00a0B.\u00a0Bos", "B. Bos"),
        ("a\r\nb\x85c\x1cd\u2028e", "a b c d e"),
        ("C\u0327ag\u0306lar", "\u00c7a\u011flar"),
        ("\u00c7a\u011flar", "\u00c7a\u011flar"),
        ("\u212bngstrom", "\u00c5ngstrom"),
        ("\ufb01ets", "\ufb01ets"),
        ("\ufeffFi\u00adet\u200bs\u2003\u200f", "Fiets"),
        ("A\u034fB\ufe0f", "AB"),
        ("\U0001f6b2 Fiets", "\U0001f6b2 Fiets"),
    )
    return [
        {"what": what, "typed": typed, "signed": signed}
        for what, pairs in (("iban", ibans), ("holder", holders))
        for typed, signed in pairs
    ]
