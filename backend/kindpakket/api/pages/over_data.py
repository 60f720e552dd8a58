"""The open data of the public page: JSON, and tables as CSV for Dutch spreadsheets."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kindpakket.api.pages.over_texts import TEXTS
from kindpakket.domain.categories import names_of
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import rfc3339
from kindpakket.services.figures.published_months import PublishedMoney, PublishedMonth
from kindpakket.services.publication import Passport, Publication, PublicScheme, PublicShop
from kindpakket.services.publication.rules import MOST_CHANGES, RuleChange
from kindpakket.services.schemes.changes import Rules

_DUTCH = TEXTS["nl"]


class TableName(StrEnum):
    """Names of the tables of open data."""

    ORIGIN = "herkomst"
    SCHEMES = "regelingen"
    MONTHS = "maanden"
    KINDS = "soorten"
    CHANGES = "wijzigingen"
    SHOPS = "winkels"


def as_json(publication: Publication) -> bytes:
    """Write everything; amounts in cents, times as RFC 3339 in UTC, categories by name."""
    data = {
        "passport": _passport(publication.passport),
        "totalsUntil": rfc3339(publication.totals_until),
        "schemes": [_scheme(each) for each in publication.schemes],
        "changes": [_change(each) for each in publication.changes],
        "shops": [
            {"id": each.id, "name": each.name, "categories": _names(each.categories)}
            for each in publication.shops
        ],
        "complete": {
            "schemes": len(publication.schemes) == publication.scheme_count,
            "changes": len(publication.changes) < MOST_CHANGES,
            "shops": len(publication.shops) == publication.shop_count,
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _passport(passport: Passport) -> dict[str, str | int]:
    return {
        "chainId": passport.chain_id,
        "contract": passport.contract,
        "block": passport.block,
        "blockHash": passport.hash,
        "blockTime": rfc3339(passport.time),
        "software": f"kindpakket {passport.software}",
    }


def _scheme(scheme: PublicScheme) -> dict[str, Any]:
    return {
        "id": scheme.id,
        "name": scheme.name,
        "perLetter": scheme.per_letter,
        **_rules(scheme.rules),
        "paused": scheme.paused,
        "closed": scheme.closed,
        "decisions": [each.decision for each in scheme.decisions],
        **_money(scheme.money),
    }


def _money(money: PublishedMoney) -> dict[str, Any]:
    return {
        "funded": money.funded,
        "granted": money.granted,
        "spent": _told(money, money.spent),
        "refunded": _told(money, money.refunded),
        "months": [vars(each) for each in money.months],
        "kinds": [
            {
                "first": each.first,
                "last": each.last,
                "amounts": [
                    {"categories": _names(bits), "amount": amount}
                    for bits, amount in each.kinds.items()
                ],
                "others": {"kinds": [*map(_names, each.others)], "amount": each.rest},
            }
            for each in money.periods
        ],
        "undivided": money.undivided,
    }


def _told(money: PublishedMoney, amount: int) -> int | None:
    """Return an amount of a scheme if any was paid of at least ten letters."""
    return amount if money.spent else None


def _change(change: RuleChange) -> dict[str, Any]:
    return {
        "decision": change.decision,
        "block": change.block,
        "time": rfc3339(change.time),
        "officials": change.officials,
        "what": change.what,
        "scheme": change.scheme or None,
        "rules": _rules(change.rules) if change.rules else None,
        "amount": change.amount or None,
    }


def _rules(rules: Rules) -> dict[str, Any]:
    return {
        "opens": rfc3339(rules.opens),
        "closes": rfc3339(rules.closes),
        "permitted": _names(rules.permitted),
        "excluded": _names(rules.excluded),
    }


def _names(bits: int) -> list[str]:
    """Categories by name, and unknown ones by bit."""
    known = names_of(bits)
    unknown = [n for n in range(bits.bit_length()) if bits >> n & 1 and not names_of(1 << n)]
    return [*known, *(f"bit {n}" for n in unknown)]


# -------------------------------------------------------------------------------------- tables


@dataclass(frozen=True)
class _OfScheme:
    """A row about a scheme."""

    scheme: PublicScheme
    month: PublishedMonth | None = None
    first: str = ""
    last: str = ""
    """The months of an amount by kind of shop."""
    kind: str = ""
    amount: int = 0


def tables_of(publication: Publication) -> list[Table[Any]]:
    """Return the tables, with Dutch headings; the first has the origin of all."""
    schemes = publication.schemes
    names = {each.id: _DUTCH.name(each) for each in schemes}
    return [
        Table(
            [Column("Wat", lambda row: row[0]), Column("Waarde", lambda row: row[1])],
            _origin(publication),
            TableName.ORIGIN,
        ),
        Table(_scheme_columns(), [_OfScheme(each) for each in schemes], TableName.SCHEMES),
        *money_tables(publication)[1:],
        Table(_change_columns(lambda n: names.get(n, "")), publication.changes, TableName.CHANGES),
        Table(_shop_columns(), publication.shops, TableName.SHOPS),
    ]


def money_tables(publication: Publication) -> list[Table[Any]]:
    """Return the money of schemes, by month, and by kind of shop."""
    schemes = publication.schemes
    return [
        Table(
            [*_name_columns(), *_money_columns()],
            [_OfScheme(each) for each in schemes],
            TableName.SCHEMES,
        ),
        Table(
            [
                *_name_columns(),
                Column("Maand", lambda row: row.month.month),
                Column("Op brieven gezet", lambda row: row.month.granted, Unit.CENTS),
                Column("Betaald", lambda row: row.month.spent, Unit.CENTS),
                Column("Terugbetaald", lambda row: row.month.refunded, Unit.CENTS),
            ],
            [_OfScheme(each, month) for each in schemes for month in each.money.months],
            TableName.MONTHS,
        ),
        Table(
            [
                *_name_columns(),
                Column("Eerste maand", lambda row: row.first),
                Column("Laatste maand", lambda row: row.last),
                Column("Soort winkel", lambda row: row.kind),
                Column("Betaald", lambda row: row.amount, Unit.CENTS),
            ],
            list(_kinds(schemes)),
            TableName.KINDS,
        ),
    ]


def _origin(publication: Publication) -> list[tuple[str, str]]:
    told = _DUTCH.told_passport(publication.passport)
    return [*told, ("Totalen tot", rfc3339(publication.totals_until))]


def _kinds(schemes: Iterable[PublicScheme]) -> Iterator[_OfScheme]:
    for scheme in schemes:
        money = scheme.money
        for each in money.periods:
            for kind, amount in each.kinds.items():
                yield _OfScheme(scheme, None, each.first, each.last, _listed(kind), amount)
            if each.others:
                told = _DUTCH.others(each)
                yield _OfScheme(scheme, None, each.first, each.last, told, each.rest)
        if money.undivided:
            told = money.periods[-1].last if money.periods else ""
            months = [each.month for each in money.months if each.month > told]
            yield _OfScheme(
                scheme, None, months[0], months[-1], "Alle soorten samen", money.undivided
            )


def _name_columns() -> list[Column[_OfScheme]]:
    return [
        Column("Nummer", lambda row: row.scheme.id),
        Column("Regeling", lambda row: _DUTCH.name(row.scheme)),
    ]


def _scheme_columns() -> list[Column[_OfScheme]]:
    return [
        *_name_columns(),
        Column("Geld op een brief", lambda row: row.scheme.per_letter, Unit.CENTS),
        Column("Begint", lambda row: rfc3339(row.scheme.rules.opens)),
        Column("Eindigt", lambda row: rfc3339(row.scheme.rules.closes)),
        Column("Stilgezet", lambda row: "ja" if row.scheme.paused else "nee"),
        Column("Gesloten", lambda row: "ja" if row.scheme.closed else "nee"),
        Column("Winkels die mogen", lambda row: _listed(row.scheme.rules.permitted)),
        Column("Winkels die nooit mogen", lambda row: _listed(row.scheme.rules.excluded)),
        *_money_columns(),
    ]


def _money_columns() -> list[Column[_OfScheme]]:
    return [
        Column("Budget", lambda row: row.scheme.money.funded, Unit.CENTS),
        Column("Op brieven gezet", lambda row: row.scheme.money.granted, Unit.CENTS),
        Column("Betaald", lambda row: _told(row.scheme.money, row.scheme.money.spent), Unit.CENTS),
        Column(
            "Terugbetaald",
            lambda row: _told(row.scheme.money, row.scheme.money.refunded),
            Unit.CENTS,
        ),
    ]


def _change_columns(name_of: Callable[[int], str]) -> list[Column[RuleChange]]:
    return [
        Column("Tijd", lambda row: rfc3339(row.time)),
        Column("Blok", lambda row: row.block),
        Column("Nummer", lambda row: row.scheme or None),
        Column("Regeling", lambda row: name_of(row.scheme)),
        Column("Wat", lambda row: _DUTCH.changed(row, f"regeling {row.scheme}")),
        Column("Bedrag", lambda row: row.amount or None, Unit.CENTS),
        Column("Begint", lambda row: rfc3339(row.rules.opens) if row.rules else None),
        Column("Eindigt", lambda row: rfc3339(row.rules.closes) if row.rules else None),
        Column(
            "Winkels die mogen", lambda row: _listed(row.rules.permitted) if row.rules else None
        ),
        Column(
            "Winkels die nooit mogen",
            lambda row: _listed(row.rules.excluded) if row.rules else None,
        ),
        Column("Codes van ambtenaren", lambda row: " ".join(row.officials)),
        Column("Besluit", lambda row: row.decision),
    ]


def _shop_columns() -> list[Column[PublicShop]]:
    return [
        Column("Nummer", lambda row: row.id),
        Column("Winkel", lambda row: row.name),
        Column("Soort winkel", lambda row: _listed(row.categories)),
    ]


def _listed(bits: int) -> str:
    return "; ".join(_DUTCH.kinds(bits))
