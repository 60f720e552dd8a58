"""The signed tokens of an OpenID provider: checking them, and what is read from them.

Of an ID token, only the issuer, the subject and the session are read.
"""

from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from kindpakket.domain.refusals import Code, Refusal

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a private key of the provider; none by a secret that both know."""
_LEEWAY = 60
"""By how many seconds the clocks may differ."""
_LONGEST = 255
"""Maximum length of a subject, in characters (OpenID Connect Core, section 2), and of other ids."""
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Account:
    """An account of a provider. The subject is unique for its issuer and is never reassigned."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class ConfirmedAccount:
    """An account with which somebody signed in at the provider."""

    account: Account
    session: str | None
    """The provider's session, for signing out (``sid``)."""


@dataclass(frozen=True)
class LoggedOut:
    """The end of a session at the provider, or of all sessions of an account."""

    id: str
    """Unique for its issuer (``jti``)."""
    issuer: str
    subject: str | None
    session: str | None
    """None: all sessions of the subject."""
    expires_at: int


@dataclass(frozen=True)
class Audience:
    """Who issues the tokens, and the client that they are for."""

    issuer: str
    client_id: str


def read_id_token(
    token: str, keys: KeySet, audience: Audience, nonce: str, now: int
) -> ConfirmedAccount:
    """Check an ID token (OpenID Connect Core, section 3.1.3.7).

    Raises:
        Refusal: it is not signed by the issuer, not for this client, not for this sign-in, or
            expired.
    """
    claims = _claims(token, keys, audience, now, sub={"essential": True}, nonce=_is(nonce))
    return ConfirmedAccount(Account(audience.issuer, _id(claims["sub"])), _optional(claims, "sid"))


def read_logout_token(token: str, keys: KeySet, audience: Audience, now: int) -> LoggedOut:
    """Check a logout token (OpenID Connect Back-Channel Logout, section 2.6).

    Raises:
        Refusal: as above; or it is another kind of token, such as an ID token.
    """
    claims = _claims(token, keys, audience, now, jti={"essential": True})
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT), dict):
        raise Refusal(Code.ACCOUNT_REFUSED)
    subject, session = _optional(claims, "sub"), _optional(claims, "sid")
    if "nonce" in claims or (subject or session) is None:
        raise Refusal(Code.ACCOUNT_REFUSED)
    expires_at = int(claims["exp"]) + _LEEWAY
    return LoggedOut(_id(claims["jti"]), audience.issuer, subject, session, expires_at)


def _claims(token: str, keys: KeySet, audience: Audience, now: int, **more: Any) -> dict[str, Any]:
    expected = JWTClaimsRegistry(
        now=now,
        leeway=_LEEWAY,
        iss=_is(audience.issuer),
        aud=_is(audience.client_id),
        exp={"essential": True},
        iat={"essential": True},
        **more,
    )
    # A provider may add to the header; what is not known is ignored (RFC 7515, section 4).
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS, registry=registry).claims
        expected.validate(claims)
    except (JoseError, ValueError) as error:
        raise Refusal(Code.ACCOUNT_REFUSED) from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != audience.client_id:
        raise Refusal(Code.ACCOUNT_REFUSED)
    return claims


def _is(value: str) -> ClaimsOption:
    return {"essential": True, "value": value}


def _id(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise Refusal(Code.ACCOUNT_REFUSED)
    return value


def _optional(claims: dict[str, Any], name: str) -> str | None:
    return _id(claims[name]) if claims.get(name) is not None else None
