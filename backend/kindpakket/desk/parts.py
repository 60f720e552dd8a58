"""Shared by the desk's routes: authentication, forms and responses."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Container
from typing import Annotated, Any, Literal, TypedDict
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from kindpakket.desk.official import Official
from kindpakket.desk.pages import BASE, Pages
from kindpakket.desk.settings import DeskSettings
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Hash
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.domain.texts import TextInvalid, read_line
from kindpakket.gate import MAX_BODY_BYTES
from kindpakket.oidc.provider import Provider
from kindpakket.protocol.enrolment import official_code
from kindpakket.services.base import sessions
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.decisions.prepare import list_prepared, prepare
from kindpakket.site import Site

COOKIE = "kindpakket-desk"
"""The name of the session cookie."""
_SECURE = "__Host-"
"""The prefix of cookies on a public site: HTTPS only, bound to this host."""
MOST_FIELDS = 1_000
"""Maximum number of fields of a form; its size is limited by the gate."""
_NAME_LONGEST = 100


class _Cookie(TypedDict):
    key: str
    path: str
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


Mistakes = defaultdict[str, str]
"""Error messages of a form, by field; empty for valid fields."""


class NotSignedIn(Exception):
    """There is no session, or it has expired."""


class FormForged(Exception):
    """The form was not sent by a page of this site in this session (CSRF)."""


# Asynchronous, since FastAPI would run them in a thread, which takes longer than all they do.


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _provider(request: Request) -> Provider | None:
    provider: Provider | None = request.app.state.provider
    return provider


async def _municipality(request: Request) -> DeskSettings:
    return _settings(request)


InContext = Annotated[Context, Depends(_context)]
Municipality = Annotated[DeskSettings, Depends(_municipality)]
FromProvider = Annotated[Provider | None, Depends(_provider)]
"""The identity provider of work accounts; None without one."""


def _settings(request: Request) -> DeskSettings:
    settings: DeskSettings = request.app.state.settings
    return settings


def find_signed_in(request: Request, context: InContext) -> Official:
    """Return the official of the session; the capacities are read from the ledger at each request.

    Raises:
        NotSignedIn: there is no session, or it is no longer an official's.
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    token = token_of(request)
    try:
        address, capacities = sessions.find_official(context, token)
    except Forbidden as error:
        raise NotSignedIn from error
    except Refusal as error:
        if error.code != Code.SESSION_INVALID:
            raise
        raise NotSignedIn from error
    sessions.prolong(context, token)
    name = read_names(context).officials.get(address, official_code(address))
    official = Official(address, name, capacities, csrf_of(token))
    request.state.official = official
    return official


SignedIn = Annotated[Official, Depends(find_signed_in)]


def require_reading(reading: ReadPermission) -> Any:
    """Return a dependency that requires an official with this reading right.

    Raises:
        Forbidden: from the dependency, for another.
    """

    def _reads(official: SignedIn) -> Official:
        if not official.reads(reading):
            raise Forbidden
        return official

    return Depends(_reads)


def require_capacity(capacity: Capacity) -> Callable[[Official], Official]:
    """Return a dependency that requires an official with at least one of these capacities.

    Raises:
        Forbidden: from the dependency, for another.
    """

    def _held(official: SignedIn) -> Official:
        if not official.may(capacity):
            raise Forbidden
        return official

    return _held


def csrf_of(token: str) -> str:
    """Return the CSRF token of a session, which does not reveal the session's token."""
    return hashlib.sha256(f"form {token}".encode()).hexdigest()


def token_of(request: Request) -> str:
    """Return the session token of a request; empty when there is none."""
    return read_cookie(request, COOKIE)


def read_cookie(request: Request, name: str) -> str:
    """Return a cookie that :func:`set_cookie` set; empty when there is none."""
    return request.cookies.get(_cookie(_settings(request).site, name)["key"], "")


def set_cookie(answer: Response, site: Site, name: str, value: str) -> None:
    """Set a cookie for the duration of the browser's session; an empty value deletes it."""
    if value:
        answer.set_cookie(**_cookie(site, name), value=value)
    else:
        answer.delete_cookie(**_cookie(site, name))


