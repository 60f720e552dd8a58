"""The texts of the page, in Dutch and in English."""

from dataclasses import dataclass

from kindpakket.domain.capacities import DISPLAY_NAMES
from kindpakket.domain.money import unbroken

_TEXTS = {
    "title": ("Kindpakket in één minuut", "Kindpakket in one minute"),
    "demo": (
        "Demo: een verzonnen dorp. De telefoon en de kassa zijn de echte apps, die zelf "
        "ondertekenen, hier in uw browser. Alleen hier heeft de server de sleutels van iedereen, "
        "zodat u alle rollen kunt spelen. In het echt heeft hij die niet. Elk bezoek begint met "
        "een lege telefoon en een lege kassa.",
        "Demo: a made-up town. The phone and the till are the real apps, which sign by "
        "themselves, here in your browser. Only here does the server hold everybody's keys, so "
        "that you can play every part. A real one does not. Every visit begins with an empty "
        "phone and an empty till.",
    ),
    "lead": (
        "Een kind krijgt € 300 voor kleren, sport, boeken of een fiets. De ouder laat in de "
        "winkel een code scannen. Een smart contract zegt ja of nee: een programma in een "
        "grootboek dat niemand in zijn eentje kan veranderen. Niet de ouder, niet de winkel, "
        "niet één ambtenaar en niet deze server.",
        "A child gets €300 for clothes, sports, books or a bicycle. The parent shows a code in "
        "the shop. A smart contract says yes or no: a program in a ledger that nobody can "
        "change alone. Not the parent, not the shop, not one official and not this server.",
    ),
    "other_language": ("English", "Nederlands"),
    "no_script": (
        "Deze pagina heeft JavaScript nodig.",
        "This page needs JavaScript.",
    ),
    "phone": ("De telefoon van de ouder", "The parent's phone"),
    "phone_frame": ("De app van de ouder", "The parent's app"),
    "phone_tab": ("Open de telefoon in een eigen tabblad", "Open the phone in a tab of its own"),
    "new_letter": ("Neem een andere brief", "Take another letter"),
    "till": ("De kassa van de winkel", "The shop's till"),
    "till_frame": ("De app van de winkel", "The shop's app"),
    "till_pin": (
        "De pincode van de eigenaar, voor de rekening en de kassa’s:",
        "The owner’s PIN, for the account and the tills:",
    ),
    "till_tab": ("Open de kassa in een eigen tabblad", "Open the till in a tab of its own"),
    "shop": ("Winkel", "Shop"),
    "desk": ("De balie van de gemeente", "The municipality's desk"),
    "desk_note": (
        "Hier beslissen ambtenaren, altijd met zijn tweeën: regels, winkels, brieven en "
        "uitbetalingen. Speel er twee, elk in een eigen browser. Kies bij het aanmelden "
        "‘Met de kluissleutel op papier’ en plak een van deze sleutels. Uitbetaald wordt van een "
        "rekening die niet bestaat.",
        "Here officials decide, always two of them: rules, shops, letters and payouts. Play two "
        "of them, each in a browser of their own. When you sign in choose ‘With the safe key on "
        "paper’ and paste one of these keys. Payouts come from an account that does not exist.",
    ),
    "desk_link": ("Open de balie", "Open the desk"),
    "desk_keys": ("Sleutels van de ambtenaren", "Keys of the officials"),
    "scan": ("De kassa scant de code", "The till scans the code"),
    "hold": ("Houd de telefoon voor de kassa", "Hold the phone to the till"),
    "hold_note": (
        "Maak op de telefoon een code, bijvoorbeeld voor € 42,50. Begin op de kassa met "
        "afrekenen en typ hetzelfde bedrag. Kies daarna ook eens de slijterij als winkel.",
        "Make a code on the phone, for instance for € 42.50. Start selling on the till and type "
        "the same amount. After that, do choose the off-licence as the shop.",
    ),
    "phone_first": (
        "Maak eerst op de telefoon een code: tik op Toon code, kies een bedrag en tik op "
        "Maak code.",
        "First make a code on the phone: tap Show code, choose an amount and tap Make code.",
    ),
    "till_first": (
        "Typ nu het bedrag op de kassa en tik op Scan code.",
        "Now type the amount on the till and tap Scan code.",
    ),
    "holding": (
        "De kassa ziet de code en leest hem.",
        "The till sees the code and reads it.",
    ),
    "busy": ("Bezig…", "Busy…"),
    "refused": ("Geweigerd", "Refused"),
    "unreachable": (
        "De server antwoordt niet. Er is niets dubbel betaald. Probeer het opnieuw.",
        "The server does not answer. Nothing was paid twice. Try again.",
    ),
    "block": ("Blok", "Block"),
    "reason": ("Reden", "Reason"),
    "error": ("Het contract zegt", "The contract says"),
    "unchanged": (
        "Hiermee is niets betaald en niets veranderd.",
        "This paid nothing and changed nothing.",
    ),
    "money": ("Waar is het geld?", "Where is the money?"),
    "issued": ("Toegekend", "Issued"),
    "spent": ("Besteed", "Spent"),
    "unspent": ("Nog te besteden", "Left to spend"),
    "head": ("Laatste blok", "Latest block"),
    "payments": ("Laatste betalingen in het grootboek", "Last payments in the ledger"),
    "back": ("terug:", "back:"),
    "cheat": ("Probeer vals te spelen", "Try to cheat"),
    "cheat_note": (
        "Elke knop stuurt echt iets naar het grootboek, ondertekend met alle sleutels die de "
        "valsspeler heeft.",
        "Each button really sends something to the ledger, signed with every key that the "
        "cheat has.",
    ),
    "try": ("Probeer", "Try"),
    "first": (
        "Eerst betaald bij de fietsenwinkel, in blok",
        "First paid at the bicycle shop, in block",
    ),
    "why": ("Waarom dit niet kan", "Why this fails"),
    "footer": (
        "Soorten winkels volgens de Standaard Bedrijfsindeling van het CBS",
        "Kinds of shops follow the business classification (SBI) of Statistics Netherlands",
    ),
    "chain": ("Keten", "Chain"),
    "contract": ("Contract", "Contract"),
    "api": ("Beschrijving van de API", "Description of the API"),
}

