"""Health of worker and scheduler processes: a row each, by which readiness sees who lives."""

import json
import os
import platform
import secrets
import time
from typing import Any

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import transaction
from hauberk.jobs.lease import SHORT

REPORT_SECONDS = 10.0

_REPORT = text("select report_process(:name, :role, cast(:detail as jsonb))")
_FORGET = text("select forget_process(:name)")

log = structlog.get_logger(__name__)


class Health:
    """One process; its name is its own, also when the number of a dead one is used again."""

    def __init__(self, engine: Engine, *, role: str, number: int, detail: dict[str, Any]) -> None:
        self.name = f"{role}-{number}@{platform.node()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._engine = engine
        self._role = role
        self._detail = {"pid": os.getpid(), "host": platform.node(), **detail}

    def report(self, **state: Any) -> None:
        """Best effort: a database that is away is noticed elsewhere."""
        detail = json.dumps({**self._detail, "clock": time.time(), **state})
        self._execute(_REPORT, {"name": self.name, "role": self._role, "detail": detail})

    def forget(self) -> None:
        self._execute(_FORGET, {"name": self.name})

    def _execute(self, statement: Any, values: dict[str, Any]) -> None:
        try:
            with transaction(self._engine, limits=SHORT) as connection:
                connection.execute(statement, values)
        except SQLAlchemyError as error:
            log.warning("health_not_reported", error=str(error))
