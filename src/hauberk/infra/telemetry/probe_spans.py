"""Which kinds of span a trace of readiness came to have, noted where its check can read it, whatever process made them."""

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
    """All other traces pass by."""

    def __init__(self, settings: Settings) -> None:
        self._client = sync_cache_client(settings)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for each in spans:
            if each.context is not None and each.context.trace_id >> 96 == PREFIX:
                self._note(f"{each.context.trace_id:032x}", f"{each.kind.name.lower()} {each.name}")
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._client.close()

    def _note(self, trace: str, name: str) -> None:
        try:
            self._client.sadd(spans_key(trace), name)
            self._client.expire(spans_key(trace), KEPT_SECONDS)
        except (RedisError, OSError):
            return
