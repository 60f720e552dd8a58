"""The description of the open data in DCAT-AP-NL 3.0, as JSON-LD with its context inside."""

import json
from collections.abc import Iterable
from typing import Any

from kindpakket.api.pages.over_texts import TEXTS
from kindpakket.domain.times import rfc3339
from kindpakket.services.publication import Publication
from kindpakket.site import Municipality

JSON_LD_TYPE = "application/ld+json"
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/deed.nl"
_EU = "http://publications.europa.eu/resource/authority"
_MEDIA = "https://www.iana.org/assignments/media-types"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def as_dcat(
    publication: Publication, address: str, municipality: Municipality, tables: Iterable[str]
) -> bytes:
    """Write the catalogue, with one dataset.

    Args:
        address: of the site, without a slash at the end; from the settings.
        tables: names of the CSV files.
    """
    page = f"{address}/over"
    name = municipality.name or "Kindpakket"
    agent = {"@type": "foaf:Agent", "foaf:name": _nl(name)}
    contact: dict[str, Any] = {"@type": "vcard:Kind", "vcard:fn": _nl(name)}
    if municipality.email:
        contact["vcard:hasEmail"] = {"@id": f"mailto:{municipality.email}"}
    responsible = {"dct:publisher": agent, "dcat:contactPoint": contact}
    dataset = _dataset(page, name, publication) | {
        **responsible,
        "dct:creator": agent,
        "dcat:distribution": [_distribution(page, *each) for each in _files(tables)],
    }
    catalogue = {
        "@context": _CONTEXT,
        "@id": f"{page}#catalogus",
        "@type": "dcat:Catalog",
        "dct:title": _nl(f"Open gegevens van kindpakket, {name}"),
        "dct:description": _nl("Wat iedereen over kindpakket mag weten."),
        **responsible,
        "dcat:dataset": dataset,
    }
    return json.dumps(catalogue, ensure_ascii=False, indent=1).encode()


def _dataset(page: str, name: str, publication: Publication) -> dict[str, Any]:
    """Describe the data, without who is responsible and the files."""
    passport = publication.passport
    origin = (
        f"Grootboek {passport.contract} op keten {passport.chain_id}, laatste wijziging in blok "
        f"{passport.block} met controlegetal {passport.hash}; gemaakt met kindpakket "
        f"{passport.software}. Totalen tot {rfc3339(publication.totals_until)}."
    )
    return {
        "@id": f"{page}#gegevens",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{page}#gegevens",
        "dct:title": [_nl(f"Kindpakket van {name}"), _en(f"Kindpakket of {name}")],
        "dct:description": [
            _nl(
                "Regelingen, regels, wijzigingen en winkels uit het grootboek, en het geld per "
                "maand en soort winkel. Geen getal is van minder dan tien brieven."
            ),
            _en(
                "Schemes, rules, changes and shops from the ledger, and the money by month and "
                "kind of shop. No number is of fewer than ten letters."
            ),
        ],
        "dct:accessRights": {"@id": f"{_EU}/access-right/PUBLIC"},
        "dct:language": {"@id": f"{_EU}/language/NLD"},
        "dct:accrualPeriodicity": {"@id": f"{_EU}/frequency/DAILY"},
        "dcat:theme": [{"@id": f"{_EU}/data-theme/{theme}"} for theme in ("SOCI", "GOVE")],
        "dcat:landingPage": {"@id": page},
        "dct:modified": _time(max(passport.time, publication.totals_until)),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _nl(origin)},
    }


def _files(tables: Iterable[str]) -> list[tuple[str, str, str, str]]:
    """Return the name, title, media type and EU file type of each file."""
    return [
        ("gegevens.json", "Alles", "application/json", "JSON"),
        *((f"{each}.csv", TEXTS["nl"].tables[each], "text/csv", "CSV") for each in tables),
        ("wijzigingen.atom", "Wijzigingen als feed", "application/atom+xml", "ATOM"),
    ]


def _distribution(page: str, file: str, title: str, media: str, kind: str) -> dict[str, Any]:
    link = {"@id": f"{page}/{file}"}
    return {
        "@id": f"{page}/{file}#bestand",
        "@type": "dcat:Distribution",
        "dct:title": _nl(title),
        "dcat:accessURL": link,
        "dcat:downloadURL": link,
        "dct:format": {"@id": f"{_EU}/file-type/{kind}"},
        "dcat:mediaType": {"@id": f"{_MEDIA}/{media}"},
        "dct:license": {"@id": LICENCE},
    }


def _nl(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "nl"}


def _en(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}


def _time(seconds: int) -> dict[str, str]:
    return {"@value": rfc3339(seconds), "@type": "xsd:dateTime"}
