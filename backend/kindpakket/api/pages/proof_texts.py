"""The texts of the proof page, in Dutch and in English."""

from collections.abc import Callable
from dataclasses import dataclass

from kindpakket.domain.money import english_euros, format_euros
from kindpakket.domain.times import dutch_moment, english_moment


@dataclass(frozen=True)
class ProofTexts:
    """The texts in one language; amounts in cents, times in unix seconds."""

    title: str
    what: str
    label: str
    button: str
    paid: str
    refunded: str
    unknown: str
    check: str
    unreadable: str
    how: str
    short: Callable[[int], str]
    long: Callable[[int], str]
    wrong: Callable[[int], str]
    """The error is in this group, numbered from 1."""
    note: str
    amount: Callable[[int], str]
    part: Callable[[int], str]
    moment: Callable[[int], str]


def _characters(count: int) -> str:
    return f"{count} teken" if count == 1 else f"{count} tekens"


TEXTS = {
    "nl": ProofTexts(
        title="Klopt deze bon?",
        what="Op elke bon staat een bewijscode. Hier ziet u of die betaling echt is.",
        label="Bewijscode",
        button="Zoek op",
        paid="Betaald",
        refunded="Teruggegeven",
        unknown="Onbekend",
        check="Er is geen betaling met deze code. Kijk of u hem goed hebt overgenomen.",
        unreadable="Dit is geen bewijscode",
        short=lambda count: f"Er {'mist' if count == 1 else 'missen'} nog {_characters(count)}.",
        long=lambda count: f"Er {'staat' if count == 1 else 'staan'} {_characters(count)} te veel.",
        wrong=lambda group: f"In groepje {group} staat een teken dat niet kan.",
        how="Een bewijscode heeft tien letters en cijfers, zonder U. Bijvoorbeeld 7K3QM-9XW2T.",
        note="U ziet hier alleen het bedrag en de tijd, niet de winkel en niet de klant.",
        amount=lambda cents: f"Bedrag: {format_euros(cents)}",
        part=lambda cents: f"Daarvan is {format_euros(cents)} teruggegeven.",
        moment=lambda seconds: f"Betaald op {dutch_moment(seconds)}",
    ),
    "en": ProofTexts(
        title="Is this receipt real?",
        what="Each receipt has a proof code. Here you see whether that payment was made.",
        label="Proof code",
        button="Look up",
        paid="Paid",
        refunded="Refunded",
        unknown="Unknown",
        check="There is no payment with this code. Check that you copied it well.",
        unreadable="This is not a proof code",
        short=lambda count: f"Characters missing: {count}.",
        long=lambda count: f"Characters too many: {count}.",
        wrong=lambda group: f"Group {group} has a character that is not possible.",
        how="A proof code has ten letters and digits, and no U. For instance 7K3QM-9XW2T.",
        note="You only see the amount and the time here, not the shop and not the customer.",
        amount=lambda cents: f"Amount: {english_euros(cents)}",
        part=lambda cents: f"Of that, {english_euros(cents)} was refunded.",
        moment=lambda seconds: f"Paid on {english_moment(seconds)}",
    ),
}
