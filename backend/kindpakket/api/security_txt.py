"""``/.well-known/security.txt``: where to report a vulnerability (RFC 9116)."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from kindpakket.api.parts import InContext, OnSite
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import rfc3339

_PATH = "/.well-known/security.txt"
_DAY = 24 * 60 * 60
_VALID_DAYS = 90

router = APIRouter(include_in_schema=False)


@router.get(_PATH)
def get_security_txt(context: InContext, site: OnSite) -> PlainTextResponse:
    """Return the file; not found without the setting ``security_contact``."""
    contact = site.municipality.security_contact
    if not contact:
        raise Refusal(Code.NOT_FOUND)
    expires = context.now() // _DAY * _DAY + _VALID_DAYS * _DAY
    return PlainTextResponse(
        f"Contact: {contact}\n"
        f"Expires: {rfc3339(expires)}\n"
        "Preferred-Languages: nl, en\n"
        f"Canonical: {site.address.rstrip('/')}{_PATH}\n",
        headers={"Cache-Control": f"public, max-age={_DAY}"},
    )
