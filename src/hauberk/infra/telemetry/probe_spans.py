"""Which kinds of span a trace of readiness came to have at the collector, noted where its check can read it, whatever
process made them.
"""

from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from redis.exceptions import RedisError

from hauberk.infra.redis import sync_cache_client
from hauberk.infra.settings import Settings
from hauberk.infra.telemetry.correlation import PROBE_TRACES, spans_key

PREFIX: Final = int(PROBE_TRACES, 16)

KEPT_SECONDS: Final = 60


class ProbeSpans(SpanExporter):
    """Passes everything on to the collector, and notes what it took of those traces."""

    def __init__(self, collector: SpanExporter, settings: Settings) -> None:
        self._collector = collector
        self._client = sync_cache_client(settings)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._collector.export(spans)
        if result is SpanExportResult.SUCCESS:
            for each in spans:
                if each.context is not None and each.context.trace_id >> 96 == PREFIX:
                    self._note(f"{each.context.trace_id:032x}", f"{each.kind.name.lower()} {each.name}")
        return result

    def shutdown(self) -> None:
        self._collector.shutdown()
        self._client.close()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._collector.force_flush(timeout_millis)

    def _note(self, trace: str, name: str) -> None:
        try:
            self._client.sadd(spans_key(trace), name)
            self._client.expire(spans_key(trace), KEPT_SECONDS)
        except (RedisError, OSError):
            return
