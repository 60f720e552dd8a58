"""The texts of the page about the network, in Dutch and in English."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kindpakket.domain.times import dutch_moment, english_moment
from kindpakket.services.oversight.network import Health, NetworkState, Presence, TillState


@dataclass(frozen=True)
class NetworkTexts:
    """The texts in one language; times in unix seconds."""

    title: str
    status: dict[Health, Callable[[NetworkState], tuple[str, str]]]
    """A heading and a sentence."""
    who: str
    presence: dict[Presence, str]
    node: Callable[[int], str]
    """A node of which the party is not known, numbered from 1."""
    head: str
    mark: str
    proposed: str
    never: str
    blocks: str
    blocks_note: str
    no_blocks: str
    payments: Callable[[int], str]
    unknown: str
    why: str
    reasons: Callable[[NetworkState], list[str]]
    alone: list[str]
    unregistered: list[str]
    evidence: str
    no_evidence: str
    signed_twice: Callable[[str, int, int], str]
    changes: str
    no_changes: str
    change: Callable[[str, dict[str, Any], Callable[[str], str]], str]
    approvals: Callable[[int, int], str]
    upgrade: Callable[[str, int], str]
    readers: str
    readers_note: str
    try_it: str
    stop: str
    start: str
    till: Callable[[TillState], str]


_DUTCH_NUMBERS = (
    "nul",
    "één",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
)
_ENGLISH_NUMBERS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def _nl(number: int) -> str:
    return _DUTCH_NUMBERS[number] if number < len(_DUTCH_NUMBERS) else str(number)


def _en(number: int) -> str:
    return _ENGLISH_NUMBERS[number] if number < len(_ENGLISH_NUMBERS) else str(number)


def _first_upper(text: str) -> str:
    return text[0].upper().replace("É", "E") + text[1:]


def _dutch_some_away(state: NetworkState) -> tuple[str, str]:
    here = len(state.keepers) - state.away
    are = "is" if state.away == 1 else "zijn"
    return (
        "Betalen gaat door",
        f"{_first_upper(_nl(state.away))} van de {_nl(len(state.keepers))} partijen {are} er "
        f"niet. De andere {_nl(here)} zijn genoeg: er zijn er {_nl(state.needed)} nodig.",
    )


def _english_some_away(state: NetworkState) -> tuple[str, str]:
    here = len(state.keepers) - state.away
    are = "is" if state.away == 1 else "are"
    return (
        "Payments go on",
        f"{_first_upper(_en(state.away))} of the {_en(len(state.keepers))} parties {are} away. "
        f"The other {_en(here)} are enough: {_en(state.needed)} are needed.",
    )


def _dutch_reasons(state: NetworkState) -> list[str]:
    of, needed = len(state.keepers), state.needed
    spare = of - needed
    out = "Valt er één partij uit" if spare == 1 else f"Vallen er {_nl(spare)} partijen uit"
    reasons = [
        "Houdt één partij het boek bij, dan kan zij het in zijn geheel vervangen, en niemand ziet "
        "het.",
        f"Hier staat iets pas in het boek als {_nl(needed)} van de {_nl(of)} partijen hetzelfde "
        "zeggen. Eén partij alleen kan niets veranderen en niets weghalen.",
    ]
    if spare:
        reasons.append(
            f"{out}, dan gaat betalen gewoon door. Vallen er meer uit, dan wacht betalen tot er "
            f"weer {_nl(needed)} zijn. Er komt nooit een verkeerd antwoord."
        )
    return reasons


def _english_reasons(state: NetworkState) -> list[str]:
    of, needed = len(state.keepers), state.needed
    spare = of - needed
    out = "If one party fails" if spare == 1 else f"If {_en(spare)} parties fail"
    reasons = [
        "If one party keeps the book, it can replace it as a whole, and nobody sees it.",
        f"Here something is in the book only when {_en(needed)} of the {_en(of)} parties say the "
        "same. One party alone can change nothing and remove nothing.",
    ]
    if spare:
        reasons.append(
            f"{out}, payments simply go on. If more fail, payments wait until there are "
            f"{_en(needed)} again. There is never a wrong answer."
        )
    return reasons


def _dutch_change(function: str, args: dict[str, Any], name_of: Callable[[str], str]) -> str:
    match function:
        case "addParty":
            return f"Partij erbij: {args['party']['name']}"
        case "removeParty":
            return f"Partij weg: {name_of(args['account'])}"
        case "rotateKey":
            return f"Nieuwe sleutel voor {name_of(args['account'])}"
        case "replaceRelays":
            return f"Andere servers voor {name_of(args['account'])}"
        case "planUpgrade":
            return f"Nieuwe versie {args['next']} vanaf blok {args['height']}"
        case "cancelUpgrade":
            return "De geplande nieuwe versie gaat niet door"
    return "Een wijziging die niet te lezen is"


def _english_change(function: str, args: dict[str, Any], name_of: Callable[[str], str]) -> str:
    match function:
        case "addParty":
            return f"A new party: {args['party']['name']}"
        case "removeParty":
            return f"A party leaves: {name_of(args['account'])}"
        case "rotateKey":
            return f"A new key for {name_of(args['account'])}"
        case "replaceRelays":
            return f"Other servers for {name_of(args['account'])}"
        case "planUpgrade":
            return f"New version {args['next']} from block {args['height']} on"
        case "cancelUpgrade":
            return "The planned version is cancelled"
    return "A change that cannot be read"


def _dutch_till(till: TillState) -> str:
    if till.waits:
        return (
            f"Een kassa in {till.town} wacht al {till.seconds} seconden op antwoord. "
            f"Betaald: {till.payments} keer."
        )
    return f"Een kassa in {till.town} heeft {till.payments} keer betaald gekregen, zonet nog."


def _english_till(till: TillState) -> str:
    if till.waits:
        return (
            f"A till in {till.town} has waited {till.seconds} seconds for an answer. "
            f"Paid: {till.payments} times."
        )
    return f"A till in {till.town} was paid {till.payments} times, the last one just now."


TEXTS = {
    "nl": NetworkTexts(
        title="Wie houdt het grootboek bij?",
        status={
            Health.ALONE: lambda _: (
                "Eén partij houdt dit grootboek bij",
                "Het staat alleen op de server van de gemeente.",
            ),
            Health.UNREGISTERED: lambda _: (
                "Dit grootboek staat op een ander netwerk",
                "Welke partijen dat netwerk bijhouden, staat er niet in.",
            ),
            Health.WHOLE: lambda state: (
                "Alles werkt",
                f"{_first_upper(_nl(len(state.keepers)))} partijen houden samen één grootboek "
                "bij, en ze hebben hetzelfde.",
            ),
            Health.SOME_AWAY: _dutch_some_away,
            Health.HALTED: lambda state: (
                "Betalen wacht",
                f"Er zijn {_nl(state.needed)} van de {_nl(len(state.keepers))} partijen nodig, "
                "en die zijn er nu niet. Wat betaald is, blijft betaald. Zodra er genoeg partijen "
                "zijn, gaat het vanzelf verder.",
            ),
            Health.UNREACHABLE: lambda _: (
                "Het netwerk is niet te zien",
                "Geen van de knooppunten die deze server kent, geeft antwoord.",
            ),
            Health.FORKED: lambda _: (
                "Er klopt iets niet",
                "Knooppunten laten voor hetzelfde blok iets anders zien. De gemeente zoekt uit "
                "welk knooppunt fout is.",
            ),
        },
        who="De partijen",
        presence={
            Presence.HERE: "Doet mee",
            Presence.BEHIND: "Haalt in",
            Presence.AWAY: "Is er niet",
            Presence.DIFFERS: "Zegt iets anders",
            Presence.UNSEEN: "Niet gezien",
        },
        node=lambda number: f"Knooppunt {number}",
        head="Laatste blok",
        mark="Kenmerk",
        proposed="Stelde voor",
        never="nog geen blok",
        blocks="De laatste blokken",
        blocks_note="Om de beurt stelt een partij een blok voor. De andere partijen controleren "
        "het en tekenen.",
        no_blocks="Er zijn nu geen blokken te zien.",
        payments=lambda count: "leeg" if count == 0 else f"{count} ×",
        unknown="onbekend",
        why="Waarom samen beter is dan alleen",
        reasons=_dutch_reasons,
        alone=[
            "De regels gelden ook hier: elke betaling en elk besluit is op een ander apparaat "
            "getekend. De server kan die handtekeningen niet maken.",
            "Wie het grootboek nu kan lezen, kan alles narekenen.",
            "Maar wie de server beheert, kan het hele boek vervangen door een ander. Dat ziet "
            "alleen wie een kopie of de kenmerken van de blokken heeft bewaard.",
            "Houden meer partijen het boek bij, dan kan dat niet meer.",
        ],
        unregistered=[
            "Vraag de beheerder welke partijen het netwerk bijhouden, en hoeveel er nodig zijn "
            "voor een blok.",
        ],
        evidence="Twee keer getekend",
        no_evidence="Geen enkele partij heeft voor hetzelfde blok twee keer iets anders getekend.",
        signed_twice=lambda name, height, time: (
            f"{name} tekende twee keer iets anders voor blok {height}, op {dutch_moment(time)}. "
            "Dat is fraude of een fout met een sleutel."
        ),
        changes="Wijzigingen van het netwerk",
        no_changes="Er wacht geen wijziging.",
        change=_dutch_change,
        approvals=lambda count, needed: (
            f"{count} van de {needed} partijen die nodig zijn, stemden in"
        ),
        upgrade=lambda version, height: f"Vanaf blok {height} draait versie {version}.",
        readers="Wie leest mee?",
        readers_note="Elke partij ziet alle betalingen van alle winkels en bewaart ze voor altijd. "
        "Namen van gezinnen staan er niet in.",
        try_it="Probeer het: zet een partij stil en kijk wat er gebeurt.",
        stop="Zet stil",
        start="Start weer",
        till=_dutch_till,
    ),
    "en": NetworkTexts(
        title="Who keeps the ledger?",
        status={
            Health.ALONE: lambda _: (
                "One party keeps this ledger",
                "It is on the municipality's server only.",
            ),
            Health.UNREGISTERED: lambda _: (
                "This ledger is on another network",
                "It does not say which parties keep that network.",
            ),
            Health.WHOLE: lambda state: (
                "Everything works",
                f"{_first_upper(_en(len(state.keepers)))} parties keep one ledger together, and "
                "they have the same.",
            ),
            Health.SOME_AWAY: _english_some_away,
            Health.HALTED: lambda state: (
                "Payments wait",
                f"{_first_upper(_en(state.needed))} of the {_en(len(state.keepers))} parties "
                "are needed, and they are not there now. What was paid stays paid. When there are "
                "enough parties, it goes on by itself.",
            ),
            Health.UNREACHABLE: lambda _: (
                "The network cannot be seen",
                "None of the nodes that this server knows answers.",
            ),
            Health.FORKED: lambda _: (
                "Something is wrong",
                "Nodes show something different for the same block. The municipality finds out "
                "which node is wrong.",
            ),
        },
        who="The parties",
        presence={
            Presence.HERE: "Takes part",
            Presence.BEHIND: "Catches up",
            Presence.AWAY: "Is away",
            Presence.DIFFERS: "Says something else",
            Presence.UNSEEN: "Not seen",
        },
        node=lambda number: f"Node {number}",
        head="Last block",
        mark="Hash",
        proposed="Proposed",
        never="no block yet",
        blocks="The last blocks",
        blocks_note="The parties propose blocks in turn. The others check each block and sign it.",
        no_blocks="There are no blocks to be seen now.",
        payments=lambda count: "empty" if count == 0 else f"{count} ×",
        unknown="unknown",
        why="Why together is better than alone",
        reasons=_english_reasons,
        alone=[
            "The rules hold here too: every payment and every decision was signed on another "
            "device. The server cannot make those signatures.",
            "Anyone who can read the ledger now can recompute everything.",
            "But who runs the server can replace the whole book by another. Only those who kept a "
            "copy or the hashes of blocks would see it.",
            "When several parties keep the book, that cannot be done.",
        ],
        unregistered=[
            "Ask the operator which parties keep the network, and how many are needed for a block.",
        ],
        evidence="Signed twice",
        no_evidence="No party signed two different things for one block.",
        signed_twice=lambda name, height, time: (
            f"{name} signed two different things for block {height}, on {english_moment(time)}. "
            "That is fraud, or a mistake with a key."
        ),
        changes="Changes of the network",
        no_changes="No change is waiting.",
        change=_english_change,
        approvals=lambda count, needed: f"{count} of the {needed} parties that are needed approved",
        upgrade=lambda version, height: f"From block {height} on, version {version} runs.",
        readers="Who reads along?",
        readers_note="Each party sees all payments of all shops and keeps them for ever. There are "
        "no names of families in it.",
        try_it="Try it: stop a party and see what happens.",
        stop="Stop",
        start="Start again",
        till=_english_till,
    ),
}
