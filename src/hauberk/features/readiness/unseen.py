"""What every row is when nothing can start: those about what keeps it from starting fail, the others were not looked at."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import hauberk
from hauberk.features.readiness.rows import ROWS, Row
from hauberk.features.readiness.service import Report
from hauberk.infra.readiness import Answer, Kind, Result
from hauberk.kit import clock

_ROW_OF: Final = {
    "SECRET_KEYS": "SEC-1",
    "ADMIN_PASSWORD": "SEC-2",
    "METRICS_TOKEN": "SEC-2",
    "PUBLIC_URL": "SEC-3",
    "TLS_": "SEC-3",
    "CORS_": "SEC-4",
    "RATE_": "SEC-5",
    "UPLOAD_": "SEC-6",
    "CLAMAV_": "SEC-6",
    "DATABASE_": "INF-2",
    "BACKUP_": "INF-3",
    "ENVIRONMENT": "INF-4",
    "SIBLING_": "INF-4",
    "SENTRY_": "OBS-6",
    "OTLP_": "OBS-11",
    "MAIL_": "ALR-8",
    "METRICS_": "OBS-9",
    "LOG_LEVEL": "WEB-7",
    "LOG_": "OBS-12",
    "HTTP_": "INF-5",
    "ALERT_": "ALR-1",
    "CACHE_": "PERF-8",
    "QUEUE_": "PERF-8",
}
"""By the beginning of a variable's name, without the prefix of all; the first that fits."""
_OTHERS: Final = "CFG-4"
_VARIABLE: Final = re.compile(r"\bHAUBERK_([A-Z0-9_]+)")


def reports(why: str, problems: Sequence[str], rows: Iterable[str], *, is_exposed: bool) -> list[Report]:
    """In the order of the checklist; `why` is a clause, `problems` are sentences with the names of their variables."""
    wanted = set(rows)
    now = clock.now()
    return [
        Report(row, _answer(row, why, problems, is_exposed=is_exposed), now, hauberk.__version__)
        for name, row in ROWS.items()
        if name in wanted
    ]


def _answer(row: Row, why: str, problems: Sequence[str], *, is_exposed: bool) -> Answer:
    if own := [each for each in problems if row.id in _rows_of(each)]:
        fails = is_exposed or not row.needed_in_production
        return Answer(
            Result.FAIL if fails else Result.WARN,
            Kind.CONFIG,
            " ".join(each.removeprefix(f"{row.id}: ") for each in own),
            "Mend it: nothing starts.",
        )
    return Answer(
        Result.SKIP,
        Kind.CONFIG,
        f"{why}; nothing was looked at.",
        "Mend that first.",
    )


def _rows_of(problem: str) -> set[str]:
    if (row := problem.partition(":")[0]) in ROWS:
        return {row}
    names = _VARIABLE.findall(problem)
    fitting = [(row for beginning, row in _ROW_OF.items() if name.startswith(beginning)) for name in names]
    return {next(rows, _OTHERS) for rows in fitting} or {_OTHERS}
