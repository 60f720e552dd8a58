"""Routes of the files that are the same for everybody, with ranges and conditional requests."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Path, Request
from fastapi.responses import Response

from kindpakket.api import schemas as s
from kindpakket.api.parts import InContext, Responses, SchemePath, matches, new_router, problems
from kindpakket.api.problems import problem
from kindpakket.domain.refusals import Code
from kindpakket.protocol.change_files import Span
from kindpakket.services.schemes.files import File, changes_file, coupons_file

BYTES = "application/octet-stream"
_FOREVER = "public, max-age=31536000, immutable"
_FROM = re.compile("bytes=([0-9]{1,15})-")

_CONTENT: dict[str, object] = {
    "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}
}
_ANSWERS: Responses = {
    200: _CONTENT | {"description": "The whole file."},
    206: _CONTENT | {"description": "The file from the byte that `Range` names."},
    304: {"description": "The file has this `ETag`."},
    **problems(400, 404, 416, 503),
}

router = new_router()


@dataclass(frozen=True)
class Conditions:
    """The headers of a request for a part of a file, or for a file that changed."""

    request: Request
    range: Annotated[
        str | None, Header(alias="Range", description="`bytes=N-`; any other is ignored")
    ] = None
    if_range: Annotated[str | None, Header(alias="If-Range", description="An `ETag`")] = None
    if_none_match: Annotated[str | None, Header(alias="If-None-Match", description="An `ETag`")] = (
        None
    )


Asked = Annotated[Conditions, Depends()]


@router.get(
    "/schemes/{scheme}/coupons", tags=["files"], response_class=Response, responses=_ANSWERS
)
def get_coupons(context: InContext, asked: Asked, scheme: SchemePath) -> Response:
    """The issued coupons of a scheme."""
    return _answer(coupons_file(context, scheme), asked)


@router.get(
    "/schemes/{scheme}/days/{day}", tags=["files"], response_class=Response, responses=_ANSWERS
)
def get_day(
    context: InContext,
    asked: Asked,
    scheme: SchemePath,
    day: Annotated[s.Day, Path(description="A day in UTC")],
) -> Response:
    """All changes of coupons in a day. The file only grows, until the day is over."""
    return _answer(changes_file(context, scheme, Span.of_day(day)), asked)


@router.get(
    "/schemes/{scheme}/months/{month}", tags=["files"], response_class=Response, responses=_ANSWERS
)
def get_month(
    context: InContext,
    asked: Asked,
    scheme: SchemePath,
    month: Annotated[s.Month, Path(description="A month in UTC")],
) -> Response:
    """All changes of coupons in a month. The file only grows, until the month is over."""
    return _answer(changes_file(context, scheme, Span.of_month(month)), asked)


def _answer(file: File, asked: Conditions) -> Response:
    """Answer with the file, the rest of it, or that it has not changed (RFC 9110)."""
    etag = f'"{hashlib.sha256(file.content).hexdigest()[:32]}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": _FOREVER if file.over else "no-store",
        "ETag": etag,
    }
    if matches(asked.if_none_match, etag):
        return Response(None, 304, headers)
    found = _FROM.fullmatch(asked.range or "")
    if found is None or asked.if_range not in (None, etag):
        return Response(file.content, 200, headers, BYTES)
    first, length = int(found[1]), len(file.content)
    if first >= length:
        answer = problem(asked.request, Code.REQUEST_INVALID, status=416)
        answer.headers["Content-Range"] = f"bytes */{length}"
        return answer
    headers["Content-Range"] = f"bytes {first}-{length - 1}/{length}"
    return Response(file.content[first:], 206, headers, BYTES)
