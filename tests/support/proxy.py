"""A TCP proxy that can be cut: between a server and a node, or between two nodes."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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
        self._clients: dict[socket.socket, int] = {}
        """The port of the client of each connection."""
        self._cut = False
        self._cut_from: int | None = None
        self._lock = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._forward, daemon=True)
        self._thread.start()

    def cut(self, process: int | None = None) -> None:
        """End all connections, or those from one process; new ones end at once."""
        self._cut, self._cut_from = process is None, process
        with self._lock:
            for near, port in self._clients.items():
                if self._refuses(port):
                    with suppress(OSError):
                        near.shutdown(socket.SHUT_RDWR)

    def heal(self) -> None:
        """Forward again."""
        self._cut, self._cut_from = False, None

    def close(self) -> None:
        """End all connections and stop listening."""
        self.cut()
        self._wake.send(_END)
        self._thread.join()

    def _refuses(self, port: int) -> bool:
        return self._cut or (self._cut_from is not None and _has_port(self._cut_from, port))

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
        near, address = self._listener.accept()
        try:
            if self._refuses(address[1]):
                raise ConnectionError
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        with self._lock:
            self._pairs |= {near: far, far: near}
            self._clients[near] = address[1]
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
        if data:
            return
        with self._lock:
            for each in (side, other):
                del self._pairs[each]
                self._clients.pop(each, None)
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


def _has_port(process: int, port: int) -> bool:
    """Whether a process has a TCP connection from a port of this machine."""
    local = f"0100007F:{port:04X}"
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    sockets = {
        f"socket:[{inode}]"
        for _, its, *_, inode in (line.split()[:10] for line in table)
        if its == local
    }
    with suppress(FileNotFoundError):
        for each in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):
                if str(each.readlink()) in sockets:
                    return True
    return False
