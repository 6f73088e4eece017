"""Metrics of the process, in Prometheus' format at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("keepwarm_http_requests", "Requests answered", ["method", "route", "status"])
DURATION = Histogram(
    "keepwarm_http_request_seconds",
    "Time to answer a request",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ENDED = Counter("keepwarm_http_connections_ended", "Connections closed because they passed a limit", ["reason"])
SWEPT = Counter("keepwarm_sweep_applications", "Applications the sweep assessed", ["outcome"])
SWEEP_LAG = Gauge("keepwarm_sweep_lag_seconds", "Age of the oldest due application when last looked at")
WEBHOOK_ATTEMPTS = Counter("keepwarm_webhook_attempts", "Attempts to deliver an event", ["outcome"])
FLAG_CHANGES = Counter("keepwarm_flag_changes", "Flags raised, changed or cleared", ["kind", "change"])
