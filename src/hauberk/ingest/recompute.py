"""Findings computed anew from their occurrences when something else than an import changed these or how they count.

In the caller's transaction and under the asset's lock. Where occurrences begin or cease to count, by the very statements with
which an import does it, only that nothing was mended and came back, so no finding counts as reopened. Where they went from
one finding to another, from all that there ever was, as if each had always been where it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.ingest import count_statements, due_dates, history_statements, statements, vex, vex_statements
from hauberk.kit import clock

_NO_NEW_ONES: Final = "create temporary table found (finding_id int8, is_new bool) on commit drop"
_THESE: Final = "select unnest(cast(:findings as int8[]))"
_CONCERNED: Final = (
    "create temporary table touched on commit drop as"
    " select f.id as finding_id, f.is_active, f.severity, f.triage, f.kind, false as has_new_place, f.reopened_at"
    " from finding f where f.organization_id = :organization and f.asset_id = :asset and f.id in ({})"
)
# Its earliest claim may have gone to another finding, or come from one. As imports have it: what came first, or an earlier one
# on a tracked ref.
_FIRST_SEEN: Final = """
update finding f set first_seen_at = x.first_seen_at
from (select o.finding_id, least(min(o.first_seen_at) filter (where r.is_tracked), (
          array_agg(o.first_seen_at order by coalesce(b.applied_at, o.opened_at), o.id))[1]) as first_seen_at
      from touched t
      join occurrence o on o.organization_id = :organization and o.finding_id = t.finding_id
          and o.close_reason is distinct from 'undone'
      join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
      join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
      left join scan b on b.organization_id = o.organization_id and b.id = o.opened_scan_id
      group by o.finding_id) x
where f.organization_id = :organization and f.id = x.finding_id and f.first_seen_at <> x.first_seen_at
"""
_NOT_REOPENED: Final = (
    "update finding f set reopened_at = t.reopened_at from touched t"
    " where f.organization_id = :organization and f.id = t.finding_id"
    " and f.reopened_at is distinct from t.reopened_at"
)
_CLEAR: Final = "drop table found, touched"


@contextmanager
def recomputed(
    connection: Connection,
    parameters: dict[str, Any],
    which: str,
    *,
    seen_before: datetime | None = None,
) -> Iterator[None]:
    """What is changed inside is counted afterwards: findings as they were, and as they are then.

    `which` selects their ids; `parameters` are its own, with `organization` and `asset`.
    """
    parameters = parameters | {"seen_before": seen_before or clock.now()}
    with _counted(connection, parameters, which, (statements.RECOMPUTE, _FIRST_SEEN, _NOT_REOPENED)):
        yield


@contextmanager
def regrouped(connection: Connection, parameters: dict[str, Any]) -> Iterator[None]:
    """The same for these `findings`, between which occurrences go inside."""
    with _counted(connection, parameters, _THESE, (history_statements.DERIVE,)):
        yield


@contextmanager
def _counted(
    connection: Connection, parameters: dict[str, Any], which: str, computation: Sequence[str]
) -> Iterator[None]:
    now = clock.now()
    parameters = parameters | {"at": now, "day": now.date()}
    for statement in (_NO_NEW_ONES, _CONCERNED.format(which)):
        connection.execute(text(statement), parameters)
    yield

    def run(statement: str, **more: Any) -> Any:
        return connection.execute(text(statement), parameters | more)

    for statement in (*computation, due_dates.SETTLE_TOUCHED):
        run(statement)
    if run(vex_statements.EVER).scalar_one():
        vex.decide(run, everything=False, has_new=False)
    for statement in (count_statements.DELTAS, _CLEAR):
        run(statement)
