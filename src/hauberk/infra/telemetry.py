"""Telemetry: the request id that everything of one request carries, and structured logs without secrets."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

from hauberk.infra.settings import Settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

MAX_FIELD_CHARS = 4_000
REDACTED = "[redacted]"
_SECRET_KEYS = re.compile(
    r"authorization|cookie|passw|secret|token|api.?key|credential|session|csrf|dsn", re.IGNORECASE
)
_KEPT_KEYS = frozenset({"token_id", "session_id"})
_SECRET_SHAPES = re.compile(
    r"hbk_[0-9a-z]{6,}_[\w-]+"  # our own tokens
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|AKIA[0-9A-Z]{16}"
    r"|gh[pousr]_\w{20,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user:password in an address
    r"|(?i:\bbearer\s+[\w.~+/-]{8,}=*)"
    r"|(?<=[?&#]token=)[^&\s]+"
)
_REAL_SECRETS = re.compile(
    r"hbk_[0-9a-z]{12}_[\w-]{43}|AKIA[0-9A-Z]{16}(?<!EXAMPLE)|gh[pousr]_[A-Za-z0-9]{36}"
    r"|-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{60}"
)


def redact(text: str) -> str:
    """The text without anything that has the shape of a secret."""
    return _SECRET_SHAPES.sub(REDACTED, text)


def has_secret(text: str) -> bool:
    """Whether a real secret seems to be in the text: shapes that no example and no documentation has."""
    return _REAL_SECRETS.search(text) is not None


def rendered(record: Mapping[str, Any]) -> str:
    """The line that this record would become, by the processors that all records go through."""
    found: Any = dict(record)
    for process in _SHARED:
        found = process(None, "info", found)
    return str(structlog.processors.JSONRenderer()(None, "info", found))


def redact_record(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The last processor before rendering: no field with a secret's name or shape leaves the process."""
    return {key: _clean(key, value) for key, value in record.items()}


def _clean(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _clean(str(name), each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, each) for each in value]
    if _SECRET_KEYS.search(key) and key not in _KEPT_KEYS and value is not None:
        return REDACTED
    return redact(value)[:MAX_FIELD_CHARS] if isinstance(value, str) else value


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.format_exc_info,
    redact_record,
]


def configure_logging(settings: Settings) -> None:
    """JSON or console lines on stdout, for structlog and the standard library alike."""
    level = getattr(logging, settings.log.level.upper())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("sqlalchemy.engine", "hauberk.db.pool", "httpx2", "asyncio"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
