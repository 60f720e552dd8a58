"""The OpenAPI document, by the Dutch API Design Rules."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from kindpakket.actors import API
from tests.support.town import Town

Document = dict[str, Any]
REF = "#/components/schemas/"


@pytest.fixture(scope="module")
def document(still_town: Town) -> Document:
    answer = still_town.http.get(API + "/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    found: Document = answer.json()
    return found


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_says_what_and_whose_it_is(document: Document) -> None:
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Kindpakket"
    assert document["info"]["contact"] == {
        "name": "Kindpakket",
        "url": "https://kindpakket.example/",
        "email": "kindpakket@gemeente.example",
    }
    assert document["info"]["license"]["identifier"] == "EUPL-1.2"
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])


def test_the_major_version_is_in_the_servers_address_and_not_in_the_paths(
    document: Document,
) -> None:
    assert document["servers"] == [{"url": "/api/v1"}]
    assert not [path for path in document["paths"] if "/v1" in path]


def test_the_document_holds_the_protocols_table(document: Document) -> None:
    described = {f"{method.upper()} {path}" for path, method, _ in operations(document)}
    assert described == {
        "GET /ledger",
        "GET /schemes",
        "GET /schemes/{scheme}",
        "GET /help",
        "GET /categories",
        "GET /shops",
        "GET /schemes/{scheme}/coupons",
        "GET /schemes/{scheme}/days/{day}",
        "GET /schemes/{scheme}/months/{month}",
        "POST /payments",
        "GET /payments/{payment}",
        "POST /refunds",
        "POST /tills",
        "POST /moves",
        "POST /decisions",
        "POST /cancellations",
        "POST /session-challenges",
        "POST /sessions",
        "POST /shops/{shop}/invitations",
        "POST /shops/{shop}/inspections",
        "POST /enrolments",
        "GET /shops/{shop}",
        "GET /shops/{shop}/tills",
        "POST /shops/{shop}/tills/{till}",
        "GET /proofs/{proof}",
        "GET /shops/{shop}/payments",
        "GET /shops/{shop}/bank-account",
        "GET /shops/{shop}/payouts",
        "POST /bank-accounts",
    }


def test_what_is_described_is_there(document: Document, still_town: Town) -> None:
    values = {"scheme": "1", "payment": "0x" + "11" * 32, "shop": "1"}
    values |= {"day": "2027-01-15", "month": "2027-01"}
    values |= {"proof": "7K3QM-9XW2T", "till": "0x" + "11" * 20}
    for path, method, operation in operations(document):
        answer = still_town.http.request(method, API + path.format(**values))
        assert str(answer.status_code) in operation["responses"], (method, path)


def test_paths_and_names_are_spelt_as_the_rules_ask(document: Document) -> None:
    for path, _, operation in operations(document):
        assert re.fullmatch(r"(/([a-z0-9-]+|\{[a-z]+\}))+", path)
        for parameter in operation.get("parameters", []):
            spelling = r"[A-Z][a-zA-Z-]*" if parameter["in"] == "header" else r"[a-z][a-zA-Z]*"
            assert re.fullmatch(spelling, parameter["name"])
    for schema in document["components"]["schemas"].values():
        for name in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)


def test_operation_ids_are_unique(document: Document) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids)) == 29


def test_every_answer_tells_the_full_version(document: Document) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert answer["headers"]["API-Version"]["required"], (method, path, status)


def test_what_is_malformed_is_400_and_never_422(document: Document) -> None:
    assert "422" not in {
        status for _, _, operation in operations(document) for status in operation["responses"]
    }
    for path, method, operation in operations(document):
        if method == "post" or operation.get("parameters"):
            assert "400" in operation["responses"], (method, path)


def test_errors_are_problems(document: Document) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}}
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert answer["content"] == problem, (method, path, status)
    required = document["components"]["schemas"]["Problem"]["required"]
    assert {"type", "title", "status", "detail", "code"} <= set(required)


def test_where_an_answer_leads(document: Document) -> None:
    found = {
        f"{operation['operationId']} {status}": sorted(
            link["operationId"] for link in answer["links"].values()
        )
        for _, _, operation in operations(document)
        for status, answer in operation["responses"].items()
        if "links" in answer
    }
    assert found == {
        "get_scheme 200": ["get_coupons", "get_shops"],
        "post_payment 200": ["get_payment", "post_refund"],
        "post_payment 201": ["get_payment", "post_refund"],
        "post_payment 202": ["get_payment", "post_refund"],
        "post_refund 200": ["get_payment"],
        "post_refund 201": ["get_payment"],
        "post_refund 202": ["get_payment"],
        "post_session_challenge 201": ["post_session"],
    }


def test_a_link_takes_what_is_answered_to_where_it_is_asked(document: Document) -> None:
    schemas = document["components"]["schemas"]
    targets = {operation["operationId"]: operation for _, _, operation in operations(document)}
    for _, _, operation in operations(document):
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                target = targets[link["operationId"]]
                asked = {parameter["name"] for parameter in target.get("parameters", [])}
                assert set(link.get("parameters", {})) <= asked
                in_body = {
                    name
                    for each in references(target.get("requestBody"))
                    for name in schemas[each]["properties"]
                }
                assert set(link.get("requestBody", {})) <= in_body
                told = {
                    name
                    for each in references(answer["content"])
                    for name in schemas[each]["properties"]
                }
                taken = [
                    *link.get("parameters", {}).values(),
                    *link.get("requestBody", {}).values(),
                ]
                assert {each.removeprefix("$response.body#/") for each in taken} <= told


def test_every_schema_is_used_and_every_reference_leads_somewhere(document: Document) -> None:
    used = set(references(document))
    assert used == set(document["components"]["schemas"])


def test_what_a_shop_reads_needs_a_session_and_nothing_else_does(document: Document) -> None:
    guarded = {path for path, _, operation in operations(document) if "security" in operation}
    assert guarded == {
        "/shops/{shop}",
        "/shops/{shop}/invitations",
        "/shops/{shop}/inspections",
        "/shops/{shop}/tills",
        "/shops/{shop}/tills/{till}",
        "/shops/{shop}/payments",
        "/shops/{shop}/payouts",
        "/shops/{shop}/bank-account",
    }


def test_no_answer_to_a_shop_has_a_field_for_a_balance(document: Document) -> None:
    schemas = document["components"]["schemas"]
    to_shops = [
        operation["responses"]
        for path, _, operation in operations(document)
        if path.startswith(
            ("/payments", "/refunds", "/tills", "/shops/", "/sessions", "/enrolments", "/proofs")
        )
    ]
    names = {
        name
        for schema in closure(schemas, set(references(to_shops)))
        for name in schemas[schema].get("properties", {})
    }
    assert "amount" in names
    for part in ("balance", "remain", "left", "budget", "available", "coupon", "issued"):
        assert not [name for name in names if part in name.lower()]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix(REF)
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def closure(schemas: dict[str, Any], found: set[str]) -> set[str]:
    while more := {name for each in found for name in references(schemas[each])} - found:
        found |= more
    return found
