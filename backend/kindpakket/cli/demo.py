"""``kindpakket demo`` and ``kindpakket serve``."""

import errno
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track

from kindpakket.actors import Api
from kindpakket.cli.clock import ahead_warning
from kindpakket.cli.common import REFUSED, Data, Stop, settings_of
from kindpakket.cli.output import say
from kindpakket.demo import town_file
from kindpakket.demo.client import open_client
from kindpakket.demo.places import JOURNAL, PAYER
from kindpakket.demo.story import Storyteller
from kindpakket.logs import configure as configure_logs
from kindpakket.services.base.housekeeping import keeping_house
from kindpakket.settings import DEMO, Settings

if TYPE_CHECKING:
    from kindpakket.services.oversight.network import Playground
    from kindpakket.services.oversight.readiness import Readiness
    from kindpakket.workspace import Workspace  # brings an EVM

Fresh = Annotated[
    Path, typer.Option(help="Een lege map; staat er al een demo, dan gaat die verder.")
]
_HOST = "127.0.0.1"
_PORT = typer.Option(min=0, max=65535, help="De poort; 0 voor een die vrij is.")
Port = Annotated[int, _PORT]
Once = Annotated[bool, typer.Option("--once", help="Stop na het verhaal.")]
Year = Annotated[
    bool, typer.Option("--year", help="Bouw een groter dorp met een verleden van 40 weken.")
]


def register(app: typer.Typer) -> None:
    """Add the commands ``demo`` and ``serve``."""
    app.command()(demo)
    app.command()(serve)


def demo(data: Fresh, port: Port = 0, once: Once = False, year: Year = False) -> None:
    """Bouw een dorp om alles te proberen, vertel een verhaal en ga open."""

    settings = _on_this_machine(settings_of(data), port)
    end_in_order()
    fresh = not town_file.exists(data)
    if fresh:
        _build(settings, year=year)
    else:
        say(f"In {data} staat al een dorp, dat nu verdergaat. Een nieuw dorp? Kies een lege map.")
    with opened(settings) as (workspace, base_url):
        if fresh:
            _tell(workspace, base_url, data)
        if not once:
            _wait(base_url, base_url, data)


def serve(
    data: Data = None,
    host: Annotated[
        str | None, typer.Option(help="Het adres; 0.0.0.0 of :: voor alle van deze computer.")
    ] = None,
    port: Annotated[int | None, _PORT] = None,
    proxy_headers: Annotated[
        str | None,
        typer.Option(help="Proxy's die mogen zeggen wie er vraagt, als '127.0.0.1, 10.0.0.0/8'."),
    ] = None,
) -> None:
    """Ga open met wat er in de map staat, tot Ctrl-C.

    Zonder deze opties gelden de instellingen host, port en trusted_proxies.
    """
    from kindpakket.site import Site  # noqa: PLC0415 (brings FastAPI)

    settings = settings_of(data, host=host, port=port, trusted_proxies=proxy_headers)
    if town_file.exists(settings.data):
        raise Stop(
            f"In {settings.data} staat een demo, waarvan iedereen de sleutels kan zien. "
            f"Open hem met: kindpakket demo --data {settings.data}"
        )
    end_in_order()
    with opened(settings) as (workspace, base_url):
        site = Site(settings.app_address)
        if not site.is_local and not settings.trusted_proxies:
            say("Let op: KINDPAKKET_TRUSTED_PROXIES is niet ingesteld. Iedereen die door een proxy")
            say(
                "komt, telt dan als één netwerk en deelt de limieten. Noem hem met --proxy-headers."
            )
        say(*ahead_warning(workspace.context.ledger_time(), workspace.context.now()))
        _wait(base_url, base_url if site.is_local else site.address, settings.data)


def _on_this_machine(settings: Settings, port: int) -> Settings:
    """Return the settings of a demo, which is local only and has fake accounts.

    Its port is a free one by default: a demo must not stop at a port that something else has. Its
    log is for a person, who need not see each request.

    Raises:
        Stop: the settings are for a public site.
    """
    from kindpakket.site import Site  # noqa: PLC0415 (brings FastAPI)

    port = port or _free_port()
    of_its_own: dict[str, object] = {**PAYER, **JOURNAL, "host": _HOST, "port": port}
    logs = {"log_level": "warning", "log_format": "console"}
    of_its_own |= {name: logs[name] for name in logs.keys() - settings.model_fields_set}
    settings = settings.model_copy(update=of_its_own)
    if "app_address" not in settings.model_fields_set:
        return settings.model_copy(update={"app_address": f"http://{_HOST}:{port}"})
    if not Site(settings.app_address).is_local or settings.trusted_proxies:
        raise Stop(
            "Een demo is alleen voor deze computer: laat de instellingen app_address en "
            "trusted_proxies weg, in de omgeving en in het bestand."
        )
    return settings


