"""What `/metrics` tells Prometheus.

One registry of our own, so that tests and libraries add nothing to it. Labels never hold
anything about a person: channels, reasons and outcomes only.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)
GCCollector(registry=registry)


def _counter(name: str, what: str, *labels: str) -> Counter:
    return Counter(name, what, labels, namespace="linsheng", registry=registry)


turns_total = _counter("turns", "Turns of conversations taken.", "channel")
tickets_total = _counter("tickets", "Tickets filed (drafts not counted).", "channel")
calls_total = _counter("calls", "Telephone calls ended, by how.", "outcome")
calls_running = Gauge(
    "calls_running", "Telephone calls going on.", namespace="linsheng", registry=registry
)
wechat_rejected_total = _counter("wechat_rejected", "WeChat callbacks refused.", "reason")
deliveries_total = _counter("deliveries", "Outgoing messages tried.", "kind", "outcome")
alerts_total = _counter("alerts", "Alerts taken in, by what became of them.", "source", "outcome")
open311_rejected_total = _counter("open311_rejected", "Open311 requests refused.", "reason")
sign_ins_total = _counter("sign_ins", "Sign-ins at the desk.", "outcome")
refused_total = _counter("refused", "HTTP requests refused before any handler.", "reason")
speech_seconds = Histogram(
    "speech_seconds",
    "Seconds a resident waited for a page to be read aloud.",
    namespace="linsheng",
    registry=registry,
    buckets=(0.05, 0.25, 1, 3, 6, 12, 30),
)
reply_seconds = Histogram(
    "reply_seconds",
    "Seconds from the decision that a caller has finished to the first sound of the answer.",
    namespace="linsheng",
    registry=registry,
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)
