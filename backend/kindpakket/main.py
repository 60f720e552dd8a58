"""The web application of a workspace, and its server."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import APIRouter, FastAPI

from kindpakket.api.app import create_app
from kindpakket.connections import BoundedHttp
from kindpakket.desk.app import make_desk
from kindpakket.desk.settings import DeskSettings, make_provider
from kindpakket.gate import ACTS_AT_ONCE, ACTS_AT_ONCE_ON_A_NODE
from kindpakket.ledger.comparison import StatesFile
from kindpakket.ledger.network_reader import NetworkReader
from kindpakket.ledger.nodes import Nodes
from kindpakket.services.base.private_files import write_private
from kindpakket.services.oversight.network import NetworkWatch, Playground
from kindpakket.services.oversight.readiness import Readiness
from kindpakket.settings import Settings
from kindpakket.site import Municipality, Site
from kindpakket.theme.look import read_look
from kindpakket.workspace import Workspace

SERVER = "server.json"
_ANSWER_SECONDS = 4
"""Seconds that a server waits at shutdown for requests in progress."""
_LAST_SECONDS = 7
"""Seconds after that for threads that are still busy, such as waiting for a database lock."""


def build_app(
    workspace: Workspace,
    settings: Settings,
    pages: APIRouter | None = None,
    playground: Playground | None = None,
    readiness: Readiness | None = None,
) -> FastAPI:
    """Return the web application of a workspace; the last three as for ``create_app``.

    Raises:
        LookInvalid: the logo or the theme cannot be used.
    """
    site = _site(settings)
    desk = DeskSettings(
        site=site,
        payer_name=settings.payer_name,
        payer_iban=settings.payer_iban,
        payer_bic=settings.payer_bic,
        journal=settings,
        examples=settings.examples,
    )
    return create_app(
        workspace.context,
        contact_email=settings.contact_email,
        site=site,
        acts_at_once=ACTS_AT_ONCE if settings.node_url is None else ACTS_AT_ONCE_ON_A_NODE,
        desk=make_desk(workspace.context, desk, make_provider(settings, workspace.context.now)),
        pages=pages,
        network=NetworkWatch(_network_reader(settings)),
        playground=playground,
        readiness=readiness,
    )


def _site(settings: Settings) -> Site:
    municipality = Municipality(
        settings.municipality,
        settings.contact_phone,
        settings.contact_email,
        settings.help_desk,
        settings.security_contact or "",
    )
    look = read_look(settings.colour, settings.logo, settings.theme)
    return Site(settings.app_address, municipality, look)


def _network_reader(settings: Settings) -> NetworkReader | None:
    """Return the reader of the network's state; None for the embedded chain."""
    if not settings.nodes:
        return None
    states = StatesFile(settings.data, settings.nodes)
    return NetworkReader(Nodes(settings.nodes), states.read)


@contextmanager
def serving(
    app: FastAPI,
    data: Path | None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    trusted_proxies: str = "",
) -> Iterator[str]:
    """Serve in a thread within the context; yield the base URL.

    The URL is also written to the data directory, for other processes. Shutdown completes requests
    in progress and takes at most ten seconds.

    Args:
        data: the data directory; None for a short-lived server that others should not use.
        host: an address of this machine, or ``0.0.0.0`` or ``::`` for all of them.
        port: 0 for a free one.
        trusted_proxies: addresses whose ``X-Forwarded-For`` is used, as in the settings.

    Raises:
        OSError: the address is not of this machine, or the port is taken.
    """
    listener = _listen(host, port)
    address, taken = listener.getsockname()[:2]
    base_url = f"http://{_from_here(address)}:{taken}"
    server = _make_server(app, trusted_proxies)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    if data:
        write_private(data / SERVER, json.dumps({"base_url": base_url}))
    try:
        yield base_url
    finally:
        if data:
            (data / SERVER).unlink(missing_ok=True)
        server.should_exit = True
        thread.join(_LAST_SECONDS)


def _listen(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.create_server(address, family=family)
    # asyncio does this for sockets of IPPROTO_TCP only; without it answers take 40 ms longer.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _make_server(app: FastAPI, trusted_proxies: str) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=BoundedHttp,
            ws="none",
            log_config=None,  # as the process has set up its logs
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="off",
            forwarded_allow_ips=[each.strip() for each in trusted_proxies.split(",") if each],
            timeout_graceful_shutdown=_ANSWER_SECONDS,
        )
    )


def _from_here(host: str) -> str:
    """Return the host of a URL at which this machine reaches an address that it listens on."""
    address = ip_address(host)
    if address.is_unspecified:
        address = ip_address("::1" if address.version == 6 else "127.0.0.1")
    return f"[{address}]" if address.version == 6 else str(address)


def running_server(data: Path) -> str | None:
    """Return the base URL of the server that was started on this directory; None without one."""
    try:
        base_url: str = json.loads((data / SERVER).read_text())["base_url"]
    except (FileNotFoundError, ValueError):  # a killed server may leave it incomplete
        return None
    return base_url