_KINDS = {
    "bicycles": ("fietsen", "bicycles"),
    "sports": ("sport", "sports"),
    "clothing": ("kleding", "clothing"),
    "childrens_clothing": ("kinderkleding", "children's wear"),
    "shoes": ("schoenen", "shoes"),
    "books": ("boeken", "books"),
    "toys": ("speelgoed", "toys"),
    "musical_instruments": ("muziek", "music"),
    "swimming_pools": ("zwembad", "swimming pool"),
    "dance_lessons": ("dansles", "dance lessons"),
    "off_licences": ("drank", "alcohol"),
}


@dataclass(frozen=True)
class CheatText:
    """An attempt to cheat: what is tried, and why the contract refuses it."""

    name: str
    title: str
    what: str
    why: str


_CHEATS = {
    "off-licence": (
        ("Drank kopen", "Buy alcohol"),
        (
            "De slijterij scant een geldige code van € 10.",
            "The off-licence scans a valid code of €10.",
        ),
        (
            "De soort winkel staat in het contract, niet in een computer van de gemeente.",
            "The kind of shop is in the contract, not in some computer of the municipality.",
        ),
    ),
    "used-code": (
        ("Een code twee keer gebruiken", "Use a code twice"),
        (
            "De fietsenwinkel scant een code van € 1. Daarna scant de boekhandel dezelfde code.",
            "The bicycle shop scans a code of €1. Then the bookshop scans the same code.",
        ),
        (
            "Elke code heeft een volgnummer. Het contract neemt alleen een hoger nummer aan.",
            "Every code has a number. The contract takes only a higher one.",
        ),
    ),
    "changed-amount": (
        ("Het bedrag veranderen", "Change the amount"),
        (
            "De ouder tekent voor € 10. De winkel maakt er € 250 van.",
            "The parent signs for €10. The shop turns it into €250.",
        ),
        (
            "De handtekening van de ouder hoort bij dit bedrag. Bij een ander bedrag klopt hij "
            "niet meer.",
            "The parent's signature belongs to this amount. With another one it no longer fits.",
        ),
    ),
    "one-official": (
        ("Besluiten met één ambtenaar", "Decide with one official"),
        (
            "Eén ambtenaar verhoogt het budget met € 100.000, zonder een tweede handtekening.",
            "One official adds €100,000 to the budget, without a second signature.",
        ),
        (
            "Elk besluit vraagt twee bevoegde ambtenaren. Het contract telt de handtekeningen.",
            "Every decision takes two officials. The contract counts the signatures.",
        ),
    ),
    "server-itself": (
        ("De server zelf", "The server itself"),
        (
            "De server geeft zichzelf een tegoed van € 100, met de enige sleutel die hij echt "
            "heeft.",
            "The server gives itself a coupon of €100, with the only key that it really has.",
        ),
        (
            "Die sleutel mag berichten doorgeven en verder niets.",
            "That key may pass messages on and nothing else.",
        ),
    ),
}


def in_language(language: str) -> dict[str, str]:
    """Return the texts by name, in ``nl`` or ``en``."""
    return {name: _pick(pair, language) for name, pair in _TEXTS.items()}


def kinds(language: str) -> dict[str, str]:
    """Return what the shops of the town sell, by category."""
    return {name: _pick(pair, language) for name, pair in _KINDS.items()}


def capacities(language: str) -> dict[str, str]:
    """Return the names of capacities for people, by machine-readable name."""
    return {str(each.name): _pick(pair, language) for each, pair in DISPLAY_NAMES.items()}


def cheats(language: str) -> list[CheatText]:
    """Return the texts of the attempts to cheat, in the order of the page."""
    return [
        CheatText(name, *(_pick(pair, language) for pair in words))
        for name, words in _CHEATS.items()
    ]


def _pick(pair: tuple[str, str], language: str) -> str:
    return unbroken(pair[1] if language == "en" else pair[0])
