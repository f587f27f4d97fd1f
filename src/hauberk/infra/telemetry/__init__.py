"""Telemetry: what everything of one request carries, logs without secrets, traces, and reports of errors.

Metrics are the business of `infra.metrics`.
"""

from hauberk.infra.telemetry import errors, shipping, tracing
from hauberk.infra.telemetry.correlation import request_id
from hauberk.infra.telemetry.logs import configure_logging, rendered
from hauberk.infra.telemetry.redaction import has_secret, leaks, redact

__all__ = ["close", "configure_logging", "has_secret", "leaks", "redact", "rendered", "request_id"]


def close() -> None:
    """Sends what is left, at the end of a process."""
    tracing.shutdown()
    errors.flush()
    shipping.shutdown()
