"""Settings, from the environment: each as ``KINDPAKKET_NAME``."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kindpakket.domain.texts import read_line

PREFIX = "KINDPAKKET_"


def _line(most: int) -> AfterValidator:
    """Return what reads a setting that is printed; see ``read_line``."""
    return AfterValidator(lambda text: read_line(text, most))


def _rate(text: str) -> str:
    from limits import parse  # it takes longer to import than all else here

    parse(text)
    return text


def _networks(text: str) -> str:
    for each in filter(None, map(str.strip, text.split(","))):
        ip_network(each)
    return text


Rate = Annotated[str, AfterValidator(_rate)]
"""Such as ``100 per 10 seconds``."""
Networks = Annotated[str, AfterValidator(_networks)]
"""Addresses and networks, with commas between them, such as ``127.0.0.1, 10.0.0.0/8``."""


class Settings(BaseSettings):
    """Where things are kept, and what others are told of us."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    data: Path = Path("data")
    """The data directory: the embedded chain, the database, the relay key, keystores."""
    database_url: str | None = None
    """Another database than SQLite in the data directory, as a SQLAlchemy URL."""
    node_url: str | None = None
    """The JSON-RPC node to use instead of the embedded chain."""
    confirmations: int = Field(default=0, ge=0)
    """How many blocks must follow a block before it counts as final."""
    app_address: str = "https://kindpakket.example"
    """Where the site is: the parent app at its root, the shop app under ``/winkel/``. In the QR of
    every letter and invitation, and what a device names that signs in."""
    municipality: Annotated[str, _line(50)] = "Gemeente Voorbeeldstad"
    """The name on every letter, as it should read."""
    logo: Path | None = None
    """An SVG or PNG for the head of every letter and page."""
    theme: Path | None = None
    """A stylesheet of design tokens in the municipality's colours, for its own pages."""
    contact_phone: Annotated[str, _line(30)] = "088 000 00 00"
    contact_email: Annotated[str, _line(40)] = "kindpakket@gemeente.example"
    help_desk: Annotated[str, _line(140)] = (
        "Stadhuis, Raadhuisplein 1, Voorbeeldstad, op werkdagen van 9.00 tot 17.00 uur."
    )
    """Where people can come for help, and when; printed on every letter."""
    payer_name: Annotated[str, _line(70)] | None = None
    """Of who holds the account that payouts come from; the municipality's when it is not set."""
    payer_iban: str | None = None
    payer_bic: str | None = None
    """Of the bank of that account; when it is not set, as the account's number tells."""
    keystore_work: int = 2**18
    """scrypt's N for new keystores: this takes about a second to open, and to guess at."""
    trusted_proxies: Networks = ""
    """Whose ``X-Forwarded-For`` tells where a request comes from; nobody's unless it is set."""
    limit_reads: Rate = "600 per 10 seconds"
    """Reading, pages and files: from one network."""
    limit_acts: Rate = "100 per 10 seconds"
    """Acts and forms that no key of the ledger signed: from one network."""
    limit_sign_ins: Rate = "240 per 1 minute"
    """Steps of signing in and enrolling, two for each sign-in: from one network."""
    limit_key: Rate = "50 per 10 seconds"
    """Acts signed by one key that the ledger knows, such as a till's payments."""
