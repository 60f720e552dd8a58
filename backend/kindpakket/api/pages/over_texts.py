"""The texts of the page for everyone, in Dutch and in English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kindpakket.domain import categories
from kindpakket.domain.money import dutch_euros, english_euros
from kindpakket.domain.times import dutch_end, dutch_moment, english_end, english_moment, midnight
from kindpakket.services.figures.published_months import (
    KindPeriod,
    PublishedMoney,
    PublishedMonth,
)
from kindpakket.services.publication import Passport, PublicScheme
from kindpakket.services.publication.rules import RuleChange, What
from kindpakket.services.schemes.changes import Rules


@dataclass(frozen=True)
class OverTexts:
    """The texts in one language; amounts in cents, times in unix seconds."""

    lang: Literal["nl", "en"]
    title: str
    what_title: str
    what: Sequence[str]
    rules_title: str
    rules_from: str
    no_schemes: str
    scheme_number: Callable[[int], str]
    shop_number: Callable[[int], str]
    paused: str
    per_letter: str
    opens: str
    closes: str
    permitted: str
    excluded: str
    none: str
    since: str
    unknown_kinds: Callable[[int], str]
    always_title: str
    always: Sequence[str]
    codes: str
    changes_title: str
    no_changes: str
    which_rules: str
    changed: Callable[[RuleChange, str], str]
    """From the change and the name of its scheme."""
    by: str
    also: str
    """Between the last two codes of officials."""
    money_title: str
    money_until: Callable[[str], str]
    few: str
    no_money: str
    funded: str
    granted: str
    paid: str
    refunded: str
    net: str
    too_few: str
    unused: str
    lapsed: str
    stock: str
    by_month: str
    by_kind: str
    not_by_kind: str
    undivided: Callable[[str, bool], str]
    """From an amount, and whether anything was told by kind of shop before."""
    rest: str
    through: str
    """Between the first and the last month of a period."""
    shops_title: str
    no_shops: str
    at_none: str
    """Of a shop that no scheme of now allows."""
    left_out: Callable[[int], str]
    """How many more there are than the page shows."""
    people_title: str
    kept_not: str
    not_kept: Sequence[str]
    kept_too: str
    kept: Sequence[str]
    check_title: str
    check: Sequence[str]
    passport_title: str
    passport: str
    passport_fields: Sequence[str]
    """Headings of the chain, contract, block, its hash, its time, and the program."""
    data_title: str
    data: str
    everything: str
    tables: Mapping[str, str]
    """Of each table of open data, by the name of its file."""
    catalogue: str
    feed: str
    network: str
    receipt: str
    euros: Callable[[int], str]
    moment: Callable[[int], str]
    end: Callable[[int, bool], str]

    def kinds(self, bits: int) -> list[str]:
        """Return the categories in a set of bits, as words."""
        listed = [_kind(each, self.lang) for each in categories.TABLE if bits >> each.bit & 1]
        unknown = bits.bit_count() - len(listed)
        return [*listed, self.unknown_kinds(unknown)] if unknown else listed

    def month(self, month: str) -> str:
        """Format ``2027-01`` as ``januari 2027``."""
        first = date(int(month[:4]), int(month[5:]), 1)
        return self.moment(midnight(first)).removeprefix("1 ")

    def period(self, period: KindPeriod) -> str:
        """Format the months of a period."""
        first, last = self.month(period.first), self.month(period.last)
        return first if first == last else f"{first} {self.through} {last}"

    def totals(self, money: PublishedMoney, over: bool) -> list[tuple[str, str]]:
        """Return the totals of a scheme as headings with texts."""
        told = [
            (self.funded, self.euros(money.funded)),
            (self.granted, self.euros(money.granted)),
        ]
        if not money.spent:  # of no letter, or of too few
            return [*told, (self.net, self.too_few)]
        return [
            *told,
            (self.net, self.euros(money.net)),
            (self.lapsed if over else self.unused, self.euros(money.unused)),
        ]

    def month_totals(self, month: PublishedMonth) -> list[tuple[str, int]]:
        """Return what changed for a month; what did not is left out."""
        told = (
            (self.granted, month.granted),
            (self.paid, month.spent),
            (self.refunded, month.refunded),
        )
        return [each for each in told if each[1]]

    def kind_totals(self, period: KindPeriod) -> list[tuple[str, int]]:
        """Return what was paid by kind of shop, as headings with amounts in cents."""
        told = [(", ".join(self.kinds(bits)), amount) for bits, amount in period.kinds.items()]
        return [*told, (self.others(period), period.rest)] if period.others else told

    def others(self, period: KindPeriod) -> str:
        """Return the heading of the kinds that are told together."""
        kinds = "; ".join(", ".join(self.kinds(bits)) for bits in period.others)
        return f"{self.rest}: {kinds}"

    def minute(self, time: int) -> str:
        """Format a time without its seconds."""
        return self.moment(time - time % 60)

    def name(self, scheme: PublicScheme) -> str:
        """Return a scheme's name, or its number."""
        return scheme.name or self.scheme_number(scheme.id)

    def told_passport(self, passport: Passport) -> list[tuple[str, str]]:
        """Return the origin of the data as headings with texts."""
        told = (
            str(passport.chain_id),
            passport.contract,
            str(passport.block),
            passport.hash,
            self.moment(passport.time),
            f"kindpakket {passport.software}",
        )
        return list(zip(self.passport_fields, told, strict=True))

    def told_rules(self, rules: Rules, closed: bool = False) -> list[tuple[str, str | list[str]]]:
        """Return rules as headings, each with a text or a list of kinds of shops."""
        excluded = self.kinds(rules.excluded)
        return [
            (self.opens, self.minute(rules.opens)),
            (self.closes, self.end(rules.closes, closed)),
            (self.permitted, self.kinds(rules.permitted) or self.none),
            *([(self.excluded, excluded)] if excluded else []),
        ]


