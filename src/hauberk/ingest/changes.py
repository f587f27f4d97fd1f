"""What a scan changed (or would change), one row per occurrence, each with its reason."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.ingest import drift_passes

MAX_PREVIEW: Final = 100_000


class Change(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One occurrence that the scan opened, changed, moved, reopened or closed."""

    change: str
    reason: str
    finding_id: int
    title: str
    severity: int
    location: dict[str, Any] | None = None
    component: dict[str, Any] | None = None


REASONS: Final = {
    "new": "Nothing at this asset had this key before.",
    "known": "The finding is known; this scanner reports it at a place that it did not report before.",
    "changed": "Same key and place; what the scanner says of it is different.",
    "moved": "Same key at another place, one to one with the nearest that is no longer reported.",
    "reopened": "It was closed before at the same place.",
    "gone": "The report covers it and no longer reports it.",
    "suppressed": "The scanner reports it as suppressed.",
    **drift_passes.REASONS,
}
_WORDS: Final = {"known": "new", "gone": "closed"} | dict.fromkeys(drift_passes.REASONS, "moved")

# Opened by the scan, then closed by it without a successor; ordered by occurrence id, opened first.
CHANGES: Final = """
select 0 as part, o.id, case when p.id is null then (case when f.first_seen_at = o.opened_at then 'new' else 'known' end)
        when p.closed_scan_id = o.opened_scan_id then coalesce(m.pass_name, p.close_reason)
        else 'reopened' end as reason,
    o.finding_id, t.title, o.severity, o.location, o.component
from occurrence o
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
left join occurrence p on p.organization_id = o.organization_id and p.id = o.previous_id
left join match_log m on m.organization_id = o.organization_id and m.finding_id = o.finding_id
    and m.occurrence_id = o.previous_id and m.scan_id = o.opened_scan_id
where o.organization_id = :organization and o.opened_scan_id = :scan
union all
select 1, o.id, o.close_reason, o.finding_id, t.title, o.severity, o.location, o.component
from occurrence o
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where o.organization_id = :organization and o.closed_scan_id = :scan and o.close_reason not in ('changed', 'moved')
"""


def change_of(row: Any) -> Change:
    """A row of CHANGES in words."""
    return Change(
        change=_WORDS.get(row.reason, row.reason),
        reason=REASONS.get(row.reason, row.reason),
        finding_id=row.finding_id,
        title=row.title,
        severity=row.severity,
        location=row.location,
        component=row.component,
    )


def collect(connection: Connection, organization_id: int, scan_id: int) -> list[Change]:
    """The changes of a scan whose transaction is about to be rolled back."""
    rows = connection.execute(
        text(f"{CHANGES} order by part, id limit :limit"),
        {"organization": organization_id, "scan": scan_id, "limit": MAX_PREVIEW},
    )
    return [change_of(row) for row in rows]


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
