"""Metrics of a process, in the format of Prometheus; labels are from closed sets."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a time for each label, which nothing here uses

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "kindpakket_requests", "Requests by part and status", ["part", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "kindpakket_request_seconds",
    "Seconds until a request was answered, by part",
    ["part"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
ACTS = Counter(
    "kindpakket_acts", "Acts of the API by outcome", ["act", "outcome"], registry=REGISTRY
)
ACT_SECONDS = Histogram(
    "kindpakket_act_seconds",
    "Seconds until an act of the API was answered",
    ["act"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
LEDGER_SECONDS = Histogram(
    "kindpakket_ledger_seconds",
    "Seconds that the ledger took for an act: the engine, or a node until the block is final",
    buckets=_SECONDS,
    registry=REGISTRY,
)
REFUSALS = Counter(
    "kindpakket_refusals", "Refusals and errors by code", ["code"], registry=REGISTRY
)
RATE_LIMITED = Counter(
    "kindpakket_rate_limited", "Requests above a rate limit", ["lane"], registry=REGISTRY
)
QUEUED = Gauge(
    "kindpakket_queue_length", "Requests that wait for a worker", ["lane"], registry=REGISTRY
)
