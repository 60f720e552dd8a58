"""Open data of the public page: JSON, CSV, a description in DCAT-AP-NL, and a feed."""

import json
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from fastapi.testclient import TestClient

from kindpakket import __version__
from kindpakket.api.app import create_app
from kindpakket.api.pages.over_data import TableName
from kindpakket.domain.categories import bits_of
from kindpakket.domain.csv_files import read_csv
from kindpakket.domain.times import day_of, midnight
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.names import rename_scheme
from kindpakket.services.publication import REFRESHED_AFTER
from kindpakket.services.shops.register import ShopDetails, describe_shop
from kindpakket.site import Municipality, Site
from tests.support.town import BICYCLES, EVERYTHING, SCHEME, SITE, START, Town, owner_of, till_of

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = 24 * 3600
FILES = [
    "gegevens.json",
    *(f"{each}.csv" for each in TableName),
    "catalogus.jsonld",
    "wijzigingen.atom",
    "wijzigingen.atom?lang=en",
]


def told(town: Town) -> dict[str, Any]:
    town.clock.time += REFRESHED_AFTER
    answer = town.http.get("/over/gegevens.json")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def rows(town: Town, table: TableName) -> list[list[str]]:
    answer = town.http.get(f"/over/{table}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return read_csv(answer.content)


def feed(town: Town, query: str = "", **headers: str) -> Element:
    town.clock.time += REFRESHED_AFTER
    answer = town.http.get(f"/over/wijzigingen.atom{query}", headers=headers)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return fromstring(answer.content)


def test_the_data_have_their_origin(town: Town) -> None:
    ledger = town.workspace.context.ledger
    town.decide("setPaused", SCHEME, True)
    block = ledger.head()
    assert told(town)["passport"] == {
        "chainId": ledger.domain.chain_id,
        "contract": ledger.domain.contract,
        "block": block,
        "blockHash": ledger.block_hash(block),
        "blockTime": told(town)["changes"][0]["time"],
        "software": f"kindpakket {__version__}",
    }
    origin = dict(rows(town, TableName.ORIGIN))
    assert origin["Blok van de laatste wijziging"] == str(block)
    assert origin["Controlegetal van dat blok"] == ledger.block_hash(block)
    assert origin["Contract"] == ledger.domain.contract


def test_the_origin_tells_nothing_of_the_payments_of_yesterday(town: Town) -> None:
    town.clock.time += DAY
    before = told(town)
    town.clock.time = midnight(day_of(town.now() + DAY)) - 60
    for _ in range(2):
        town.api.pay(till_of(BICYCLES), town.code(100), 100)
    town.clock.time += DAY
    after = told(town)
    assert after["totalsUntil"] > before["totalsUntil"], "it is another publication"
    assert after["passport"] == before["passport"]


def test_rules_and_changes_are_those_of_the_ledger(town: Town) -> None:
    town.decide("setRules", SCHEME, START, START + DAY, bits_of(["toys"]) | 1 << 200, 0)
    data = told(town)
    (scheme,) = data["schemes"]
    assert scheme["permitted"] == ["toys", "bit 200"]
    assert scheme["opens"] == "2027-01-15T08:00:00Z"
    newest, opened = data["changes"]
    assert scheme["decisions"] == [newest["decision"]]
    assert (newest["what"], opened["what"]) == ("rules", "opened")
    assert opened["rules"]["permitted"] == ["bicycles", "books", "toys"]
    codes = {official_code(address_of(key)) for key in EVERYTHING[:2]}
    assert set(newest["officials"]) == codes
    heads, first, second = rows(town, TableName.CHANGES)
    assert heads[:5] == ["Tijd", "Blok", "Nummer", "Regeling", "Wat"]
    assert second[4] == "regeling 1: de regeling is gemaakt."
    assert first[-1] == newest["decision"]
    assert set(first[-2].split()) == codes
    assert [row[1] for row in rows(town, TableName.SHOPS)[1:]] == ["", "", "", ""]


def test_a_part_that_is_left_out_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(town)["complete"] == {"schemes": True, "changes": True, "shops": True}
    monkeypatch.setattr("kindpakket.services.publication.MOST_SHOPS", 2)
    data = told(town)
    assert [each["id"] for each in data["shops"]] == [4, 3]
    assert not data["complete"]["shops"]


def test_open_data_tell_no_more_than_the_page(town: Town) -> None:
    """No contact details, keys, payments, owners, tills, texts or single amounts."""
    details = ShopDetails("Fietsenhal", "Dam 1", None, "12345678", "010-7654321", "ma-vr", "bel")
    describe_shop(town.workspace.context, BICYCLES, details)
    payment = town.api.pay(till_of(BICYCLES), town.code(1_234), 1_234)
    town.api.refund(till_of(BICYCLES), payment["id"], 321, town.now())
    town.clock.time += 2 * DAY
    secrets = [
        "Dam 1",
        "12345678",
        "7654321",
        "ma-vr",
        "1234,",
        "12,34",
        "3,21",
        ": 321",
        payment["id"],
    ]
    secrets += [address_of(till_of(BICYCLES).key), address_of(owner_of(BICYCLES))]
    secrets += [str(address_of(key)) for key in EVERYTHING]
    for file in FILES:
        text = town.http.get(f"/over/{file}").text
        assert [each for each in secrets if each.lower() in text.lower()] == [], file
    assert set(told(town)["shops"][0]) == {"id", "name", "categories"}


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "\t=cmd", "-2", "\u200b=1", "＝1"])
def test_no_cell_of_a_table_is_a_formula(town: Town, name: str) -> None:
    rename_scheme(town.workspace.context.store, SCHEME, name, town.now())
    describe_shop(town.workspace.context, BICYCLES, ShopDetails(name, "Dam 1"))
    told(town)
    cells = [each for table in TableName for row in rows(town, table) for each in row]
    assert not [each for each in cells if each.lstrip()[:1] in tuple("=+-@＝")]
    assert any(each.startswith("'") for each in cells)


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_the_feed_has_an_entry_for_each_change(town: Town, query: str) -> None:
    town.decide("setPaused", SCHEME, True, by=EVERYTHING[:1])
    atom = feed(town, query)
    entries = atom.findall(f"{ATOM}entry")
    titles = [each.findtext(f"{ATOM}title") for each in entries]
    assert titles == (
        ["Scheme 1: paused. Nobody could pay.", "Scheme 1: the scheme was made."]
        if query
        else [
            "Regeling 1: stilgezet. Er kon niet worden betaald.",
            "Regeling 1: de regeling is gemaakt.",
        ]
    )
    for each in (atom, *entries):
        assert each.findtext(f"{ATOM}id", "").startswith("urn:kindpakket:")
        assert each.findtext(f"{ATOM}updated", "").endswith("Z")
    assert atom.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert official_code(address_of(EVERYTHING[0])) in entries[0].findtext(f"{ATOM}content", "")


