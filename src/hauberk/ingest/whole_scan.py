"""The scan of a report that was divided: it stands as its parts do, and its counts are the sums of theirs."""

from typing import Any, Final

from sqlalchemy import Connection, Row, select, text, update

from hauberk.db.models.scan import Scan
from hauberk.domain.events import ScanFinished
from hauberk.jobs.events import emit

COUNTED: Final = (
    "reported",
    "new",
    "unchanged",
    "moved",
    "changed",
    "reopened",
    "suppressed",
    "folded",
    "closed",
)
COUNTED_FINDINGS: Final = ("new", "reopened", "closed")
_SUMS = ", ".join(
    [f"coalesce(sum((counts->>'{name}')::int8), 0)::int8 as {name}" for name in COUNTED]
    + [
        f"coalesce(sum((counts->'findings'->>'{name}')::int8), 0)::int8 as findings_{name}"
        for name in COUNTED_FINDINGS
    ]
)
_PARTS = text(f"""
select count(*) as n, count(*) filter (where state in ('accepted', 'running')) as going_on,
    count(*) filter (where state in ('failed', 'cancelled')) as failed,
    count(*) filter (where state = 'held') as held,
    min(held->>'reason') filter (where state = 'held') as held_reason,
    coalesce(sum((held->>'would_close')::int8) filter (where state = 'held'), 0)::int8 as would_close,
    (array_agg(requested->>'asset' order by id) filter (where state in ('failed', 'cancelled')))[1] as failed_asset,
    (array_agg(coalesce(error->>'message', 'It was cancelled.') order by id)
        filter (where state in ('failed', 'cancelled')))[1] as failed_why,
    {_SUMS}
from scan where organization_id = :organization and part_of = :whole
""")  # noqa: S608 — names of ours
_SEVERITIES = text("""
select e.key, sum(e.value::int8)::int8 as n from scan, jsonb_each_text(held->'by_severity') e
where organization_id = :organization and part_of = :whole and state = 'held' group by e.key
""")


# A part that goes on makes the whole go on.
GOES_ON = text("""
update scan w set state = 'running', held = null, error = null, finished_at = null from scan p
where p.organization_id = :organization and p.id = :part and w.organization_id = p.organization_id and w.id = p.part_of
""")


def settle(connection: Connection, organization_id: int, part: int) -> None:
    """The last part to finish finishes the whole: under the row's lock each sees those before it."""
    mine = Scan.organization_id == organization_id
    whole = connection.scalar(select(Scan.part_of).where(mine, Scan.id == part))
    if whole is None:
        return
    connection.execute(select(Scan.id).where(mine, Scan.id == whole).with_for_update())
    state = stand(connection, organization_id, whole)
    if state is not None:
        emit(connection, ScanFinished(organization_id, whole, state))


def stand(connection: Connection, organization_id: int, whole: int) -> str | None:
    """The state of the whole, which is written; None while some part goes on, and where there are no parts."""
    parameters = {"organization": organization_id, "whole": whole}
    parts = connection.execute(_PARTS, parameters).one()
    if parts.going_on or not parts.n:
        return None
    severities = {row.key: row.n for row in connection.execute(_SEVERITIES, parameters)}
    values = _values(parts, severities)
    connection.execute(
        update(Scan)
        .where(Scan.organization_id == organization_id, Scan.id == whole)
        .values(finished_at=text("clock_timestamp()"), counts=_counts(parts), **values)
    )
    state: str = values["state"]
    return state


def _values(parts: Row[Any], severities: dict[str, int]) -> dict[str, Any]:
    state, held, error = "done", None, None
    if parts.held:
        held = {"reason": parts.held_reason, "would_close": parts.would_close, "by_severity": severities}
        state = "held"
    if parts.failed:
        state = "failed"
        error = {
            "code": "parts_failed",
            "message": f"{parts.failed} of {parts.n} assets could not be taken in; the first is"
            f" “{parts.failed_asset}”: {parts.failed_why}",
            "position": None,
        }
    return {"state": state, "held": held, "error": error}


def _counts(parts: Row[Any]) -> dict[str, Any]:
    findings = {name: getattr(parts, f"findings_{name}") for name in COUNTED_FINDINGS}
    return {**{name: getattr(parts, name) for name in COUNTED}, "findings": findings}
