"""What a scan changed (or would change), one row per occurrence, each with its reason."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from sqlalchemy import Connection, text

from hauberk.domain.reported import Suppression
from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.ingest import drift_passes, vex_statements
from hauberk.ingest.compare import SuppressedResult

MAX_PREVIEW: Final = 100_000
MAX_NAMED: Final = 1_000


class Change(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One occurrence that the scan opened, changed, moved, reopened or closed."""

    change: str
    reason: str
    finding_id: int | None = None
    title: str
    severity: int
    location: dict[str, Any] | None = None
    component: dict[str, Any] | None = None
    asset: str | None = None
    """Of a report about several assets: the one it is about."""


REASONS: Final = {
    "new": "Nothing at this asset had this key before.",
    "known": "The finding is known; this scanner reports it at a place that it did not report before.",
    "changed": "Same key and place; what the scanner says of it is different.",
    "moved": "Same key at another place, one to one with the nearest that is no longer reported.",
    "reopened": "It was closed before at the same place.",
    "gone": "The report covers it and no longer reports it.",
    "suppressed": "The scanner reports it as suppressed.",
    "held": "The report no longer shows it. It stays open until somebody decides.",
    "unchanged": "It was open before, and is open after.",
    "decided": "What a supplier states about it decides its triage, or no longer does.",
    **drift_passes.REASONS,
}
_WORDS: Final = {"known": "new", "gone": "closed", "held": "closed"} | dict.fromkeys(
    drift_passes.REASONS, "moved"
)

# What a person has to look at first is the first part: new, reopened, closed, decided, then what changed or only moved.
_PARTS: Final = {
    "new": 0,
    "reopened": 1,
    "closed": 2,
    "suppressed": 2,
    "decided": 3,
    "changed": 4,
    "moved": 5,
    "unchanged": 6,
}
_CHANGES: Final = """
select case when p.id is null then 0 when p.closed_scan_id is distinct from o.opened_scan_id then 1
        when m.pass_name is null and p.close_reason = 'changed' then 4 else 5 end as part, o.id, case when p.id is null then (case when f.first_seen_at = o.opened_at then 'new' else 'known' end)
        when p.closed_scan_id = o.opened_scan_id then coalesce(m.pass_name, nullif(p.close_reason, 'gone'), 'moved')
        else 'reopened' end as reason,
    o.finding_id, t.title, o.severity, o.location, o.component, o.opened_scan_id as scan_id, null as decision
from occurrence o
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
left join occurrence p on p.organization_id = o.organization_id and p.id = o.previous_id
left join match_log m on m.organization_id = o.organization_id and m.finding_id = o.finding_id
    and m.occurrence_id = o.previous_id and m.scan_id = o.opened_scan_id
where o.organization_id = :organization and o.opened_scan_id {scans} and o.close_reason is distinct from 'undone'
union all
select 2, o.id, o.close_reason, o.finding_id, t.title, o.severity, o.location, o.component, o.closed_scan_id, null
from occurrence o
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where o.organization_id = :organization and o.closed_scan_id {scans} and o.close_reason not in ('changed', 'moved', 'undone')
"""
# What suppliers' statements decided with it; the reason is the decision's.
_DECISIONS: Final = """
select 3, d.id, 'decided', d.finding_id, t.title, f.severity, o.location, o.component, d.scan_id, d.reason
from decision d
join finding f on f.organization_id = d.organization_id and f.id = d.finding_id
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join lateral (
    select o.location, o.component from occurrence o
    where o.organization_id = f.organization_id and o.finding_id = f.id
    order by o.closed_at is not null, o.id limit 1) o on true
where d.organization_id = :organization and d.scan_id {scans}
"""
_ALL: Final = f"{_CHANGES} union all {_DECISIONS}"
CHANGES: Final = _ALL.format(scans="= :scan")
CHANGES_OF_PARTS: Final = _ALL.format(scans="= any(:scans)")
# What it found open in its scope, or in the part of it that it looked at, and left so; what the brake kept open it did not find.
# Reports may be of one instant, as where they tell the day only: then it counts which was applied first.
_UNCHANGED: Final = """
select 6 as part, o.id, 'unchanged' as reason, o.finding_id, t.title, o.severity, o.location, o.component, s.id as scan_id, null as decision
from scan s
join occurrence o on o.organization_id = s.organization_id and o.scope_id = s.scope_id and o.opened_scan_id <> s.id
    and o.closed_scan_id is distinct from s.id
    and (o.opened_at < s.scanned_at or o.opened_at = s.scanned_at and (
        select b.applied_at < s.applied_at from scan b where b.organization_id = s.organization_id and b.id = o.opened_scan_id))
    and (o.closed_at is null or o.closed_at > s.scanned_at or o.closed_at = s.scanned_at and (
        select e.applied_at > s.applied_at from scan e where e.organization_id = s.organization_id and e.id = o.closed_scan_id))
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where s.organization_id = :organization and s.id {scans} and s.applied_at is not null
    and (not s.is_partial or coalesce(o.target, '') = any(s.covered_targets))
    and not exists (select from held_occurrence h
        where h.organization_id = s.organization_id and h.scan_id = s.id and h.occurrence_id = o.id)
"""
UNCHANGED: Final = _UNCHANGED.format(scans="= :scan")
UNCHANGED_OF_PARTS: Final = _UNCHANGED.format(scans="= any(:scans)")
_LISTED: Final = """
select o.id, '{reason}' as reason, o.finding_id, t.title, o.severity, o.location, o.component,
    null as decision
from {table} c
join occurrence o on o.organization_id = :organization and o.id = c.id
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
"""
HELD: Final = _LISTED.format(reason="held", table="held_back")
SEEN: Final = _LISTED.format(reason="unchanged", table="seen") + "where o.closed_at is null"

