"""The format of every error."""

from typing import Any

import httpx2


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is this problem, in full; return its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["type"] == f"urn:kindpakket:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert set(body) <= {"type", "title", "status", "detail", "code", "errors"}
    return body


def mistakes(answer: httpx2.Response, code: str = "request_invalid") -> dict[str, str]:
    """Check that a request was malformed; return the errors by field."""
    return {error["field"]: error["code"] for error in problem(answer, 400, code)["errors"]}
