"""The shape of a finding in answers: what is joined to a page of findings, and the row as bytes-ready values.

The hot path: no ORM objects, no validation. A page is cut first (`listing`), then each of its few rows gets its rule,
asset, people and main place; joined before the cut, a sorted list would fetch them for all rows.
JSON columns go through as text. `schemas.FindingSchema` documents the same shape; a test holds both equal.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

import orjson
from sqlalchemy import Row

from hauberk.db.driver import Kept
from hauberk.db.last_seen import closed_seen_at
from hauberk.db.repository import Order
from hauberk.domain.finding import FindingKind, Presence, Triage
from hauberk.domain.severity import Severity
from hauberk.domain.vex import VexStatus
from hauberk.features.findings.selection import finding
from hauberk.features.identity.serving import Ids

MAX_INSTANTS = 10_000

ORDERS = {
    "-priority": Order.by(finding.c.priority, finding.c.id, descending=True),
    "-severity": Order.by(finding.c.severity, finding.c.id, descending=True),
    "-first_seen_at": Order.by(finding.c.first_seen_at, finding.c.id, descending=True),
    "first_seen_at": Order.by(finding.c.first_seen_at, finding.c.id),
    "id": Order.by(finding.c.id),
}


# The findings of a page by their ids, with all that a list shows of them. The same text at every request, and prepared:
# planning eleven tables would cost more than reading fifty of their rows. `missed`: claims of scans that saw it after those
# that still stand, and see it no more.
SHOWN = Kept(
    b"""
select f.organization_id, f.id, f.asset_id, f.rule_text_id, f.vulnerability_id, f.first_seen_at, f.last_seen_at, f.due_at,
    f.reopened_at, f.assignee_id, f.duplicate_of_id, f.joined_into_id, f.epss, f.priority, f.kind, f.severity, f.severity_reported,
    f.severity_override, f.triage, f.vex_status, f.vex_statement_id, f.is_active, f.scanners, f.tags,
    a.name as asset_name, t.title, t.rule_id, t.identifiers, t.cwes, cast(t.cvss as text) as cvss,
    t.known_exploited or t.feed_known_exploited as known_exploited, v.name as vulnerability_name,
    d.reason as triage_reason, d.vex_statement_id as decided_by_statement, u.name as assignee_name,
    main.location, main.component, greatest(seen.seen_at, missed.seen_at) as seen_at, seen.occurrences
from unnest(cast(%(ids)s as int8[])) with ordinality as page(id, place)
join finding f on f.organization_id = %(organization)s and f.id = page.id
join asset a on a.organization_id = f.organization_id and a.id = f.asset_id and a.deleted_at is null
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join vulnerability v on v.organization_id = f.organization_id and v.id = f.vulnerability_id
left join decision d on d.organization_id = f.organization_id and d.id = f.decision_id
left join user_account u on u.id = f.assignee_id
left join lateral (
    select cast(o.location as text) as location, cast(o.component as text) as component
    from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id
    order by o.closed_at is not null, case when o.closed_at is null then o.first_seen_at end, o.closed_at desc, o.id
    limit 1) main on true
left join lateral (
    select max(greatest(o.opened_at, s.last_complete_scan_at)) filter (where r.is_tracked) as seen_at,
        count(*) as occurrences
    from occurrence o join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
    where o.organization_id = f.organization_id and o.finding_id = f.id and o.closed_at is null) seen on true
left join lateral (
    select max("""
    + closed_seen_at("o").encode()
    + b""") as seen_at
    from occurrence o join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
    where f.is_active and o.organization_id = f.organization_id and o.finding_id = f.id and o.closed_at > seen.seen_at
        and o.close_reason not in ('changed', 'moved', 'undone')) missed on true
order by page.place
""",
    {},
    prepares=True,
)


def shape(row: Row[Any], ids: Ids) -> dict[str, Any]:
    last_seen_at = row.seen_at if row.is_active else row.last_seen_at
    return {
        "id": ids.encode("fnd", row.id),
        "asset": {"id": ids.encode("ast", row.asset_id), "name": row.asset_name},
        "kind": FindingKind.of_code(row.kind),
        "title": row.title,
        "severity": Severity.of_rank(row.severity),
        "severity_reported": Severity.of_rank(row.severity_reported),
        "priority": row.priority,
        "presence": Presence.ACTIVE if row.is_active else Presence.INACTIVE,
        "triage": Triage.of_code(row.triage),
        "triage_reason": row.triage_reason,
        "vex_status": None if row.vex_status is None else VexStatus.of_code(row.vex_status),
        "identifiers": row.identifiers,
        "cwes": row.cwes,
        "cvss": None if row.cvss == "[]" else orjson.Fragment(row.cvss),
        "epss": row.epss,
        "known_exploited": row.known_exploited,
        "rule_id": row.rule_id,
        "scanners": row.scanners,
        "locations": _one(row.location),
        "components": _one(row.component),
        "first_seen_at": instant(row.first_seen_at),
        "last_seen_at": instant(last_seen_at or row.first_seen_at),
        "due_at": None if row.due_at is None else instant(row.due_at),
        "assignee": named(ids, "usr", row.assignee_id, row.assignee_name),
        "tags": row.tags,
        "is_reopened": row.is_active and row.reopened_at is not None,
        "vulnerability": named(ids, "vul", row.vulnerability_id, row.vulnerability_name),
        "occurrence_count": row.occurrences,
    }


@lru_cache(MAX_INSTANTS)
def instant(at: datetime) -> str:
    """What one import found has one."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def named(ids: Ids, prefix: str, number: int | None, name: str | None) -> dict[str, Any] | None:
    return None if number is None or name is None else {"id": ids.encode(prefix, number), "name": name}


def _one(json: str | None) -> list[orjson.Fragment]:
    return [] if json is None or json == "{}" else [orjson.Fragment(json)]


def encode_page(
    items: Sequence[dict[str, Any]], *, next_cursor: str | None, total: int, is_exact: bool
) -> bytes:
    return encode({"items": items, "next_cursor": next_cursor, "total": total, "total_is_exact": is_exact})


encode = partial(orjson.dumps, option=orjson.OPT_PASSTHROUGH_DATETIME)
