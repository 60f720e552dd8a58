"""An OpenID provider: discovery, its keys, and the authorisation code flow with PKCE.

Requests to it have a time limit as a whole and a size limit, and run in the threads that handle
requests; few run at once, so that a provider that does not answer holds up nothing else.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key
from pydantic import BaseModel, ValidationError

from kindpakket.domain.refusals import Code, Refusal
from kindpakket.oidc.tokens import (
    Audience,
    ConfirmedAccount,
    LoggedOut,
    read_id_token,
    read_logout_token,
)

_SECONDS = 5.0
"""Time limit of a request to the provider."""
_MAX_BYTES = 256 * 1024
"""Maximum size of its answer."""
_AT_ONCE = 8
"""Maximum number of requests to it at once."""
_KEPT_SECONDS = 3600
"""How long what it says of itself is used."""
_NEW_KEYS_SECONDS = 60
"""How often its keys are asked for at most, for a token by a key that is not known."""
_LONGEST_TOKEN = 16 * 1024
_UNPACKED = {"Accept-Encoding": "identity"}
"""Sizes are limited as sent."""
_SCOPE = "openid"
"""The subject and nothing else: no name, no address."""
_Read = TypeVar("_Read")

log = structlog.get_logger()


class _Metadata(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery); unknown fields are ignored."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun, to be kept in the browser that began it. Counts once."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> "Attempt":
        """Return a new one, of random values."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """The hash of the verifier (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass
class _Kept:
    """A copy of something of the provider, with when it was asked for."""

    value: Any = None
    at: float = float("-inf")


@dataclass
class Provider:
    """The identity provider of the municipality.

    Args:
        secret: returns the client's secret, from a file perhaps; None for a public client.
        now: the clock, in unix seconds.
    """

    audience: Audience
    secret: Callable[[], str | None]
    now: Callable[[], int]
    _metadata: _Kept = field(default_factory=_Kept)
    _keys: _Kept = field(default_factory=_Kept)
    _free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AT_ONCE))

    def sign_in_link(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return where to send a browser to sign in.

        Raises:
            Refusal: the provider does not answer.
        """
        return _with_query(
            self._about().authorization_endpoint,
            response_type="code",
            client_id=self.audience.client_id,
            redirect_uri=redirect_uri,
            scope=_SCOPE,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=attempt.challenge,
            code_challenge_method="S256",
        )

    def confirm(
        self, attempt: Attempt, answer: Mapping[str, str], redirect_uri: str
    ) -> ConfirmedAccount:
        """Exchange what the browser came back with for an account.

        Args:
            answer: the parameters of the redirect.

        Raises:
            Refusal: the answer is not to this attempt or is of another provider, the provider
                refused, or does not answer.
        """
        about = self._about()
        # The issuer, against mix-up (RFC 9207).
        named = answer.get("iss", self.audience.issuer)
        unnamed = about.authorization_response_iss_parameter_supported and "iss" not in answer
        mine = hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode())
        if not mine or named != self.audience.issuer or unnamed or not answer.get("code"):
            raise Refusal(Code.ACCOUNT_REFUSED)
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        token = self._exchange(about, form)
        read = (self.audience, attempt.nonce, self.now())
        return self._with_keys(lambda keys: read_id_token(token, keys, *read))

    def logged_out(self, token: str) -> LoggedOut:
        """Check a logout token that the provider sent.

        Raises:
            Refusal: it is not valid, or the provider does not answer.
        """
        if len(token) > _LONGEST_TOKEN:
            raise Refusal(Code.ACCOUNT_REFUSED)
        read = (self.audience, self.now())
        return self._with_keys(lambda keys: read_logout_token(token, keys, *read))

    def sign_out_link(self, back: str) -> str | None:
        """Return where to sign out of the provider too; None if it has no such page.

        Args:
            back: where to go after that, as registered at the provider.

        Raises:
            Refusal: the provider does not answer.
        """
        page = self._about().end_session_endpoint
        asked = {"client_id": self.audience.client_id, "post_logout_redirect_uri": back}
        return None if page is None else _with_query(page, **asked)

    def _with_keys(self, read: Callable[[KeySet], _Read]) -> _Read:
        """Read a token, once more with new keys if those that are kept do not fit."""
        asked = self._keys.at
        try:
            return read(self._key_set(_KEPT_SECONDS))
        except Refusal:
            keys = self._key_set(_NEW_KEYS_SECONDS)
            if self._keys.at == asked:
                raise
        return read(keys)

    def _key_set(self, seconds: int) -> KeySet:
        """Return the provider's keys, as they were so many seconds ago at most."""
        if self.now() >= self._keys.at + seconds:
            found = self._get(self._about().jwks_uri).get("keys")
            if not isinstance(found, list):
                raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE)
            self._keys = _Kept(KeySet(list(_usable(found))), self.now())
        keys: KeySet = self._keys.value
        return keys

    def _about(self) -> _Metadata:
        """Return what the provider says of itself."""
        if self.now() >= self._metadata.at + _KEPT_SECONDS:
            issuer = self.audience.issuer
            path = "/.well-known/openid-configuration"
            try:
                about = _Metadata.model_validate(self._get(issuer.rstrip("/") + path))
            except ValidationError as error:
                raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE) from error
            pages = (about.authorization_endpoint, about.end_session_endpoint or issuer)
            asked = (about.token_endpoint, about.jwks_uri)
            scheme = urlsplit(issuer).scheme
            if about.issuer != issuer or any(urlsplit(u).scheme != scheme for u in pages + asked):
                log.error("account_provider_differs", issuer=issuer, told=about.issuer)
                raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE)
            self._metadata = _Kept(about, self.now())
        kept: _Metadata = self._metadata.value
        return kept

    def _exchange(self, about: _Metadata, form: dict[str, str]) -> str:
        """Return the ID token for a code (RFC 6749, section 4.1.3)."""
        client = self.audience.client_id
        try:
            secret = self.secret()
        except OSError as error:
            log.error("account_secret_unreadable", error=str(error))
            raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE) from error
        headers = {}
        if secret is None:
            form["client_id"] = client
        elif "client_secret_basic" in about.token_endpoint_auth_methods_supported:
            login = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
        else:
            form |= {"client_id": client, "client_secret": secret}
        token = self._ask("POST", about.token_endpoint, data=form, headers=headers).get("id_token")
        if not isinstance(token, str) or len(token) > _LONGEST_TOKEN:
            raise Refusal(Code.ACCOUNT_REFUSED)
        return token

    def _get(self, url: str) -> dict[str, Any]:
        return self._ask("GET", url)

    def _ask(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        """Send a request, and return the object that is the answer."""
        if not self._free.acquire(blocking=False):
            raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE)
        try:
            status, content = asyncio.run(_request(method, url, options))
            answer = json.loads(content)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            log.warning("account_provider_unavailable", url=url, error=type(error).__name__)
            raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE) from error
        finally:
            self._free.release()
        if status == 400 and method == "POST":
            raise Refusal(Code.ACCOUNT_REFUSED)
        if status != 200 or not isinstance(answer, dict):
            log.warning("account_provider_unavailable", url=url, status=status)
            raise Refusal(Code.ACCOUNT_PROVIDER_UNAVAILABLE)
        return answer


async def _request(method: str, url: str, options: dict[str, Any]) -> tuple[int, bytes]:
    """Send a request, without following redirects; return the status and the body.

    Raises:
        TimeoutError: it took too long as a whole.
        ValueError: the body is too long.
    """
    content = bytearray()
    async with (
        asyncio.timeout(_SECONDS),
        httpx2.AsyncClient(headers=_UNPACKED) as http,
        http.stream(method, url, **options) as answer,
    ):
        async for part in answer.aiter_raw():
            content += part
            if len(content) > _MAX_BYTES:
                raise ValueError("the answer is too long")
    return answer.status_code, bytes(content)


def _usable(keys: list[Any]) -> Iterator[Key]:
    """The keys that can be read; a provider may publish others too, such as for encryption."""
    for each in keys:
        if isinstance(each, dict) and each.get("use", "sig") == "sig":
            with suppress(JoseError, ValueError, LookupError, TypeError):
                yield import_key(each)


def _with_query(url: str, **parameters: str) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parameters)}"
