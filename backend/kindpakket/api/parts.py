"""Shared by the modules with routes: dependencies, and documentation of problems."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kindpakket.api import schemas as s
from kindpakket.domain.ids import MAX_SHOP
from kindpakket.gate import host_of
from kindpakket.services.base.acts import Status
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Caller, network_of
from kindpakket.site import Site

_CODES = {
    400: "The request is malformed; all mistakes are told at once.",
    401: "No live session.",
    403: "The session may not do this.",
    404: "There is no such thing.",
    409: "Refused by the rules; `code` says which.",
    416: "The file ends before the range; `Content-Range` says where.",
    429: "Too many at once; nothing happened. `Retry-After` says in how many seconds to try again.",
    503: "The ledger or the records are out of reach; try the same again.",
}

Responses = dict[int | str, dict[str, object]]


def problems(*statuses: int) -> Responses:
    """Document the problems with which a route can answer."""
    return {
        status: {"model": s.Problem, "description": _CODES[status]} for status in (*statuses, 429)
    }


def new_router() -> APIRouter:
    """Create a router whose operation ids are the names of the functions."""
    return APIRouter(generate_unique_id_function=lambda route: route.name)


def set_status(response: Response, status: Status, made: bool) -> None:
    """Answer 202 for an undecided act and 200 for a repeated one."""
    if status == Status.PENDING:
        response.status_code = 202
    elif not made:
        response.status_code = 200


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the header ``If-None-Match`` names an ETag, as weak comparison has it (RFC 9110)."""
    known = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return etag.removeprefix("W/") in known or known == ["*"]


# Asynchronous, since FastAPI would run them in a thread, which takes longer than all they do.


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def _caller(request: Request) -> Caller:
    return Caller(request.app.state.context.limits, network_of(host_of(request.scope)))


_bearer = HTTPBearer(auto_error=False, description="The token of a session")


async def _token(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """Return an empty token if there is none, so that errors in the request itself come first."""
    return bearer.credentials if bearer else ""


InContext = Annotated[Context, Depends(_context)]
Sender = Annotated[Caller, Depends(_caller)]
OnSite = Annotated[Site, Depends(_site)]
Token = Annotated[str, Depends(_token)]
SchemePath = Annotated[int, Path(ge=0, description="The scheme's number", examples=[1])]
ShopPath = Annotated[int, Path(ge=0, le=MAX_SHOP, description="The shop's number", examples=[1])]
