"""The metrics of a server at an address of their own, for Prometheus."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kindpakket import __version__
from kindpakket.metrics import REGISTRY
from kindpakket.services.oversight.readiness import OK, Readiness

_NUMBERS = {
    "relay_balance_wei": "Balance of the relay account",
    "relay_nonce_gap": "Transactions of the relay that are not in a block",
    "head_age_seconds": "Age of the last block",
    "sessions": "Sessions that are valid",
    "views_lag_blocks": "Blocks that the views lack",
    "disk_free_bytes": "Free room for the data directory",
}


@contextmanager
def exporting(readiness: Readiness, host: str, port: int) -> Iterator[int]:
    """Serve the metrics in a thread within the context; yield the port.

    Raises:
        OSError: the address is not of this machine, or the port is taken.
    """
    checks = _Checks(readiness)
    server, thread = start_http_server(port, host, REGISTRY)
    REGISTRY.register(checks)
    try:
        yield server.server_port
    finally:
        REGISTRY.unregister(checks)
        server.shutdown()
        server.server_close()
        thread.join()


class _Checks(Collector):
    """The checks of a server and their numbers, as of when they are asked for."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry would run the checks to learn the names."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Run the checks. A number that a check could not find is left out."""
        version = GaugeMetricFamily("kindpakket_info", "The version", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        answers = self._readiness.ask_in_a_thread()
        ready = GaugeMetricFamily("kindpakket_ready", "Whether a check is ok", labels=["check"])
        for name, answer in answers.items():
            ready.add_metric([name], answer.word == OK)
            for number, value in answer.numbers.items():
                yield GaugeMetricFamily(f"kindpakket_{number}", _NUMBERS[number], value)
        yield ready
