"""A TCP proxy that can be cut: between a server and a node, or between two nodes."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_BYTES = 65536
_END = b"x"


class Proxy:
    """Forwards connections to one port of this machine, until it is cut.

    Args:
        port: where to forward to.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._cut = threading.Event()
        self._lock = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._forward, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """End all connections; new ones end at once."""
        self._cut.set()
        with self._lock:
            for each in self._pairs:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def heal(self) -> None:
        """Forward again."""
        self._cut.clear()

    def close(self) -> None:
        """End all connections and stop listening."""
        self.cut()
        self._wake.send(_END)
        self._thread.join()

    def _forward(self) -> None:
        with selectors.DefaultSelector() as selector, self._listener, self._woken:
            for each in (self._listener, self._woken):
                selector.register(each, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        return
                    if key.fileobj is self._listener:
                        self._accept(selector)
                    elif isinstance(key.fileobj, socket.socket):
                        self._pass_on(selector, key.fileobj)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        near, _ = self._listener.accept()
        try:
            if self._cut.is_set():
                raise ConnectionError
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        with self._lock:
            self._pairs |= {near: far, far: near}
        for each in (near, far):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(each, selectors.EVENT_READ)

    def _pass_on(self, selector: selectors.BaseSelector, side: socket.socket) -> None:
        other = self._pairs.get(side)
        if other is None:  # the other side ended in the same round
            return
        try:
            data = side.recv(_BYTES)
            other.sendall(data)
        except OSError:
            data = b""
        if data and not self._cut.is_set():
            return
        with self._lock:
            for each in (side, other):
                del self._pairs[each]
        for each in (side, other):
            selector.unregister(each)
            each.close()


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """Run a proxy within the context."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
