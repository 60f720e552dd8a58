"""The report to the council, of one scheme or of those that begin in a year.

Its numbers are those of the public page, and counts of refusals that may be public too. Nothing
else is read of payments, so that it can be published.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kindpakket.domain.language import current_catalogue, say, say_end, say_moment
from kindpakket.domain.money import say_euros
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code, Refusal
from kindpakket.domain.times import day_of
from kindpakket.services.base.context import Context
from kindpakket.services.children.ages import Ages, read_ages
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures.published_refusals import (
    PublishedRefusals,
    read_published_refusals,
)
from kindpakket.services.oversight.retention import MONTHS_13
from kindpakket.services.publication import Publication, PublicScheme, read_publication
from kindpakket.services.publication.council_checks import tell_checks
from kindpakket.services.publication.council_money import (
    name_unused,
    tell_kinds,
    tell_months,
    tell_take_up,
    tell_unused,
    too_few_paid,
)
from kindpakket.services.publication.council_words import (
    say_minute,
    say_months,
    say_scheme,
)
from kindpakket.services.publication.document import Document, Grid, Head, Section, Text, Values

MOST_RULES = 3
"""The most schemes of which a report tells the rules."""
_MOST_NAMED = 8
"""The most kinds of shops that it names of one rule, if it is about several schemes."""
_MOST_REASONS = 8
"""How many reasons for a refusal have a row; the others are told together."""
_SCHOOL_YEAR_BEGINS = 8
"""In August."""
_LATEST = 2**33
"""The year 2242: a scheme that begins later has a time that is no day."""


@dataclass(frozen=True)
class Subject:
    """What a report is about."""

    key: str
    """``regeling-1``, the year ``2027`` or the school year ``2027-2028``."""
    name: str
    schemes: tuple[PublicScheme, ...]


def list_subjects(publication: Publication) -> list[Subject]:
    """Return each scheme, year and school year, the newest first."""
    years = defaultdict[str, list[PublicScheme]](list)
    for scheme in publication.schemes:
        begins = day_of(min(scheme.rules.opens, _LATEST))
        first = begins.year - (begins.month < _SCHOOL_YEAR_BEGINS)
        for year in (str(begins.year), f"{first}-{first + 1}"):
            years[year].append(scheme)
    return [
        *(
            Subject(f"regeling-{each.id}", say_scheme(each), (each,))
            for each in publication.schemes
        ),
        *(
            Subject(year, _name_year(year), tuple(schemes[::-1]))
            for year, schemes in sorted(years.items(), reverse=True)
        ),
    ]


def _name_year(year: str) -> str:
    return (
        say("Schooljaar %(year)s", year=year)
        if "-" in year
        else say("Regelingen van %(year)s", year=year)
    )


def make_report(context: Context, key: str, address: str) -> Document:
    """Return the report about a subject, in the current language.

    Args:
        address: of the site, such as ``https://kindpakket.example``.

    Raises:
        Refusal: NOT_FOUND, there is no such subject.
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    publication = read_publication(context)
    subject = _find_subject(publication, key)
    schemes = subject.schemes
    numbers = {each.id for each in schemes}
    changes = [each for each in publication.changes if each.scheme in numbers]
    over = all(map(publication.is_over, schemes))
    with context.read_views() as db:
        ages = read_ages(db)
        refusals = read_published_refusals(
            db,
            numbers,
            first=min(each.rules.opens for each in schemes),
            until=publication.totals_until,
            kept_since=context.now() - MONTHS_13,
        )
    return Document(
        current_catalogue().language,
        say("Verslag aan de raad: %(subject)s", subject=subject.name),
        _about(publication, schemes),
        _key_figures(schemes, over=over),
        [
            _purpose(schemes, {each.id: ages.get(each.id) for each in schemes}),
            tell_take_up(schemes, over=over),
            tell_months(schemes),
            tell_kinds(schemes),
            _refused(refusals),
            tell_unused(schemes, changes, over=over),
            tell_checks(context, publication, schemes, changes, address),
        ],
    )


def _find_subject(publication: Publication, key: str) -> Subject:
    subject = next((each for each in list_subjects(publication) if each.key == key), None)
    if subject is None:
        raise Refusal(Code.NOT_FOUND)
    return subject