_TOUCHED: Final = """
select finding_id from touched union all select finding_id from found where is_new {decided} limit :limit
"""


def change_of(row: Any, asset: str | None = None) -> Change:
    """A row of CHANGES in words."""
    return Change(
        change=_WORDS.get(row.reason, row.reason),
        reason=row.decision or REASONS.get(row.reason, row.reason),
        finding_id=row.finding_id,
        title=row.title,
        severity=row.severity,
        location=row.location,
        component=row.component,
        asset=asset,
    )


def words_for(change: str) -> list[str]:
    """The reasons in CHANGES that are told as this change."""
    return [reason for reason in REASONS if _WORDS.get(reason, reason) == change]


def collect(connection: Connection, organization_id: int, scan_id: int) -> list[Change]:
    """The changes of a scan whose transaction is about to be rolled back, with what it would leave as it is."""
    listed = f"{CHANGES} order by part, severity desc, id limit :limit"
    found = _rows(connection, listed, organization_id, scan=scan_id)
    for table, statement in (("held_back", HELD), ("seen", SEEN)):
        if connection.scalar(text(f"select to_regclass('pg_temp.{table}')")) is not None:
            found += _rows(
                connection, f"{statement} order by o.severity desc, o.id limit :limit", organization_id
            )
    return sorted(found, key=lambda each: _PARTS.get(each.change, _PARTS["closed"]))[:MAX_PREVIEW]


def decided(connection: Connection, organization_id: int) -> list[Change]:
    """What suppliers' statements decided last in this transaction, whichever scan they came with."""
    if connection.scalar(text("select to_regclass('pg_temp.vex_change')")) is None:
        return []
    parameters = {"organization": organization_id, "limit": MAX_PREVIEW}
    rows = connection.execute(text(vex_statements.SHOWN), parameters)
    return [change_of(row) for row in rows]


def collect_held(connection: Connection, organization_id: int) -> list[Change]:
    """What the brake kept open in this transaction."""
    return _rows(connection, f"{HELD} order by o.severity desc, o.id limit :limit", organization_id)


def findings(connection: Connection) -> list[int] | None:
    """The findings that this transaction's import made or touched; None where they are more than an event should name."""
    if connection.scalar(text("select to_regclass('pg_temp.touched')")) is None:
        return None
    decided = ""
    if connection.scalar(text("select to_regclass('pg_temp.vex_change')")) is not None:
        decided = "union all select finding_id from vex_change"
    found = connection.scalars(text(_TOUCHED.format(decided=decided)), {"limit": MAX_NAMED + 1}).all()
    return None if len(found) > MAX_NAMED else sorted(set(found))


def _rows(connection: Connection, statement: str, organization_id: int, **parameters: Any) -> list[Change]:
    rows = connection.execute(
        text(statement), {"organization": organization_id, "limit": MAX_PREVIEW} | parameters
    )
    return [change_of(row) for row in rows]


def suppressed_of(spool: BinaryIO) -> list[Change]:
    """What a report shows as suppressed and its scope does not have open, in the report's order."""
    spool.seek(0)
    lines = (msgspec.json.decode(line, type=SuppressedResult) for line in spool)
    return [
        Change(
            change="suppressed",
            reason=_why_suppressed(msgspec.json.decode(line.suppression, type=Suppression | None)),
            title=line.title,
            severity=line.severity,
            location=msgspec.json.decode(line.location),
            component=msgspec.json.decode(line.component),
        )
        for line in lines
    ]


def _why_suppressed(suppression: Suppression | None) -> str:
    why = None if suppression is None else suppression.justification
    return REASONS["suppressed"] if not why else f"{REASONS['suppressed'][:-1]}: {why}"


def store(settings: Settings, changes: list[Change], folder: Path) -> str:
    """Keeps a dry run's changes as JSON Lines; answers their storage key."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for each in changes:
            file.write(msgspec.json.encode(each) + b"\n")
        file.flush()
        return open_storage(settings).write_file(Path(file.name)).key


def load(settings: Settings, key: str) -> Iterator[Change]:
    """The changes that `store` kept."""
    with open_storage(settings).open_local(key) as path, path.open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line, type=Change)
