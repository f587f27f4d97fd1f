"""The business in numbers, over all organizations: what is open, overdue and scanned, and who works with it."""

from typing import Any

from sqlalchemy import Result, text

from hauberk.db.metrics import looking
from hauberk.domain.severity import Severity
from hauberk.infra.metrics.observing import Samples, look, observed
from hauberk.infra.readiness import Installation

STATES = ("accepted", "running", "held", "done", "failed", "cancelled")

OPEN = observed("findings_open", "Findings that are active and undecided, by effective severity", "severity")
OVERDUE = observed("findings_overdue", "Open findings past their due date", "severity")
SCANS = observed("scans_recent", "Scans accepted within the last day, by state", "state")
ORGANIZATIONS = observed("organizations", "Organizations")
USERS = observed("users", "People who may sign in")
SESSIONS = observed("sessions_open", "Browser sessions that have not ended")
ACTIVE = observed(
    "users_active", "People who used it, in a browser or by a token, within 1d, 7d or 30d", "window"
)

_OPEN = text("select severity, n from open_findings()")
_OVERDUE = text("select severity, n from overdue_findings()")
_SCANS = text("select state, n from recent_scans(interval '1 day')")
_PEOPLE = text("select * from people_state()")


@look(every=60)
async def business(installation: Installation) -> Samples:
    async with looking(installation) as session:
        opened = _by_first(await session.execute(_OPEN))
        scans = _by_first(await session.execute(_SCANS))
    return [
        *(OPEN(opened.get(each.rank, 0), each.value) for each in Severity),
        *(SCANS(scans.get(state, 0), state) for state in STATES),
    ]


@look(every=300)
async def overdue(installation: Installation) -> Samples:
    async with looking(installation) as session:
        found = _by_first(await session.execute(_OVERDUE))
    return [OVERDUE(found.get(each.rank, 0), each.value) for each in Severity]


@look(every=60)
async def people(installation: Installation) -> Samples:
    async with looking(installation) as session:
        row = (await session.execute(_PEOPLE)).one()
    return [
        ORGANIZATIONS(row.organizations),
        USERS(row.users),
        SESSIONS(row.sessions),
        ACTIVE(row.day, "1d"),
        ACTIVE(row.week, "7d"),
        ACTIVE(row.month, "30d"),
    ]


def _by_first(result: Result[Any]) -> dict[Any, int]:
    rows: list[Any] = list(result)
    return {key: n for key, n in rows}  # noqa: C416 - rows are no tuples to the type checker