def _about(publication: Publication, schemes: Sequence[PublicScheme]) -> str:
    moment = say_moment(publication.totals_until)
    going_on = [each for each in schemes if not publication.is_over(each)]
    if not going_on:
        return say("Stand tot %(moment)s. Er wordt niet meer betaald.", moment=moment)
    if all(each.paused for each in going_on):
        return say("Tussenstand tot %(moment)s: er kan nu niet worden betaald.", moment=moment)
    return say("Tussenstand tot %(moment)s: er kan nog worden betaald.", moment=moment)


def _key_figures(schemes: Sequence[PublicScheme], *, over: bool) -> list[tuple[str, str]]:
    money = [each.money for each in schemes]
    told = [
        (say("Budget"), say_euros(sum(each.funded for each in money))),
        (say("Op brieven gezet"), say_euros(sum(each.granted for each in money))),
    ]
    if too_few_paid(schemes):
        return [*told, (say("Besteed"), say("nog te weinig om te tonen"))]
    return [
        *told,
        (say("Besteed"), say_euros(sum(each.net for each in money))),
        (name_unused(over=over), say_euros(sum(each.unused for each in money))),
    ]


def _purpose(schemes: Sequence[PublicScheme], ages: dict[int, Ages | None]) -> Section:
    more = len(schemes) - MOST_RULES
    return Section(
        say("Waarvoor het geld is"),
        [
            Text(
                say(
                    "De gemeente geeft geld aan kinderen van ouders met weinig inkomen. De ouder "
                    "krijgt een brief, en betaalt daarmee in winkels die meedoen. Het grootboek "
                    "weigert elke betaling die de regels niet toelaten."
                )
            ),
            *(
                Values(_rules(each, ages[each.id], len(schemes) > 1), say_scheme(each))
                for each in schemes[:MOST_RULES]
            ),
            *(
                [Text(say("Hoeveel regelingen hier niet bij staan: %(count)s.", count=more))]
                if more > 0
                else []
            ),
        ],
    )


def _rules(scheme: PublicScheme, ages: Ages | None, short: bool) -> list[tuple[str, str]]:
    rules = scheme.rules
    when = say(
        "van %(opens)s %(end)s",
        opens=say_minute(rules.opens),
        end=say_end(rules.closes, scheme.closed),
    )
    return [
        (say("Wanneer"), when),
        *([(say("Leeftijd"), _say_ages(ages))] if ages else []),
        (say("Geld op een brief"), say_euros(scheme.per_letter)),
        (say("Winkels die mogen"), _say_kinds(rules.permitted, short)),
        *(
            [(say("Winkels die nooit mogen"), _say_kinds(rules.excluded, short))]
            if rules.excluded
            else []
        ),
    ]


def _say_kinds(bits: int, short: bool) -> str:
    named = say_categories(bits).split("; ")
    more = len(named) - _MOST_NAMED
    if not short or more <= 0:
        return "; ".join(named)
    return say(
        "%(kinds)s; en nog %(count)s, die op /over staan",
        kinds="; ".join(named[:_MOST_NAMED]),
        count=more,
    )


def _say_ages(ages: Ages) -> str:
    return say(
        "van %(youngest)s tot en met %(oldest)s jaar", youngest=ages.youngest, oldest=ages.oldest
    )


def _refused(refusals: PublishedRefusals) -> Section:
    title = say("Wat de regels weigerden")
    if not refusals.months:
        return Section(title, [Text(say("Er is nog geen hele maand om over te vertellen."))])
    months = say_months(refusals.months[0], refusals.months[-1])
    counted = Text(
        say(
            "Geteld zijn hele maanden: %(months)s. Een reden telt in een maand alleen mee als "
            "daardoor tien brieven of meer zijn geweigerd. Weigeringen staan niet op het "
            "grootboek; ze worden dertien maanden bewaard.",
            months=months,
        )
    )
    if not refusals.attempts:
        nothing = say("In geen enkele maand zijn om één reden tien brieven of meer geweigerd.")
        return Section(title, [Text(nothing), counted])
    words = ENGLISH if current_catalogue().language == "en" else DUTCH
    told = list(refusals.attempts.items())
    rows = [(words[code].title, str(times)) for code, times in told[:_MOST_REASONS]]
    if others := sum(times for _, times in told[_MOST_REASONS:]):
        rows.append((say("Andere redenen samen"), str(others)))
    heads = [Head(say("Tekst op de kassa")), Head(say("Keer"), right=True)]
    return Section(title, [Grid(say("Geweigerd, per reden"), heads, rows), counted])