def test_an_entry_stays_the_same_when_more_changes(town: Town) -> None:
    town.decide("setPaused", SCHEME, True)
    before = [each.findtext(f"{ATOM}id") for each in feed(town).findall(f"{ATOM}entry")]
    town.decide("setPaused", SCHEME, False)
    after = [each.findtext(f"{ATOM}id") for each in feed(town).findall(f"{ATOM}entry")]
    assert after[1:] == before


def test_links_lead_to_the_site_whatever_host_is_asked(town: Town) -> None:
    for file in ("wijzigingen.atom", "catalogus.jsonld"):
        answer = town.http.get(
            f"/over/{file}", headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test"}
        )
        assert "evil.test" not in answer.text
        assert f"{SITE}/over" in answer.text


def test_names_cannot_break_the_feed(town: Town) -> None:
    name = "]]><x>&\x00\x07\ufffe\ud800"
    rename_scheme(town.workspace.context.store, SCHEME, name.replace("\ud800", ""), town.now())
    title = feed(town).findtext(f"{ATOM}entry/{ATOM}title")
    assert title == "]]><x>&: de regeling is gemaakt."


def test_the_description_has_what_dcat_ap_nl_asks_for(town: Town) -> None:
    context = town.workspace.context
    site = Site(f"{SITE}/", Municipality("Zuiderdam", email="open@zuiderdam.test"))
    with TestClient(create_app(context, contact_email="", site=site), base_url=SITE) as http:
        answer = http.get("/over/catalogus.jsonld")
        assert answer.headers["content-type"] == "application/ld+json"
        catalogue = json.loads(answer.content)
        dataset = catalogue["dcat:dataset"]
        for name in ("dct:title", "dct:description", "dct:publisher", "dcat:contactPoint"):
            assert catalogue[name]
            assert dataset[name]
        for name in ("dct:identifier", "dct:creator", "dct:accessRights", "dcat:theme"):
            assert dataset[name]
        assert dataset["dcat:contactPoint"]["vcard:hasEmail"] == {
            "@id": "mailto:open@zuiderdam.test"
        }
        assert context.ledger.domain.contract in dataset["dct:provenance"]["rdfs:label"]["@value"]
        prefixes = {key.partition(":")[0] for key in _keys(catalogue) if not key.startswith("@")}
        assert prefixes <= set(catalogue["@context"])
        assert len(dataset["dcat:distribution"]) == 8
        for each in dataset["dcat:distribution"]:
            assert each["dct:license"]["@id"].startswith("http://creativecommons.org/")
            address = each["dcat:downloadURL"]["@id"]
            assert address.startswith(f"{SITE}/over/")
            file = http.get(address.removeprefix(SITE))
            media = each["dcat:mediaType"]["@id"].partition("media-types/")[2]
            assert file.headers["content-type"].startswith(media)


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        inner = {key for key, each in value.items() if key != "@context" for key in _keys(each)}
        return {key for key in value if key != "@context"} | inner
    return {key for each in value for key in _keys(each)} if isinstance(value, list) else set()


@pytest.mark.parametrize("file", FILES)
def test_each_file_may_be_kept_and_read_elsewhere(still_town: Town, file: str) -> None:
    answer = still_town.http.get(f"/over/{file}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = still_town.http.get(f"/over/{file}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_table_that_does_not_exist_is_refused(still_town: Town) -> None:
    for name in ("kinderen", "..%2fsecret", "x" * 5_000):
        assert still_town.http.get(f"/over/{name}.csv").status_code in (400, 404)