def _cookie(site: Site, name: str) -> _Cookie:
    """Attributes of a cookie: secure, except on a site on this machine."""
    return {
        "key": name if site.is_local else _SECURE + name,
        "path": "/",  # required for the __Host- prefix
        "httponly": True,
        "samesite": "lax",
        "secure": not site.is_local,
    }


def let_in(request: Request, context: Context, session: sessions.Session, onward: str) -> Response:
    """Set the session cookie, and redirect to a page of the desk. The session that the browser had
    ends.

    Args:
        onward: the path of a page, from the address; any other leads to the home page.
    """
    # No open redirect: the path is appended to the desk's address.
    path = onward.removeprefix(BASE)
    answer = RedirectResponse(BASE + (path if path.startswith("/") else "/"), 303)
    if token := token_of(request):
        sessions.sign_out(context, token)
    set_cookie(answer, _settings(request).site, COOKIE, session.token)
    return answer


def same_site(request: Request) -> None:
    """Check by the request's headers that a form was sent by a page of this site.

    Raises:
        FormForged: it was not.
    """
    if request.headers.get("origin") != _settings(request).site.origin(request).uri:
        raise FormForged


async def _form(request: Request) -> FormData:
    """Parse a form. Runs on the event loop, and only parses."""
    return await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MAX_BODY_BYTES)


Form = Annotated[FormData, Depends(_form)]
"""The fields of a form, without a session."""


def _posted(request: Request, official: SignedIn, form: Form) -> FormData:
    same_site(request)
    if not hmac.compare_digest(text(form, "csrf"), official.csrf):
        raise FormForged
    return form


Posted = Annotated[FormData, Depends(_posted)]
"""The fields of a form in a session."""


def text(form: FormData, name: str) -> str:
    """Return a field of a form, stripped; empty when it is missing."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """Return all values of a field, such as selected checkboxes."""
    return [value.strip() for value in form.getlist(name) if isinstance(value, str)]


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page."""
    pages: Pages = request.app.state.pages
    official: Official | None = getattr(request.state, "official", None)
    return pages.render(request, template, official, status, values)


def read_name(form: FormData, errors: Mistakes) -> str:
    """Read the name of a scheme or a person; messages go into ``errors``."""
    return read_text("name", text(form, "name"), _NAME_LONGEST, errors)


def read_text(
    name: str,
    typed: str,
    most: int,
    errors: Mistakes,
    reader: Callable[[str, int], str] = read_line,
) -> str:
    """Read a text. If it is invalid, return it as typed, with the message in ``errors``."""
    try:
        return reader(typed, most)
    except TextInvalid as error:
        errors[name] = str(error)
        return typed


def prepare_and_redirect(
    context: Context, official: Official, call: bytes, reason: str | None = None
) -> RedirectResponse:
    """Prepare a decision and redirect to it. Idempotent."""
    before = waiting(context)
    return go_to_decision(prepare(context, call, official.by(reason)).decision_set, before)


def waiting(context: Context) -> set[Hash]:
    """Return the ids of the sets of decisions that wait."""
    return {each.decision_set for each in list_prepared(context)}


def go_to_decision(decision_set: Hash, before: Container[Hash]) -> RedirectResponse:
    """Redirect to a decision, with a message if it was waiting already.

    Args:
        before: the sets of decisions that were waiting before the request.
    """
    return redirect(
        f"/besluiten/{decision_set}", "wachtte" if decision_set in before else "voorbereid"
    )


def answer_file(content: bytes | str, media_type: str, name: str) -> Response:
    """Respond with a file that no cache keeps.

    Args:
        name: under which it is saved, of letters, digits, points and hyphens.
    """
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


def redirect(path: str, said: str = "") -> RedirectResponse:
    """Redirect after a form (303), so that a reload does not submit again.

    Args:
        path: within the desk, such as ``/besluiten``; it may have a query.
        said: the key of a message that the page shows.
    """
    query = f"{'&' if '?' in path else '?'}gedaan={quote(said)}" if said else ""
    return RedirectResponse(f"{BASE}{path}{query}", 303)
