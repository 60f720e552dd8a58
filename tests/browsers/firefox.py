"""Firefox, by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/)."""

import json
import re
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browsers.device import Device, PageLeft
from tests.support.debian import find_program

NAME = "kindpakket.test"
"""A host that this Firefox takes for this machine, and not for a secure context."""
_PREFERENCES = f"""
user_pref("intl.accept_languages", "nl");
user_pref("network.dns.localDomains", "{NAME}");
user_pref("ui.prefersReducedMotion", 1);
"""
_ANSWER_SECONDS = 120.0


class Firefox:
    """A running Firefox.

    Args:
        socket: connected to it.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._commands = socket, 0
        self.ask("session.new", capabilities={})

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command; return its result.

        Raises:
            PageLeft: the browser answers with an error.
        """
        self._commands += 1
        self._socket.send(json.dumps({"id": self._commands, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(_ANSWER_SECONDS))
            if answer.get("id") == self._commands:
                break
        if answer["type"] == "error":
            raise PageLeft(f"{method}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    @contextmanager
    def device(self, size: tuple[int, int]) -> Iterator[Device]:
        container = self.ask("browser.createUserContext")["userContext"]
        # A tab that is not in front draws no frames.
        window = self.ask("browsingContext.create", type="window", userContext=container)["context"]
        viewport = {"width": size[0], "height": size[1]}
        self.ask("browsingContext.setViewport", context=window, viewport=viewport)
        yield _Window(self, window)
        self.ask("browser.removeUserContext", userContext=container)


class _Window(Device):
    def __init__(self, firefox: Firefox, context: str) -> None:
        self._firefox, self._context = firefox, context

    def open(self, url: str) -> None:
        self._ask("browsingContext.navigate", url=url, wait="complete")

    def call(self, function: str, *given: Any) -> Any:
        text = f"async (given) => JSON.stringify(await ({function})(...JSON.parse(given)) ?? null)"
        answer = self._firefox.ask(
            "script.callFunction",
            functionDeclaration=text,
            arguments=[{"type": "string", "value": json.dumps(given)}],
            awaitPromise=True,
            target={"context": self._context},
        )
        if answer["type"] == "exception":
            raise PageLeft(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def act(self, *sources: dict[str, Any]) -> None:
        self._ask("input.performActions", actions=sources)

    def choose(self, selector: str, file: Path) -> None:
        locator = {"type": "css", "value": selector}
        (found,) = self._ask("browsingContext.locateNodes", locator=locator)["nodes"]
        element = {"sharedId": found["sharedId"]}
        self._ask("input.setFiles", element=element, files=[str(file)])

    def picture(self) -> bytes:
        data = self._ask("browsingContext.captureScreenshot")["data"]
        return b64decode(data)

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        return self._firefox.ask(method, context=self._context, **params)


@contextmanager
def running() -> Iterator[Firefox]:
    """Run a headless Firefox within the context.

    Raises:
        RuntimeError: there is no Firefox.
    """
    command = find_program(("firefox-esr", "firefox"), "firefox-esr")
    with TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as profile:
        Path(profile, "user.js").write_text(_PREFERENCES)
        started = subprocess.Popen(
            [command, "--headless", "--profile", profile, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert started.stderr
            said = (re.search(r"BiDi listening on (ws://\S+)", line) for line in started.stderr)
            address = next(found[1] for found in said if found)
            with connect(f"{address}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            started.terminate()
            started.wait()