def _kind(category: categories.Category, lang: str) -> str:
    if lang == "en":
        return category.translations["en"]
    return category.short[:1].upper() + category.short[1:]


def _dutch_change(change: RuleChange, name: str) -> str:
    match change.what:
        case What.OPENED:
            return f"{name}: de regeling is gemaakt."
        case What.RULES:
            return f"{name}: er kwamen andere regels."
        case What.CLOSED:
            return f"{name}: voorgoed gesloten."
        case What.PAUSED:
            return f"{name}: stilgezet. Er kon niet worden betaald."
        case What.RESUMED:
            return f"{name}: weer verder. Er kon weer worden betaald."
        case What.BUDGET if change.amount < 0:
            return f"{name}: van het budget ging {dutch_euros(-change.amount)} af."
        case What.BUDGET:
            return f"{name}: bij het budget kwam {dutch_euros(change.amount)}."
        case What.CATEGORIES:
            return "De lijst van soorten winkels werd vastgelegd."


def _english_change(change: RuleChange, name: str) -> str:
    match change.what:
        case What.OPENED:
            return f"{name}: the scheme was made."
        case What.RULES:
            return f"{name}: the rules changed."
        case What.CLOSED:
            return f"{name}: closed for good."
        case What.PAUSED:
            return f"{name}: paused. Nobody could pay."
        case What.RESUMED:
            return f"{name}: resumed. People could pay again."
        case What.BUDGET if change.amount < 0:
            return f"{name}: the budget became {english_euros(-change.amount)} less."
        case What.BUDGET:
            return f"{name}: the budget became {english_euros(change.amount)} more."
        case What.CATEGORIES:
            return "The list of kinds of shops was recorded."


