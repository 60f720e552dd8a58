"""The money in the report to the council: sums of what is published of schemes, in cents."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from kindpakket.domain.language import say, say_month
from kindpakket.domain.money import say_euros
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures.published_months import KindPeriod
from kindpakket.services.publication import PublicScheme
from kindpakket.services.publication.council_words import (
    capital,
    percent,
    say_scheme,
)
from kindpakket.services.publication.document import (
    Bars,
    Grid,
    Head,
    Row,
    Section,
    Text,
    draw_bars,
)
from kindpakket.services.publication.rules import RuleChange, What

MOST_SCHEMES = 4
MOST_MONTHS = 13
MOST_KINDS = 12
"""How many of each have a row; the others are told together, so that it fits on four pages."""

Schemes = Sequence[PublicScheme]


def name_unused(*, over: bool) -> str:
    """Return the word for what is on letters and was not spent."""
    return say("Bleef op brieven staan") if over else say("Staat nog op brieven")


def too_few_paid(schemes: Schemes) -> bool:
    """Whether no letter paid, or too few to publish an amount."""
    return not any(each.money.spent for each in schemes)


def tell_take_up(schemes: Schemes, *, over: bool) -> Section:
    """How much of what was put on letters was spent."""
    parts: list[Text | Grid] = [Text(_say_take_up(schemes))]
    if len(schemes) > 1:
        parts.append(_by_scheme(schemes, over=over))
    parts.append(
        Text(
            say(
                "Een getal verandert pas als er tien brieven of meer achter zitten. Zo kan niemand "
                "zien wat één gezin doet. Daarom telt een betaling soms later mee, of niet. Er kan "
                "dus meer zijn besteed dan hier staat."
            )
        )
    )
    return Section(say("Wat ervan is gebruikt"), parts)


def _say_take_up(schemes: Schemes) -> str:
    granted, net = (
        sum(getattr(each.money, name) for each in schemes) for name in ("granted", "net")
    )
    if too_few_paid(schemes):
        return say(
            "Op brieven is %(granted)s gezet. Er is nog te weinig besteed om te tonen.",
            granted=say_euros(granted),
        )
    return say(
        "Op brieven is %(granted)s gezet. Daarvan is %(net)s besteed: %(share)s.",
        granted=say_euros(granted),
        net=say_euros(net),
        share=percent(net, granted),
    )


def _by_scheme(schemes: Schemes, *, over: bool) -> Grid:
    rows = [_take_up(say_scheme(each), [each]) for each in schemes[:MOST_SCHEMES]]
    if others := schemes[MOST_SCHEMES:]:
        rows.append(_take_up(say("Andere regelingen samen"), others))
    heads = [
        Head(say("Regeling")),
        Head(say("Budget"), right=True),
        Head(say("Op brieven gezet"), right=True),
        Head(say("Besteed"), right=True),
        Head(name_unused(over=over), right=True),
        Head(say("Deel"), right=True),
    ]
    total = _take_up(say("Samen"), schemes)
    return Grid(say("Per regeling"), heads, [*rows, total], total=True)


def _take_up(name: str, schemes: Schemes) -> Row:
    money = [each.money for each in schemes]
    granted, net = sum(each.granted for each in money), sum(each.net for each in money)
    spent = (
        (say("nog te weinig om te tonen"), "–", "–")
        if too_few_paid(schemes)
        else (say_euros(net), say_euros(granted - net), percent(net, granted))
    )
    return (name, say_euros(sum(each.funded for each in money)), say_euros(granted), *spent)


def tell_months(schemes: Schemes) -> Section:
    """Where the money went, by month."""
    months = defaultdict[str, list[int]](lambda: [0, 0, 0])
    for scheme in schemes:
        for each in scheme.money.months:
            for place, amount in enumerate((each.granted, each.spent, each.refunded)):
                months[each.month][place] += amount
    told = sorted(months.items())
    earlier, last = told[:-MOST_MONTHS], told[-MOST_MONTHS:]
    title = say("Waar het geld heen ging, per maand")
    if not last:
        return Section(title, [Text(say("Er is nog niets te laten zien."))])
    named = [(capital(say_month(month)), amounts) for month, amounts in last]
    bars = draw_bars([(name, each[1], say_euros(each[1])) for name, each in named])
    if earlier:
        named.insert(0, (say("Eerder"), _sums([amounts for _, amounts in earlier])))
    named.append((say("Samen"), _sums([amounts for _, amounts in named])))
    if too_few_paid(schemes):
        return Section(title, [_months_granted(named)])
    heads = [
        Head(say("Maand")),
        Head(say("Op brieven gezet"), right=True),
        Head(say("Betaald"), right=True),
        Head(say("Terugbetaald"), right=True),
        Head(say("Besteed"), right=True),
    ]
    rows = [
        (name, say_euros(granted), say_euros(paid), say_euros(back), say_euros(paid - back))
        for name, (granted, paid, back) in named
    ]
    table = Grid(say("Op brieven gezet, betaald en terugbetaald"), heads, rows, total=True)
    return Section(title, [Bars(say("Betaald in winkels"), bars), table])


def _months_granted(named: Sequence[tuple[str, Sequence[int]]]) -> Grid:
    """Without what was paid, which is not told yet."""
    heads = [Head(say("Maand")), Head(say("Op brieven gezet"), right=True)]
    rows = [(name, say_euros(granted)) for name, (granted, _, _) in named]
    return Grid(say("Op brieven gezet"), heads, rows, total=True)


def _sums(amounts: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*amounts, strict=True)]


def tell_kinds(schemes: Schemes) -> Section:
    """Where the money went, by kind of shop; the rows add up to what was paid."""
    periods = [each for scheme in schemes for each in scheme.money.periods]
    paid = sum(each.money.spent for each in schemes)
    title = say("Waar het geld heen ging, per soort winkel")
    if not any(each.kinds for each in periods):
        told = [say("Dit kan nog niet per soort winkel. Daarvoor is te weinig betaald.")]
        if paid:
            told.append(
                say("Bij alle soorten winkels samen is %(amount)s betaald.", amount=say_euros(paid))
            )
        return Section(title, [Text(" ".join(told))])
    rows = [*_kind_rows(schemes, periods), (say("Samen"), paid)]
    heads = [
        Head(say("Soort winkel")),
        Head(say("Betaald"), right=True),
        Head(say("Deel"), right=True),
    ]
    table = [(name, say_euros(amount), percent(amount, paid)) for name, amount in rows]
    notes = [
        say(
            "Dit is wat er is betaald, voordat er iets is terugbetaald. Een maand wordt verdeeld "
            "als hij voorbij is."
        )
    ]
    if hidden := {kind for each in periods for kind in each.others}:
        notes.append(
            say(
                "In een of meer perioden bij de andere soorten: %(kinds)s. Daar zaten minder dan "
                "tien brieven achter, of een klein getal was anders uit te rekenen.",
                kinds=" / ".join(say_categories(kind) for kind in sorted(hidden)),
            )
        )
    return Section(
        title,
        [Grid(say("Betaald, naar soort winkel"), heads, table, total=True), *map(Text, notes)],
    )


def _kind_rows(schemes: Schemes, periods: Sequence[KindPeriod]) -> list[tuple[str, int]]:
    """Return names with amounts: the largest kinds, and what is told together."""
    shown = Counter[int]()
    for each in periods:
        shown.update(each.kinds)
    kinds = sorted(shown.items(), key=lambda each: (-each[1], each[0]))
    together = (
        (say("Kleinere soorten samen"), sum(amount for _, amount in kinds[MOST_KINDS:])),
        (say("Andere soorten samen"), sum(each.rest for each in periods)),
        (say("Nog niet verdeeld naar soort"), sum(each.money.undivided for each in schemes)),
    )
    return [
        *((capital(say_categories(kind)), amount) for kind, amount in kinds[:MOST_KINDS]),
        *(each for each in together if each[1]),
    ]


def tell_unused(schemes: Schemes, changes: Sequence[RuleChange], *, over: bool) -> Section:
    """What was not used, from the budget that was given to what was spent."""
    taken = -sum(each.amount for each in changes if each.what is What.BUDGET and each.amount < 0)
    heads = [Head(say("Wat")), Head(say("Bedrag"), right=True)]
    rows = [(what, say_euros(each)) for what, each in _unused_rows(schemes, taken, over=over)]
    notes = [
        say("De laatste twee zijn samen het budget.")
        if too_few_paid(schemes)
        else say("De laatste drie zijn samen het budget.")
    ]
    if over:
        notes.append(
            say(
                "Wat op brieven bleef staan, kan na het einde niemand besteden. Dat geld is niet "
                "uitbetaald: winkels krijgen alleen wat bij hen is besteed."
            )
        )
    notes.append(
        say("Wat niet op brieven is gezet, kunnen twee ambtenaren met een besluit terugnemen.")
        if sum(each.money.funded - each.money.granted for each in schemes) > 0
        else say("Wat niet op brieven is gezet, is teruggenomen.")
        if taken
        else say("Het hele budget is op brieven gezet.")
    )
    table = Grid(say("Van budget naar besteed"), heads, rows)
    return Section(say("Wat niet is gebruikt"), [table, *map(Text, notes)])


def _unused_rows(schemes: Schemes, taken: int, *, over: bool) -> list[tuple[str, int]]:
    """Return names with amounts; ``taken`` was taken back of the budget, in cents."""
    money = [each.money for each in schemes]
    funded, granted, net = (
        sum(getattr(each, name) for each in money) for name in ("funded", "granted", "net")
    )
    given = [
        (say("Budget dat is gegeven"), funded + taken),
        (say("Teruggenomen van het budget"), -taken),
    ]
    used = [(say("Besteed"), net), (name_unused(over=over), granted - net)]
    return [
        *(given if taken else []),
        (say("Budget"), funded),
        *([(say("Op brieven gezet"), granted)] if too_few_paid(schemes) else used),
        (say("Niet op brieven gezet"), funded - granted),
    ]
