"""The OpenAPI document, according to the Dutch API Design Rules."""

from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi

from kindpakket import __version__
from kindpakket.api.problems import PROBLEM_JSON

PREFIX = "/api/v1"
_VERSION_HEADER = {
    "API-Version": {
        "description": "The full version of this API",
        "required": True,
        "schema": {"type": "string", "examples": ["1.0.0"]},
    }
}
_LINKS: dict[str, dict[str, dict[str, Any]]] = {
    "get_scheme": {
        "shops": {"operationId": "get_shops", "parameters": {"scheme": "$response.body#/id"}},
        "coupons": {
            "operationId": "get_coupons",
            "parameters": {"scheme": "$response.body#/id"},
        },
    },
    "post_payment": {
        "payment": {
            "operationId": "get_payment",
            "parameters": {"payment": "$response.body#/id"},
        },
        "refund": {
            "operationId": "post_refund",
            "description": "The rest of the body, and the signature, are the till's.",
            "requestBody": {"payment": "$response.body#/id", "shop": "$response.body#/shop"},
        },
    },
    "post_refund": {
        "payment": {
            "operationId": "get_payment",
            "parameters": {"payment": "$response.body#/payment"},
        },
    },
    "post_session_challenge": {
        "session": {
            "operationId": "post_session",
            "description": "The message to sign carries what is answered here.",
        },
    },
}
"""OpenAPI links of answers, by operation."""

_PROBLEM = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def make_document(router: APIRouter, *, contact_email: str) -> dict[str, Any]:
    """Describe the routes, with paths relative to the server's URL."""
    document = get_openapi(
        title="Kindpakket",
        version=__version__,
        description="Vouchers for children, with rules that a smart contract enforces.",
        contact={"name": "Kindpakket", "url": "https://kindpakket.example", "email": contact_email},
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": PREFIX}],
        routes=router.routes,
    )
    for operations in document["paths"].values():
        for operation in operations.values():
            _correct(operation["responses"], _LINKS.get(operation["operationId"]))
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    return document


def _correct(responses: dict[str, Any], links: dict[str, dict[str, Any]] | None) -> None:
    """Document 400 instead of the framework's 422, and problem+json as the type of errors."""
    responses.pop("422", None)
    for status, response in responses.items():
        response["headers"] = _VERSION_HEADER
        if status >= "400":
            response["content"] = _PROBLEM
            continue
        if "201" in responses:
            response["content"] = responses["201"]["content"]
        if links:
            response["links"] = links