TEXTS = {
    "nl": OverTexts(
        lang="nl",
        title="Over kindpakket",
        what_title="Wat is dit?",
        what=(
            "De gemeente geeft geld aan kinderen van ouders met weinig inkomen. De ouder krijgt "
            "een brief. Met die brief betaalt de ouder in winkels die meedoen.",
            "Wat mag en wat niet, staat in een grootboek. Het grootboek weigert wat niet mag, ook "
            "als de gemeente het vraagt. Op deze pagina kan iedereen de regels lezen.",
        ),
        rules_title="De regels van nu",
        rules_from="Deze regels komen uit het grootboek zelf. Ze zijn niet overgetypt.",
        no_schemes="Er is nog geen regeling.",
        scheme_number=lambda number: f"Regeling {number}",
        shop_number=lambda number: f"Winkel {number}",
        paused="Deze regeling staat stil. Er kan nu niet worden betaald.",
        per_letter="Geld op een brief",
        opens="Begint op",
        closes="Einde",
        permitted="Winkels die mogen",
        excluded="Winkels die nooit mogen",
        none="geen",
        since="Zo besloten op",
        unknown_kinds=lambda count: f"soorten die dit programma niet kent: {count}",
        always_title="Dit geldt altijd",
        always=(
            "Een betaalcode werkt één keer, en vijf minuten lang. De ouder kiest hoeveel er "
            "hoogstens af mag.",
            "Een winkel krijgt alleen geld als de winkel is toegelaten, de soort winkel mag en de "
            "regeling open is.",
            "Komt er geld terug van een aankoop? Dan staat het weer op de brief.",
            "De gemeente kan niet meer geld op brieven zetten dan het budget.",
            "Bij elk besluit tekenen twee ambtenaren. Een regeling stilzetten of een winkel "
            "schorsen mag één ambtenaar, want dat moet soms snel.",
        ),
        codes="U ziet codes van ambtenaren en geen namen. Elke code hoort bij één sleutel.",
        changes_title="Wat er veranderde",
        no_changes="Er is nog niets besloten.",
        which_rules="Bekijk die regels",
        changed=_dutch_change,
        by="door",
        also="en",
        money_title="Waar het geld heen ging",
        money_until=lambda moment: (
            f"Dit is de stand tot {moment}. Elke ochtend om zes uur komt er een nieuwe."
        ),
        few="Een getal verandert pas als er tien brieven of meer achter zitten. Zo kan niemand "
        "zien wat één gezin doet. Daarom telt een betaling soms later mee, of niet. Er kan dus "
        "meer zijn besteed dan hier staat.",
        no_money="Er is nog niets te laten zien.",
        funded="Budget",
        granted="Op brieven gezet",
        paid="Betaald in winkels",
        refunded="Terugbetaald door winkels",
        net="Besteed",
        too_few="nog te weinig om te tonen",
        unused="Nog niet besteed",
        lapsed="Niet gebruikt",
        stock="Op brieven gezet is ook het geld op brieven die nog bij de gemeente liggen.",
        by_month="Per maand",
        by_kind="Per soort winkel",
        not_by_kind="Dit kan nog niet per soort winkel. Daarvoor is te weinig betaald.",
        undivided=lambda amount, more: (
            f"{'Sindsdien' if more else 'Sinds het begin'} is er bij alle soorten samen {amount} "
            "betaald."
        ),
        rest="Andere soorten samen",
        through="tot en met",
        shops_title="Winkels die meedoen",
        no_shops="Er doet nog geen winkel mee.",
        at_none="Mag nu bij geen regeling.",
        left_out=lambda count: f"En nog {count}, die niet op deze pagina passen.",
        people_title="Wat bewaren wij over mensen?",
        kept_not="Dit bewaren wij niet:",
        not_kept=(
            "welk gezin wat kocht. In het grootboek staan bedragen, winkels en tijden, en geen "
            "namen;",
            "waar een telefoon is;",
            "wie deze pagina leest. Deze pagina gebruikt geen cookies.",
        ),
        kept_too="Dit bewaren wij wel:",
        kept=(
            "van elk kind dat een brief kan krijgen: naam, geboortedatum, adres of dat het geheim "
            "is, telefoon van een ouder, het nummer van de brief, en of wij aan het einde "
            "herinnerden. Dat staat in een apart register, versleuteld. Het wordt vanzelf gewist "
            "als de regeling lang genoeg voorbij is;",
            "welke ambtenaar in dat register keek, wanneer en waarom;",
            "van winkels: naam, adres, soort winkel en rekening;",
            "van elke betaling voor altijd: bedrag, winkel, tijd en een nummer. Wie het grootboek "
            "leest, ziet welke nummers bij elkaar horen, en geen namen.",
        ),
        check_title="Controleer het zelf",
        check=(
            "U hoeft ons niet te geloven. Het programma kindpakket-audit rekent elke cent na, uit "
            "het grootboek alleen. Het deelt geen code met onze server.",
            "Vraag de gemeente om een kopie van het grootboek, of om het adres van een computer "
            "die het heeft. Vraag ook om de broncode van kindpakket: daarin staat de map audit. "
            "Typ dan, in de map met de broncode:",
        ),
        passport_title="Waar deze gegevens vandaan komen",
        passport="Met deze getallen kan iemand anders hetzelfde narekenen.",
        passport_fields=(
            "Keten",
            "Contract",
            "Blok van de laatste wijziging",
            "Controlegetal van dat blok",
            "Tijd van dat blok",
            "Programma",
        ),
        data_title="Open gegevens",
        data="Alles van deze pagina, om zelf mee te rekenen. U mag het vrij gebruiken (CC0).",
        everything="Alles (JSON)",
        tables={
            "herkomst": "Herkomst (CSV)",
            "regelingen": "Regelingen (CSV)",
            "maanden": "Geld per maand (CSV)",
            "soorten": "Geld per soort winkel (CSV)",
            "wijzigingen": "Wijzigingen (CSV)",
            "winkels": "Winkels (CSV)",
        },
        catalogue="Beschrijving (DCAT-AP-NL)",
        feed="Nieuwe regels volgen (Atom)",
        network="Wie houdt het grootboek bij?",
        receipt="Klopt een bon? Zoek hem op",
        euros=dutch_euros,
        moment=dutch_moment,
        end=dutch_end,
    ),
    "en": OverTexts(
        lang="en",
        title="About kindpakket",
        what_title="What is this?",
        what=(
            "The municipality gives money to children of parents with a low income. The parent "
            "gets a letter. With that letter the parent pays in shops that take part.",
            "What is allowed and what is not is in a ledger. The ledger refuses what is not "
            "allowed, also when the municipality asks for it. On this page everyone can read the "
            "rules.",
        ),
        rules_title="The rules now",
        rules_from="These rules come from the ledger itself. Nobody typed them again.",
        no_schemes="There is no scheme yet.",
        scheme_number=lambda number: f"Scheme {number}",
        shop_number=lambda number: f"Shop {number}",
        paused="This scheme is paused. Nobody can pay now.",
        per_letter="Money on a letter",
        opens="Begins on",
        closes="End",
        permitted="Shops that are allowed",
        excluded="Shops that are never allowed",
        none="none",
        since="Decided on",
        unknown_kinds=lambda count: f"kinds that this program does not know: {count}",
        always_title="This is always so",
        always=(
            "A payment code works once, for five minutes. The parent chooses how much may be "
            "taken at most.",
            "A shop gets money only if the shop is admitted, its kind is allowed and the scheme "
            "is open.",
            "Does money come back from a purchase? Then it is on the letter again.",
            "The municipality cannot put more money on letters than the budget.",
            "Two officials sign each decision. One official may pause a scheme or suspend a shop, "
            "because that has to be fast at times.",
        ),
        codes="You see codes of officials and no names. Each code belongs to one key.",
        changes_title="What changed",
        no_changes="Nothing was decided yet.",
        which_rules="See those rules",
        changed=_english_change,
        by="by",
        also="and",
        money_title="Where the money went",
        money_until=lambda moment: (
            f"This is how it was on {moment}. Each morning at six there is a new one."
        ),
        few="A number changes only when ten letters or more are behind it. So nobody can see what "
        "one family does. That is why a payment sometimes counts later, or not at all. So more may "
        "have been spent than is shown here.",
        no_money="There is nothing to show yet.",
        funded="Budget",
        granted="Put on letters",
        paid="Paid in shops",
        refunded="Refunded by shops",
        net="Spent",
        too_few="too little to show yet",
        unused="Not spent yet",
        lapsed="Not used",
        stock="What was put on letters includes letters that the municipality still has.",
        by_month="By month",
        by_kind="By kind of shop",
        not_by_kind="This cannot be told by kind of shop yet. Too little was paid for that.",
        undivided=lambda amount, more: (
            f"Since {'then' if more else 'the beginning'}, {amount} was paid at all kinds together."
        ),
        rest="Other kinds together",
        through="to",
        shops_title="Shops that take part",
        no_shops="No shop takes part yet.",
        at_none="No scheme allows it now.",
        left_out=lambda count: f"And {count} more, for which this page has no room.",
        people_title="What do we keep about people?",
        kept_not="We do not keep:",
        not_kept=(
            "which family bought what. The ledger has amounts, shops and times, and no names;",
            "where a telephone is;",
            "who reads this page. This page uses no cookies.",
        ),
        kept_too="We do keep:",
        kept=(
            "of each child that can get a letter: name, date of birth, address or that it is "
            "secret, telephone of a parent, the number of the letter, and whether we reminded of "
            "the end. That is in a register apart, encrypted. It is deleted by itself when the "
            "scheme has been over for long enough;",
            "which official looked in that register, when and why;",
            "of shops: name, address, kind of shop and bank account;",
            "of each payment for ever: amount, shop, time and a number. Who reads the ledger sees "
            "which numbers belong together, and no names.",
        ),
        check_title="Check it yourself",
        check=(
            "You need not believe us. The program kindpakket-audit recomputes every cent, from "
            "the ledger alone. It shares no code with our server.",
            "Ask the municipality for a copy of the ledger, or for the address of a computer that "
            "has it. Ask for the source code of kindpakket too: the folder audit is in it. Then "
            "type, in the folder with the source code:",
        ),
        passport_title="Where these data come from",
        passport="With these numbers somebody else can compute the same.",
        passport_fields=(
            "Chain",
            "Contract",
            "Block of the last change",
            "Hash of that block",
            "Time of that block",
            "Program",
        ),
        data_title="Open data",
        data="All of this page, to compute with. You may use it freely (CC0). It is in Dutch.",
        everything="Everything (JSON)",
        tables={
            "herkomst": "Origin (CSV)",
            "regelingen": "Schemes (CSV)",
            "maanden": "Money by month (CSV)",
            "soorten": "Money by kind of shop (CSV)",
            "wijzigingen": "Changes (CSV)",
            "winkels": "Shops (CSV)",
        },
        catalogue="Description (DCAT-AP-NL)",
        feed="Follow new rules (Atom)",
        network="Who keeps the ledger?",
        receipt="Is a receipt real? Look it up",
        euros=english_euros,
        moment=english_moment,
        end=english_end,
    ),
}
