"""Logs: one record an event, JSON or for reading, on stdout; the same records go where all processes' logs are seen.

What a process says of a request carries its id and trace, what it says of a job the job, its attempt and the trace of
the request that asked for it. Access records are those of the logger `hauberk.access`.
"""

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, Final

import orjson
import structlog

from hauberk.infra.settings import Settings
from hauberk.infra.telemetry import errors, shipping, tracing
from hauberk.infra.telemetry.correlation import request_id, trace_id, traceparent
from hauberk.infra.telemetry.recent import RecentLog
from hauberk.infra.telemetry.redaction import redact_record

_NOISY: Final = ("sqlalchemy", "hauberk.db.pool", "httpx2", "asyncio", "opentelemetry", "urllib3")
_OWN_WAY: Final = ("opentelemetry", "urllib3", "redis")
"""What ships records must not ship what it says of that."""


def _correlate(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> Mapping[str, Any]:
    if (own := request_id.get()) is not None:
        record.setdefault("request_id", own)
    if (trace := trace_id(traceparent.get())) is not None:
        record.setdefault("trace_id", trace)
    return record


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _correlate,
    errors.report,
    structlog.processors.format_exc_info,
    redact_record,
]


def _json(record: Any, **_options: Any) -> str:
    return orjson.dumps(record, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


_JSON = structlog.processors.JSONRenderer(serializer=_json)


class _Output(logging.Handler):
    """Renders each record once where all who take it want JSON."""

    def __init__(
        self, show: Callable[[str], None], takers: Sequence[Callable[[str], None]], *, is_json: bool
    ) -> None:
        super().__init__()
        self._show = show
        self._takers = takers
        self._is_json = is_json
        self._console = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            fields = _fields(record)
            line = str(_JSON(None, record.levelname, dict(fields))) if self._is_json or self._takers else ""
            self._show(line if self._is_json else str(self._console(None, record.levelname, fields)))
            if not record.name.startswith(_OWN_WAY):
                for take in self._takers:
                    take(line)
        except Exception:  # noqa: BLE001 - a record that cannot be shown must not end what it tells of
            self.handleError(record)


def configure_logging(settings: Settings) -> None:
    """For structlog and the standard library alike; traces and error reports begin with it."""
    level = getattr(logging, settings.log.level.upper())
    tracing.configure(settings)
    errors.configure(settings)
    takers = [each.take for each in (RecentLog.of(settings), shipping.logs_to(settings)) if each is not None]
    root = logging.getLogger()
    root.handlers = [_Output(_to_stdout, takers, is_json=settings.log_format == "json")]
    root.setLevel(level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def rendered(record: Mapping[str, Any]) -> str:
    """The line that this record would become, by the processors that all records go through."""
    found: Any = dict(record)
    for process in _SHARED:
        found = process(_ROOT, "info", found)
    return str(_JSON(None, "info", found))


_ROOT = logging.getLogger("hauberk")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Of a record of ours what its processors made of it, of anybody else's what ours make of it now."""
    if isinstance(record.msg, dict):
        return dict(record.msg)
    found: Any = {"event": record.getMessage(), "_record": record}
    if record.exc_info:
        found["exc_info"] = record.exc_info
    for process in _SHARED:
        found = process(logging.getLogger(record.name), record.levelname.lower(), found)
    found.pop("_record", None)
    return dict(found)


def _to_stdout(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
