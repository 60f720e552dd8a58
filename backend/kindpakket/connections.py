"""uvicorn's HTTP protocol with timeouts and with maximum numbers of connections.

uvicorn itself has no timeout for an incomplete request, nor for a client that does not read.
"""

import asyncio
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kindpakket.services.base.limits import is_within, network_of

HEADERS_SECONDS = 10
"""From the first byte of a request, or the start of a connection, to the end of the headers."""
BODY_SECONDS = 30
"""From the end of the headers to the end of the body."""
ANSWER_SECONDS = 30
"""How long a client may read nothing of its answer."""
MAX_HEADERS_BYTES = 32 * 1024
MOST_CONNECTIONS = 800
MOST_OF_A_NETWORK = 200
"""Maximum for one network; does not apply to trusted proxies."""


class BoundedHttp(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **others: Any) -> None:
        super().__init__(*args, **others)
        self.network = ""
        self._reading: TimerHandle | None = None
        self._writing: TimerHandle | None = None
        self._in_headers = False
        self._headers_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection.

        If there are too many, abort the one whose incomplete request would time out first, or else
        this one.
        """
        super().connection_made(transport)
        self.network = network_of(self.client[0]) if self.client else ""
        if too_many := self._too_many():
            unsent = [(each._reading.when(), each) for each in too_many if each._reading]
            ended = min(unsent, key=lambda pair: pair[0])[1] if unsent else self
            ended.transport.abort()
            if ended is self:
                return
        self._expect(HEADERS_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Receive data, with a maximum size of the headers."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_headers:
            self._headers_bytes += len(data)
            if self._headers_bytes > MAX_HEADERS_BYTES:
                self.send_400_response("The headers are too long.")
        elif self._reading is None and (self.cycle is None or self.cycle.response_complete):
            self._expect(HEADERS_SECONDS)  # empty lines before a request

    def on_message_begin(self) -> None:
        """Start the timeout of the headers."""
        super().on_message_begin()
        self._in_headers, self._headers_bytes = True, 0
        self._expect(HEADERS_SECONDS)

    def on_headers_complete(self) -> None:
        """Start the timeout of the body."""
        self._in_headers = False
        self._expect(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop the timeout: the request is complete."""
        _stop(self._reading)
        self._reading = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Start a timeout: the client reads its answer too slowly, or not at all."""
        super().pause_writing()
        self._writing = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timeout: the client reads again."""
        _stop(self._writing)
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection."""
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timeouts."""
        _stop(self._reading)
        _stop(self._writing)
        super().connection_lost(exc)

    def _too_many(self) -> list["BoundedHttp"]:
        """Return the connections of the limit that this one exceeds; empty when it exceeds none."""
        if len(self.connections) > MOST_CONNECTIONS:
            return list(self.connections)  # type: ignore[arg-type]
        if self.client and is_within(self.client[0], self.config.forwarded_allow_ips or ()):
            return []
        same = [each for each in self.connections if getattr(each, "network", "") == self.network]
        return same if len(same) > MOST_OF_A_NETWORK else []  # type: ignore[return-value]

    def _expect(self, seconds: float) -> None:
        _stop(self._reading)
        self._reading = self.loop.call_later(seconds, self._end)

    def _end(self) -> None:
        """Close gracefully, with a timeout for unsent data."""
        self.transport.close()
        _stop(self._writing)
        self._writing = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)


def _stop(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
