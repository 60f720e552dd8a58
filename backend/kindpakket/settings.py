"""Settings, from the environment: each as ``KINDPAKKET_NAME``."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from limits import parse
from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kindpakket.domain.texts import read_line

PREFIX = "KINDPAKKET_"
_MOST_NODES = 8


def _line(most: int) -> AfterValidator:
    """Return a validator for a setting that is printed; see ``read_line``."""
    return AfterValidator(lambda text: read_line(text, most))


def _rate(text: str) -> str:
    parse(text)
    return text


def _networks(text: str) -> str:
    for each in filter(None, map(str.strip, text.split(","))):
        ip_network(each)
    return text


def _node_urls(text: str) -> str:
    urls = text.split(",")
    for each in urls:
        parts = urlsplit(each.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("zoals http://127.0.0.1:8545, http://knooppunt.example:8545")
    if len(urls) > _MOST_NODES or len(set(map(str.strip, urls))) < len(urls):
        raise ValueError(f"hoogstens {_MOST_NODES} verschillende adressen")
    return text


Rate = Annotated[str, AfterValidator(_rate)]
"""Such as ``100 per 10 seconds``."""
Networks = Annotated[str, AfterValidator(_networks)]
"""Addresses and networks, with commas between them, such as ``127.0.0.1, 10.0.0.0/8``."""


NodeUrls = Annotated[str, AfterValidator(_node_urls)]
"""Addresses with commas between them, such as ``http://127.0.0.1:8545``."""


class Settings(BaseSettings):
    """The settings of a server and of the command line."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    data: Path = Path("data")
    """The data directory: the embedded chain, the database, the relay key, keystores."""
    database_url: str | None = None
    """The database, as a SQLAlchemy URL; by default SQLite in the data directory."""
    node_url: NodeUrls | None = None
    """JSON-RPC nodes to use instead of the embedded chain; the first is one's own."""
    confirmations: int = Field(default=0, ge=0)
    """How many blocks must follow a block before it counts as final."""
    app_address: str = "https://kindpakket.example"
    """The address of the site: the parent app at its root, the shop app under ``/winkel/``.

    It is in the QR of every letter and invitation, and in the message with which a device signs
    in.
    """
    municipality: Annotated[str, _line(50)] = "Gemeente Voorbeeldstad"
    """The name of the municipality, as printed on every letter."""
    logo: Path | None = None
    """An SVG or PNG for the head of every letter and page."""
    theme: Path | None = None
    """A stylesheet of design tokens in the municipality's colours, for its own pages."""
    contact_phone: Annotated[str, _line(30)] = "088 000 00 00"
    contact_email: Annotated[str, _line(40)] = "kindpakket@gemeente.example"
    help_desk: Annotated[str, _line(140)] = (
        "Stadhuis, Raadhuisplein 1, Voorbeeldstad, op werkdagen van 9.00 tot 17.00 uur."
    )
    """The address and opening hours of the help desk; printed on every letter."""
    payer_name: Annotated[str, _line(70)] | None = None
    """The holder of the account that payouts come from; by default the municipality."""
    payer_iban: str | None = None
    payer_bic: str | None = None
    """The BIC of the bank of that account; by default derived from the IBAN."""
    keystore_work: int = 2**18
    """scrypt's N for new keystores; the default takes about a second for each password tried."""
    trusted_proxies: Networks = ""
    """Proxies whose ``X-Forwarded-For`` is used; none by default."""
    limit_reads: Rate = "600 per 10 seconds"
    """Rate limit for reads, pages and files, per network."""
    limit_acts: Rate = "100 per 10 seconds"
    """Rate limit for acts and forms not signed by a key known to the ledger, per network."""
    limit_sign_ins: Rate = "240 per 1 minute"
    """Rate limit for steps of signing in and enrolling, per network; a sign-in takes two."""
    limit_key: Rate = "50 per 10 seconds"
    """Rate limit for acts signed by a key known to the ledger, such as a till's, per key."""

    @property
    def nodes(self) -> list[str]:
        """The addresses of the nodes; empty with the embedded chain."""
        return [each.strip() for each in (self.node_url or "").split(",") if each]
