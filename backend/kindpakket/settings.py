"""Settings: from a TOML file, and over that from the environment, each as ``KINDPAKKET_NAME``."""

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from limits import parse
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kindpakket.domain.examples import is_example
from kindpakket.domain.texts import read_line
from kindpakket.logs import Format, Level
from kindpakket.theme.colours import STANDARD, read_colour

PREFIX = "KINDPAKKET_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
"""Environment variable with the path of the file of settings."""
PASSWORD_VARIABLE = f"{PREFIX}PASSWORD"
"""Environment variable with the password of a keystore; in no file."""
STANDARD_FILE = Path("/etc/kindpakket/kindpakket.toml")
"""The file of settings, if it is there and no other is named."""
DEMO = "demo.json"
"""The file of a data directory that makes it a demo's."""
DELETIONS = "deletions.txt"
"""The file of deleted children in a data directory; in no copy."""
_MOST_NODES = 8
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def _line(most: int) -> AfterValidator:
    """Return a validator for a setting that is printed; see ``read_line``."""
    return AfterValidator(lambda text: read_line(text, most))


def _rate(text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        raise ValueError("Schrijf een limiet als 100 per 10 seconds.") from error
    return text


def _networks(text: str) -> str:
    for each in filter(None, map(str.strip, text.split(","))):
        try:
            ip_network(each)
        except ValueError as error:
            raise ValueError("Schrijf adressen als 127.0.0.1, 10.0.0.0/8.") from error
    return text


def _node_urls(text: str) -> str:
    urls = text.split(",")
    if not all(_is_http(each.strip()) for each in urls):
        raise ValueError("zoals http://127.0.0.1:8545, http://knooppunt.example:8545")
    if len(urls) > _MOST_NODES or len(set(map(str.strip, urls))) < len(urls):
        raise ValueError(f"hoogstens {_MOST_NODES} verschillende adressen")
    return text


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of its port, or of an IPv6 address
        return False


def _endpoint(text: str) -> str:
    host, _, port = text.rpartition(":")
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
        valid = port.isdecimal() and 0 < int(port) < 2**16
    except ValueError:
        valid = False
    if not valid:
        raise ValueError("Schrijf een adres met een poort als 127.0.0.1:9464.")
    return text


@dataclass(frozen=True)
class Masked:
    """Marks a setting that holds a secret; ``shown`` returns what of it may be shown."""

    shown: Callable[[str], str] = lambda _: "***"


def _place_of(url: str) -> str:
    """Return a URL without its user, password and query."""
    scheme, divided, rest = url.strip().partition("://")
    _, user, place = rest.rpartition("@")
    hidden = "***@" if user else ""
    return f"{scheme}://{hidden}{place.partition('?')[0]}" if divided else "***"


def _hosts_of(urls: str) -> str:
    """Return the same of several, also without their paths, since some providers put keys there."""
    places = (_place_of(each).split("/", 3) for each in urls.split(","))
    return ", ".join("/".join(place[:3]) for place in places)


def _contact(uri: str) -> str:
    if not re.fullmatch(r"(https://|mailto:)[!-~]{3,200}", uri):
        raise ValueError("zoals mailto:veilig@gemeente.nl of https://gemeente.nl/kwetsbaarheid")
    return uri


def _issuer(url: str) -> str:
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    if not safe or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("zoals https://login.gemeente.example/tenant")
    return url


def _with_issuer(given: bool, others: ValidationInfo) -> bool:
    if given and not others.data.get("oidc_issuer"):
        raise ValueError("geef ook KINDPAKKET_OIDC_ISSUER")
    return given


def _client_id(client_id: str | None, others: ValidationInfo) -> str | None:
    if others.data.get("oidc_issuer") and not client_id:
        raise ValueError("die hoort bij KINDPAKKET_OIDC_ISSUER")
    return client_id


def _account(account: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,34}", account):
        raise ValueError("Een grootboekrekening heeft hoogstens 35 letters en cijfers.")
    return account


Account = Annotated[str, AfterValidator(_account)] | None
"""The number of an account or a cost centre in the municipality's own ledger."""
Rate = Annotated[str, AfterValidator(_rate)]
"""Such as ``100 per 10 seconds``."""
Networks = Annotated[str, AfterValidator(_networks)]
"""Addresses and networks, with commas between them, such as ``127.0.0.1, 10.0.0.0/8``."""
NodeUrls = Annotated[str, AfterValidator(_node_urls)]
"""Addresses with commas between them, such as ``http://127.0.0.1:8545``."""
Endpoint = Annotated[str, AfterValidator(_endpoint)]
"""An address and a port, such as ``127.0.0.1:9464`` or ``[::1]:9464``."""
Port = Annotated[int, Field(ge=0, lt=2**16)]

Issuer = Annotated[str, AfterValidator(_issuer)]
"""The address of an OpenID provider, such as ``https://login.example/tenant``."""


class Settings(BaseSettings):
    """The settings of a server and of the command line."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, use_attribute_docstrings=True)

    data: Path = Path("data")
    """The data directory: the embedded chain, the database, the relay key, keystores."""
    database_url: Annotated[str | None, Masked(_place_of)] = None
    """The database, as a SQLAlchemy URL; by default SQLite in the data directory."""
    store_key: Annotated[str | None, Masked()] = None
    """The keys of the personal data in the database, in hex; the first encrypts. By default in a
    file."""
    store_key_file: Path | None = None
    """The file of those keys; by default ``store.key`` in the data directory."""
    deletions_file: Path | None = None
    """The file with the random ids of deleted children, which ``restore`` deletes again; by default
    ``deletions.txt`` in the data directory. In no copy."""
    register_days: int = Field(default=92, ge=1, lt=3660)
    """How many days after the end of its scheme a child is kept in the register."""
    node_url: Annotated[NodeUrls | None, Masked(_hosts_of)] = None
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
    colour: Annotated[str, AfterValidator(read_colour)] = STANDARD
    """The colour from which those of every letter and page are computed."""
    logo: Path | None = None
    """An SVG or PNG for the head of every letter and page.

    A relative path in the file of settings starts at that file's folder.
    """
    theme: Path | None = None
    """A stylesheet of design tokens over the computed ones.

    A relative path in the file of settings starts at that file's folder.
    """
    contact_phone: Annotated[str, _line(30)] = "088 000 00 00"
    """For who has lost a letter or needs help."""
    contact_email: Annotated[str, _line(40)] = "kindpakket@gemeente.example"
    """The same by e-mail."""
    help_desk: Annotated[str, _line(140)] = (
        "Stadhuis, Raadhuisplein 1, Voorbeeldstad, op werkdagen van 9.00 tot 17.00 uur."
    )
    """The address and opening hours of the help desk; printed on every letter."""
    security_contact: Annotated[str, AfterValidator(_contact)] | None = None
    """Where to report a vulnerability, as ``mailto:`` or ``https:``, for ``security.txt``."""
    payer_name: Annotated[str, _line(70)] | None = None
    """The holder of the account that payouts come from; by default the municipality."""
    payer_iban: str | None = None
    """That account."""
    payer_bic: str | None = None
    """The BIC of the bank of that account; by default derived from the IBAN."""
    journal_expenses: Account = None
    """The account in the municipality's own ledger on which what was paid at shops is booked."""
    journal_payable: Account = None
    """That of what shops are owed."""
    journal_in_transit: Account = None
    """That of what was paid out and the bank did not book yet."""
    journal_cost_centre: Account = None
    """The cost centre of the expenses; none by default."""
    journal_tax_id: Annotated[str, _line(30)] | None = None
    """The municipality's number at the tax authority, in an audit file."""
    keystore_work: int = 2**18
    """scrypt's N for new keystores; the default takes about a second for each password tried."""
    host: str = "127.0.0.1"
    """The address that the server listens on; ``0.0.0.0`` or ``::`` for all of this machine."""
    port: Port = 8000
    """The port that the server listens on; 0 for a free one."""
    trusted_proxies: Networks = ""
    """Proxies whose ``X-Forwarded-For`` is used; none by default."""
    oidc_issuer: Issuer | None = None
    """The identity provider of officials' work accounts (OpenID Connect), as its tokens name it."""
    oidc_client_id: Annotated[str | None, AfterValidator(_client_id)] = Field(
        default=None, validate_default=True
    )
    """The identifier of this site at the provider."""
    oidc_client_secret: Annotated[str | None, Masked()] = None
    """The secret of this site at the provider; without one, it is a public client."""
    oidc_client_secret_file: Annotated[Path | None, Masked(str)] = None
    """A file with that secret, instead of the setting."""
    oidc_required: Annotated[bool, AfterValidator(_with_issuer)] = False
    """Whether officials sign in with a work account and with their key, instead of one of them."""
    limit_reads: Rate = "600 per 10 seconds"
    """Rate limit for reads, pages and files, per network."""
    limit_acts: Rate = "100 per 10 seconds"
    """Rate limit for acts and forms not signed by a key known to the ledger, per network."""
    limit_sign_ins: Rate = "240 per 1 minute"
    """Rate limit for steps of signing in and enrolling, per network; a sign-in takes two."""
    limit_key: Rate = "50 per 10 seconds"
    """Rate limit for acts signed by a key known to the ledger, such as a till's, per key."""

    metrics_address: Endpoint | None = None
    """Where Prometheus reads the metrics of a server; nowhere by default. Not a public address."""
    log_level: Level = "info"
    """The least level of lines in the log; the line of each request is ``info``."""
    log_format: Format = "json"
    """The log for programs (``json``) or for people (``console``)."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from, the first first. Complete settings are taken as they are:
        the follower's are those of its server."""
        if init_settings().keys() >= cls.model_fields.keys():
            return (init_settings,)
        return init_settings, env_settings, InitSettingsSource(settings_cls, _file_values())

    @property
    def deletions(self) -> Path:
        """The file of deleted children."""
        return self.deletions_file or self.data / DELETIONS

    @property
    def nodes(self) -> list[str]:
        """The addresses of the nodes; empty with the embedded chain."""
        return [each.strip() for each in (self.node_url or "").split(",") if each]

    @property
    def examples(self) -> tuple[str, ...]:
        """The names of settings with example values, with which no letter is printed and no payout
        prepared. None in a demo, which is an example itself."""
        if (self.data / DEMO).exists():
            return ()
        return tuple(
            f"{PREFIX}{name}".upper()
            for name in _PRINTED
            if is_example(getattr(self, name), Settings.model_fields[name].default)
        )

    def shown(self, name: str) -> str | int | None:
        """Return the value of a setting without the secrets in it."""
        value = getattr(self, name)
        if value is None or isinstance(value, int):
            return value
        for mark in Settings.model_fields[name].metadata:
            if isinstance(mark, Masked):
                return mark.shown(str(value))
        return str(value)


_PRINTED = ("municipality", "app_address", "contact_phone", "contact_email", "help_desk")


_RELATIVE_TO_FILE = {"logo", "theme"}
"""Settings whose relative paths start at the folder of the file of settings."""


class Source(StrEnum):
    """Where the value of a setting comes from."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


class SettingsInvalid(ValueError):
    """A setting does not exist or has no valid value; the message is one Dutch sentence."""


@dataclass(frozen=True)
class Configuration:
    """The settings, and where each value comes from."""

    settings: Settings
    file: Path | None
    sources: dict[str, Source]

    @property
    def exposes_a_secret(self) -> bool:
        """Whether everybody on this machine can read the file, and it has a secret."""
        in_file = [name for name, source in self.sources.items() if source is Source.FILE]
        secret = any(
            str(self.settings.shown(name)) != str(getattr(self.settings, name)) for name in in_file
        )
        return secret and self.file is not None and bool(self.file.stat().st_mode & 0o004)


def settings_file() -> Path | None:
    """Return the file of settings: the one that the environment names, or the standard one.

    Raises:
        OSError: it cannot be looked for.
    """
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return STANDARD_FILE if STANDARD_FILE.exists() else None


def read_configuration(**options: Any) -> Configuration:
    """Read the settings: options over the environment, over the file, over the defaults.

    Raises:
        SettingsInvalid: one does not exist, or its value is not valid.
        OSError: the file cannot be read.
    """
    file = settings_file()
    in_file = {} if file is None else _read_file(file)
    in_environment = EnvSettingsSource(Settings)()
    _refuse_unknown(file, in_file)
    given = {
        Source.OPTION: options,
        Source.ENVIRONMENT: in_environment,
        Source.FILE: in_file,
        Source.DEFAULT: Settings.model_fields,
    }
    sources = {
        name: next(source for source, names in given.items() if name in names)
        for name in Settings.model_fields
    }
    try:
        return Configuration(Settings(**options), file, sources)
    except ValidationError as error:
        raise SettingsInvalid(_explain(error.errors()[0], file, sources)) from error


def _file_values() -> dict[str, Any]:
    """Return the values of the file of settings; its relative paths start at its folder."""
    file = settings_file()
    if file is None or not file.exists():
        return {}
    values = _read_file(file)
    paths = {name: values[name] for name in _RELATIVE_TO_FILE & values.keys()}
    return values | {
        name: file.parent / path if isinstance(path, str) else path for name, path in paths.items()
    }


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except ValueError as error:  # no TOML, or no UTF-8
        where = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise SettingsInvalid(f"{file} is geen TOML-bestand{where}.") from error


def _refuse_unknown(file: Path | None, in_file: dict[str, Any]) -> None:
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    known = {*names, CONFIG_VARIABLE, PASSWORD_VARIABLE}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            nearest = get_close_matches(name.upper(), known, 1, 0)[0]
            raise SettingsInvalid(f"De instelling {name} bestaat niet. Bedoelt u {nearest}?")
    for name in in_file.keys() - Settings.model_fields.keys():
        nearest = get_close_matches(name, Settings.model_fields, 1, 0)[0]
        raise SettingsInvalid(f"De instelling {name} in {file} bestaat niet. Bedoelt u {nearest}?")


def _explain(error: ErrorDetails, file: Path | None, sources: dict[str, Source]) -> str:
    """Return what is wrong with a value, without the value, which may be secret."""
    name = str(error["loc"][0])
    said = {
        Source.OPTION: f"De optie voor {name}",
        Source.ENVIRONMENT: f"De instelling {PREFIX}{name.upper()} uit de omgeving",
        Source.FILE: f"De instelling {name} in {file}",
        Source.DEFAULT: f"De instelling {name}",
    }[sources[name]]
    bounds = error.get("ctx", {})
    reason = {
        "value_error": str(bounds.get("error", "")),
        "int_parsing": "Vul een heel getal in.",
        "int_type": "Vul een heel getal in.",
        "int_from_float": "Vul een heel getal in.",
        "greater_than_equal": f"Vul minstens {bounds.get('ge')} in.",
        "less_than": f"Vul minder dan {bounds.get('lt')} in.",
        "string_type": "Zet de waarde tussen aanhalingstekens.",
        "path_type": "Zet de waarde tussen aanhalingstekens.",
        "literal_error": f"Kies uit: {bounds.get('expected')}.".replace(" or ", " of "),
    }.get(error["type"], "")
    return f"{said} klopt niet. {reason}".rstrip()
