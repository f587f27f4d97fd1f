"""How many statements a request sends, and which of them are slow: one query for each row shows, and slow ones are known."""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import event
from sqlalchemy.engine import Engine

SLOW_SECONDS: Final = 0.5
MAX_CHARS: Final = 1_000
_BEGAN: Final = "hauberk.statement_began"

log = structlog.get_logger("hauberk.database")


@dataclass(slots=True)
class Sent:
    """What was counted while `counted` held it."""

    statements: int = 0


counted: ContextVar[Sent | None] = ContextVar("counted", default=None)


def note_begin() -> float:
    """Of a statement; counts it."""
    sent = counted.get()
    if sent is not None:
        sent.statements += 1
    return time.perf_counter()


def note_end(statement: str, began: float) -> None:
    """Of a statement: a slow one is logged as it is written, without its values."""
    seconds = time.perf_counter() - began
    if seconds >= SLOW_SECONDS:
        shown = " ".join(statement.split())[:MAX_CHARS]
        log.warning("slow_statement", statement=shown, duration_ms=round(seconds * 1000))


@event.listens_for(Engine, "before_cursor_execute")
def _begin(connection: Any, *_: Any) -> None:
    connection.info[_BEGAN] = note_begin()


@event.listens_for(Engine, "after_cursor_execute")
def _end(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    note_end(statement, connection.info.pop(_BEGAN, time.perf_counter()))
