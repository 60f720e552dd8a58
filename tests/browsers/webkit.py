"""WebKit, in the small browser of WebKitGTK, by WebDriver (https://w3c.github.io/webdriver)."""

import json
import os
import socket
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.browsers.device import Device, PageLeft
from tests.support.debian import find_program

_CALL = """
    const [given, done] = arguments;
    (async () => JSON.stringify(await (%s)(...JSON.parse(given)) ?? null))()
        .then((result) => done({result}), (error) => done({error: String(error)}));
"""
_ANSWER_SECONDS = 120.0
_CONNECTIONS = 12
"""How often the driver is tried while it starts; each time the pause doubles."""


class WebKit:
    """Where windows of WebKit can be opened.

    Args:
        display: an X display, such as ``:99``.
    """

    def __init__(self, display: str) -> None:
        self._environment = os.environ | {"DISPLAY": display}

    @contextmanager
    def device(self, size: tuple[int, int]) -> Iterator[Device]:
        """Open a window; each has a driver of its own, which has one session at a time."""
        driver = find_program(("WebKitWebDriver",), "webkit2gtk-driver")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        started = subprocess.Popen([driver, f"--port={port}"], env=self._environment)
        try:
            transport = httpx2.HTTPTransport(retries=_CONNECTIONS)
            address = f"http://127.0.0.1:{port}"
            with httpx2.Client(transport=transport, timeout=_ANSWER_SECONDS) as http:
                window = _Window(http, address, size)
                yield window
                window.close()
        finally:
            started.terminate()
            started.wait()


class _Window(Device):
    def __init__(self, http: httpx2.Client, address: str, size: tuple[int, int]) -> None:
        self._http, self._session = http, f"{address}/session"
        self._session += "/" + self._post("", capabilities={})["sessionId"]
        self._post("/window/rect", width=size[0], height=size[1])

    def open(self, url: str) -> None:
        self._post("/url", url=url)

    def call(self, function: str, *given: Any) -> Any:
        answer = self._post("/execute/async", script=_CALL % function, args=[json.dumps(given)])
        if "error" in answer:
            raise PageLeft(answer["error"])
        return json.loads(answer["result"])

    def act(self, *sources: dict[str, Any]) -> None:
        self._post("/actions", actions=sources)

    def choose(self, selector: str, file: Path) -> None:
        (element,) = self._post("/element", using="css selector", value=selector).values()
        self._post(f"/element/{element}/value", text=str(file))

    def picture(self) -> bytes:
        answer = self._http.get(f"{self._session}/screenshot").json()
        return b64decode(answer["value"])

    def close(self) -> None:
        self._http.delete(self._session)

    def _post(self, path: str, **params: Any) -> Any:
        answer = self._http.post(self._session + path, json=params)
        value = answer.json()["value"]
        if answer.is_error:
            raise PageLeft(f"{path}: {value['error']}: {value['message']}")
        return value


@contextmanager
def running() -> Iterator[WebKit]:
    """Run an X server for WebKit within the context.

    Raises:
        RuntimeError: there is no X server.
    """
    server = find_program(("Xvfb",), "xvfb")
    readable, writable = os.pipe()
    screen = ["-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    started = subprocess.Popen(
        [server, "-displayfd", str(writable), *screen],
        pass_fds=[writable],
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    try:
        with os.fdopen(readable) as said:
            display = said.readline().strip()
        yield WebKit(f":{display}")
    finally:
        started.terminate()
        started.wait()