def _free_port() -> int:
    """Return a port that is free now; the links of the site have it."""
    with socket.create_server((_HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _build(settings: Settings, *, year: bool) -> None:
    from kindpakket.demo.build import build, opening_time  # noqa: PLC0415 (brings an EVM)
    from kindpakket.demo.year import WEEKS, a_year  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import RELAY  # noqa: PLC0415 (brings an EVM)

    data = settings.data
    there = set(data.glob("*"))
    # A relay key may be there, which a node has to know beforehand.
    if data.exists() and (not data.is_dir() or there - {data / RELAY}):
        raise Stop(
            f"In {data} staat al iets, en het is geen demo. Kies een lege map, "
            f"of ga open met wat er staat: kindpakket serve --data {data}"
        )
    if year and settings.node_url:
        raise Stop("Een verleden van 40 weken kan alleen op het ingebouwde grootboek.")
    say(f"Er komt een dorp in {data}.")
    past = a_year(opening_time(7 * WEEKS), _track) if year else None
    started = time.monotonic()
    try:
        with _taken_place_explained(settings):
            build(settings, port=settings.port, tell=lambda line: say(f"  {line}"), past=past)
    except BaseException:
        for each in set(data.glob("*")) - there:  # an incomplete town is useless
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        with suppress(OSError):
            data.rmdir()
        raise
    say(f"Klaar in {time.monotonic() - started:.0f} seconden.")


def _track(weeks: Iterable[int]) -> Iterable[int]:
    return track(weeks, "  Weken naspelen", console=Console(stderr=True), transient=True)


@contextmanager
def opened(
    settings: Settings, playground: "Playground | None" = None
) -> Iterator[tuple["Workspace", str]]:
    """Open a data directory and serve it, with the demo page if it is a demo.

    Args:
        playground: of a demo with several nodes.

    Raises:
        Stop: there is no ledger, it is already served, or the port is taken.
    """
    from kindpakket.demo.pages import make_pages  # noqa: PLC0415 (brings an EVM)
    from kindpakket.follow import run_follower  # noqa: PLC0415 (brings an EVM)
    from kindpakket.main import build_app, serving  # noqa: PLC0415 (brings an EVM)

    configure_logs(settings.log_level, settings.log_format)
    workspace = _open_workspace(settings)
    town = town_file.read(settings.data) if town_file.exists(settings.data) else None
    pages = make_pages(town, playground) if town else None
    readiness = _readiness(workspace, settings)
    with workspace, ExitStack() as stack:
        app = build_app(workspace, settings, pages, playground, readiness)
        with _taken_place_explained(settings):
            server = serving(
                app,
                settings.data,
                host=settings.host,
                port=settings.port,
                trusted_proxies=settings.trusted_proxies,
            )
            base_url = stack.enter_context(server)
        stack.enter_context(run_follower(settings))
        if settings.metrics_address:
            stack.enter_context(_exporting(readiness, settings.metrics_address))
        stack.enter_context(keeping_house(workspace.context))
        if town:
            town_file.write(settings.data, town.model_copy(update={"base_url": base_url}))
        yield workspace, base_url


def _open_workspace(settings: Settings) -> "Workspace":
    from kindpakket.ledger.embedded import ChainInUse  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import Workspace  # noqa: PLC0415 (brings an EVM)

    try:
        return Workspace.open(settings, apart=True)
    except FileNotFoundError as error:
        raise Stop(f"In {settings.data} is nog niets om mee open te gaan.") from error
    except ChainInUse as error:
        raise Stop(f"Een andere opdracht gebruikt {settings.data} al.", REFUSED) from error


def _readiness(workspace: "Workspace", settings: Settings) -> "Readiness":
    from kindpakket.follow import follower_state  # noqa: PLC0415 (brings an EVM)
    from kindpakket.services.oversight.readiness import Readiness, checks_of  # noqa: PLC0415

    def follows() -> bool:
        state = follower_state(settings.data)
        return state is not None and state.pid is not None

    on_a_node = bool(settings.nodes)
    checks = checks_of(workspace.context, settings.data, on_a_node=on_a_node, follows=follows)
    return Readiness(checks)


@contextmanager
def _exporting(readiness: "Readiness", address: str) -> Iterator[None]:
    from kindpakket.exporter import exporting  # noqa: PLC0415 (brings FastAPI)

    host, _, port = address.rpartition(":")
    try:
        server = exporting(readiness, host.removeprefix("[").removesuffix("]"), int(port))
        stack = ExitStack()
        stack.enter_context(server)
    except OSError as error:
        raise Stop(f"De metingen kunnen niet op {address} worden aangeboden.") from error
    with stack:
        yield


@contextmanager
def _taken_place_explained(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            sentence = f"{settings.host} is geen adres van deze computer; kies een ander: --host."
        elif error.errno in (errno.EADDRINUSE, errno.EACCES):
            sentence = f"Poort {settings.port} kan niet worden gebruikt; kies een andere: --port."
        else:
            raise
        raise Stop(sentence) from error


def _tell(workspace: "Workspace", base_url: str, data: Path) -> None:

    with open_client(base_url) as http:
        Storyteller(town_file.read(data), workspace.context, Api(http), say).tell()


def _wait(base_url: str, site: str, data: Path) -> None:
    """Print the addresses, and wait for Ctrl-C or SIGTERM.

    Args:
        site: the address at which signing in works.
    """

    try:
        say("")
        if town_file.exists(data):
            say(f"Probeer het zelf: {base_url}/demo")
            say("  Maak op de telefoon een code, begin op de kassa met afrekenen, typ het bedrag")
            say("  en tik op Scan code. Klik dan op: Houd de telefoon voor de kassa.")
            say(f"Alle sleutels (alleen voor de demo): {data / DEMO}")
        say(f"De balie van de gemeente: {site.rstrip('/')}/gemeente")
        say(f"De API: {base_url}/api/v1/openapi.json", "Stoppen: Ctrl-C")
        threading.Event().wait()
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        say("Gestopt.")


def end_in_order() -> None:
    """Handle SIGTERM like Ctrl-C, and enable Ctrl-C where the shell ignores it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
