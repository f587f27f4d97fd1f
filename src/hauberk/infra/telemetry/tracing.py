"""Traces by OpenTelemetry: request, job and statement as spans of one trace, sent to a collector by OTLP.

Without `HAUBERK_OTLP_ENDPOINT` there is no tracer, nothing is imported and a span costs one comparison. Spans carry ids
and templates, never a value that somebody sent, and of an exception only its kind.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import hauberk
from hauberk.infra.metrics.folder import role
from hauberk.infra.settings import Settings
from hauberk.infra.telemetry.correlation import traceparent
from hauberk.infra.telemetry.redaction import redact

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

MAX_STATEMENT_CHARS: Final = 2_000
_DELAY_MS: Final = 1_000

_tracer: "Tracer | None" = None
_provider: "TracerProvider | None" = None


def configure(settings: Settings) -> None:
    """Once in each process, before its engines are made."""
    global _tracer, _provider  # noqa: PLW0603 - the process's one tracer, which spans everywhere must find
    if not settings.otlp.endpoint or not settings.otlp.traces:
        _tracer = None
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased  # noqa: PLC0415

    from hauberk.infra.telemetry.probe_spans import ProbeSpans  # noqa: PLC0415

    shutdown()
    _provider = TracerProvider(
        resource=resource(settings),
        sampler=ParentBased(TraceIdRatioBased(settings.otlp.sample)),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(
        endpoint=f"{settings.otlp.endpoint}/v1/traces", headers=dict(settings.otlp.header_pairs), timeout=5
    )
    noted = ProbeSpans(exporter, settings) if settings.cache.url else exporter
    _provider.add_span_processor(BatchSpanProcessor(noted, schedule_delay_millis=_DELAY_MS))
    _tracer = _provider.get_tracer("hauberk", hauberk.__version__)


def resource(settings: Settings) -> Any:
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415

    return Resource(
        {
            "service.name": f"hauberk-{role()}",
            "service.version": hauberk.__version__,
            "deployment.environment.name": settings.environment.value,
        }
    )


def is_on() -> bool:
    return _tracer is not None


def is_recording() -> bool:
    """Whether something goes on that a span could belong to: what a worker does for itself belongs to nothing."""
    if _tracer is None:
        return False
    from opentelemetry.trace import get_current_span  # noqa: PLC0415

    return get_current_span().is_recording()


def shutdown() -> None:
    """Sends what is left, at the end of a process."""
    global _provider  # noqa: PLW0603
    if _provider is not None:
        _provider.shutdown()
        _provider = None


@contextmanager
def span(
    name: str, kind: str, attributes: Mapping[str, str | int | bool], *, parent: str | None = None
) -> Iterator["Span | None"]:
    """`kind` is server, consumer, client or internal; `parent` a traceparent that came from elsewhere."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415

    with _tracer.start_as_current_span(
        name,
        context=_context_of(parent) if parent else None,
        kind=SpanKind[kind.upper()],
        attributes=dict(attributes),
        record_exception=False,
        set_status_on_exception=False,
    ) as started:
        context = started.get_span_context()
        marker = traceparent.set(
            f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
        )
        try:
            yield started
        except BaseException as error:
            started.set_status(StatusCode.ERROR, type(error).__name__)
            raise
        finally:
            traceparent.reset(marker)


def statement(query: object) -> tuple[str, dict[str, str]]:
    """Name and attributes of a statement's span; its values are parameters, and stay out."""
    text = query if isinstance(query, str) else "statement"
    words = text.split(None, 1)
    shown = redact(" ".join(text.split()))[:MAX_STATEMENT_CHARS]
    return f"sql {words[0].lower() if words else ''}", {
        "db.system.name": "postgresql",
        "db.query.text": shown,
    }


def _context_of(parent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    return TraceContextTextMapPropagator().extract({"traceparent": parent})
