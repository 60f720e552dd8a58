"""Shared by all commands: options, access to the ledger, and error messages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from kindpakket.actors import Api
from kindpakket.cli.trouble import explain
from kindpakket.domain.refusals import DUTCH, Refusal
from kindpakket.logs import configure as configure_logs
from kindpakket.services.base.context import Context
from kindpakket.settings import Configuration, Settings, SettingsInvalid, read_configuration

REFUSED, USAGE = 1, 2
"""Exit statuses: the act was refused, and the input was wrong."""

_INTERRUPTED = 130
_LOCK_SECONDS = 15
_HTTP_SECONDS = 60
"""HTTP timeout, in seconds; longer than the ledger's."""

Data = Annotated[
    Path | None,
    typer.Option(help="De map met het grootboek en de gegevens (of KINDPAKKET_DATA)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Antwoord als JSON.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="Bestand met het wachtwoord; anders KINDPAKKET_PASSWORD of een vraag."),
]


class Stop(Exception):
    """The command cannot continue; the message is one Dutch sentence."""

    def __init__(self, message: str, exit_code: int = USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class ReadAccess:
    """An open data directory: facts can be read and written, the ledger can be read."""

    settings: Settings
    context: Context

    @property
    def now(self) -> int:
        """The clock, in unix seconds."""
        return self.context.now()

    @property
    def ledger_time(self) -> int:
        """The block time that an act sent now would get, in unix seconds."""
        return self.context.ledger_time()


@dataclass(frozen=True)
class WriteAccess(ReadAccess):
    """An open data directory with an API client, through which acts are sent."""

    api: Api


def settings_of(data: Path | None, **others: Any) -> Settings:
    """Return the settings, with those of them that a command has as options.

    Raises:
        Stop: a setting is invalid, or the data directory is not a directory.
    """
    settings = configuration_of(data, **others).settings
    if settings.data.exists() and not settings.data.is_dir():
        raise Stop(f"{settings.data} is geen map.")
    return settings


def configuration_of(data: Path | None, **others: Any) -> Configuration:
    """Return the same with the source of each value, also without a data directory.

    Raises:
        Stop: a setting is invalid.
    """
    options = {"data": data, **others}
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return read_configuration(**given)
    except SettingsInvalid as error:
        raise Stop(str(error)) from error


@contextmanager
def reading(data: Path | None) -> Iterator[ReadAccess]:
    """Open a data directory, also alongside a running server.

    Raises:
        Stop: there is nothing in it.
    """
    from kindpakket.workspace import Workspace  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    try:
        workspace = Workspace.open(settings, read_only=True)
    except FileNotFoundError as error:
        raise no_ledger_error(settings) from error
    with workspace:
        yield ReadAccess(settings, workspace.context)


@contextmanager
def acting(data: Path | None) -> Iterator[WriteAccess]:
    """Open a data directory to send acts: through its server, or else through a temporary one.

    Whether there is a server is decided by the chain's lock, since a killed server leaves files
    behind.

    Raises:
        Stop: there is no ledger in it, or another command holds the lock.
    """
    from kindpakket.ledger.embedded import ChainInUse  # noqa: PLC0415 (brings an EVM)
    from kindpakket.main import build_app, serving  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import Workspace  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            workspace = Workspace.open(settings)
        except FileNotFoundError as error:
            raise no_ledger_error(settings) from error
        except ChainInUse as error:
            with reading(data) as beside, _through_server(beside) as api:
                if api is not None:
                    yield WriteAccess(settings, beside.context, api)
                    return
            if time.monotonic() > deadline:
                message = "Een andere opdracht is bezig met deze map; probeer het zo opnieuw."
                raise Stop(message, REFUSED) from error
            time.sleep(0.1)
            continue
        with (
            workspace,
            serving(build_app(workspace, settings), None) as base_url,
            _client(base_url) as http,
        ):
            yield WriteAccess(settings, workspace.context, _api(http))
            return


def server_of(access: ReadAccess) -> str | None:
    """Return the address of the server that runs on this directory; None if there is none."""
    with _through_server(access) as api:
        return None if api is None else str(api.http.base_url)


@contextmanager
def _through_server(beside: ReadAccess) -> Iterator[Api | None]:
    """The API client of the server on this directory; None if no server answers for this ledger."""
    from kindpakket.main import running_server  # noqa: PLC0415 (brings an EVM)

    base_url = running_server(beside.settings.data)
    if base_url is None:
        yield None
        return
    with _client(base_url) as http:
        try:
            api = _api(http)
        except (httpx2.HTTPError, Refusal, ValueError, LookupError, TypeError):
            api = None
        ours = api is not None and api.domain == beside.context.ledger.domain
        yield api if ours else None


def _client(base_url: str) -> httpx2.Client:
    # Ignore proxies of the environment for a server on this machine.
    return httpx2.Client(base_url=base_url, timeout=_HTTP_SECONDS, trust_env=False)


def _api(http: httpx2.Client) -> Api:
    return Api(http)


def no_ledger_error(settings: Settings) -> Stop:
    """Return the error that a data directory has no ledger."""
    return Stop(f"In {settings.data} is nog niets; begin met: kindpakket init --data MAP")


class DutchGroup(TyperGroup):
    """A group of commands whose errors are one Dutch sentence."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Parse the options before a command."""
        with _sentences():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        configure_logs("warning", "console")
        with _sentences():
            return super().invoke(ctx)


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        _fail(DUTCH[refusal.code].title, REFUSED)
    except Stop as stop:
        _fail(str(stop), stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _fail("Afgebroken.", _INTERRUPTED)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        _fail(_usage(error), USAGE)
    except typer.Exit:
        raise
    except Exception as error:
        _fail(explain(error), REFUSED)


def _fail(sentence: str, exit_code: int) -> None:
    typer.echo(sentence, err=True)
    raise SystemExit(exit_code)


def _usage(error: TyperException) -> str:
    """Return a usage error of click in Dutch."""
    option = getattr(error, "option_name", None)
    param = getattr(error, "param", None)
    kind = type(error).__name__
    name = param.get_error_hint() if param is not None else ""
    sentences = {
        "MissingParameter": f"Er ontbreekt iets: {name}.",
        "BadParameter": f"Deze waarde klopt niet: {name}.",
        "NoSuchOption": f"De optie {option} bestaat niet.",
        "BadOptionUsage": f"Bij {option} hoort een waarde.",
    }
    return sentences.get(kind, "Zo bestaat deze opdracht niet.") + " Hulp: kindpakket --help"
