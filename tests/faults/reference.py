"""What a database must hold after any fault: what the same reports leave when one thread imports them undisturbed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, text

from hauberk.db.session import transaction

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """One report and where it belongs; the day makes every date in the result the same each time."""

    report: dict[str, Any]
    asset: str | None = "shop"
    ref: str | None = None
    scope: str | None = None
    day: int = 0

    @property
    def bytes(self) -> bytes:
        return json.dumps(self.report).encode()

    @property
    def fields(self) -> dict[str, Any]:
        """What an uploader says with it."""
        said = {"asset": self.asset, "ref": self.ref, "scope": self.scope}
        return {name: value for name, value in said.items() if value is not None} | {
            "scanned_at": FIRST_DAY + timedelta(days=self.day)
        }


@dataclass(frozen=True)
class State:
    """All that imports derive, without the numbers of rows."""

    findings: list[tuple[Any, ...]]
    keys: list[tuple[Any, ...]]
    occurrences: list[tuple[Any, ...]]
    scopes: list[tuple[Any, ...]]
    buckets: list[tuple[Any, ...]]

    def of_assets(self, names: Collection[str]) -> "State":
        return State(**{part: [row for row in rows if row[0] in names] for part, rows in vars(self).items()})


_LIVING = (
    "join asset a on a.organization_id = {0}.organization_id and a.id = {0}.asset_id and a.deleted_at is null"
)
_STATE = {
    "findings": f"""
        select a.name, (select array_agg(k.fingerprint::text order by k.fingerprint) from finding_key k
                where k.finding_id = f.id), t.title, f.kind, f.is_active, f.severity, f.severity_reported, f.priority,
            f.triage, f.open_occurrences, f.first_seen_at, f.last_seen_at, f.reopened_at, (
                select array_agg(each order by each) from unnest(f.scanners) each)
        from finding f join rule_text t on t.id = f.rule_text_id {_LIVING.format("f")}""",
    "keys": f"select a.name, k.fingerprint::text from finding_key k {_LIVING.format('k')}",
    "occurrences": f"""
        select a.name, r.name, s.scanner, s.key, o.fingerprint::text, o.place_hash, o.content_hash, o.severity, o.line,
            o.first_seen_at, o.opened_at, o.closed_at, o.close_reason
        from occurrence o join scope s on s.id = o.scope_id join asset_ref r on r.id = s.ref_id
        {_LIVING.format("s")}""",
    "scopes": f"""
        select a.name, r.name, s.scanner, s.key, s.open_occurrences, s.last_scan_at, s.last_complete_scan_at
        from scope s join asset_ref r on r.id = s.ref_id {_LIVING.format("s")}""",
    "buckets": f"""
        select a.name, c.kind, c.severity, c.triage, sum(c.n) from (
            select organization_id, asset_id, kind, severity, triage, n from finding_count union all
            select organization_id, asset_id, kind, severity, triage, n from count_delta) c
        {_LIVING.format("c")} group by 1, 2, 3, 4 having sum(c.n) <> 0""",
}

# What must be nothing at any moment that no import runs.
INVARIANTS = {
    "findings whose open occurrences are not those that are there": """
        select count(*) from finding f left join (
            select o.finding_id, count(*) n from occurrence o
            join scope s on s.id = o.scope_id join asset_ref r on r.id = s.ref_id
            where o.closed_at is null and r.is_tracked group by 1) x on x.finding_id = f.id
        where f.open_occurrences <> coalesce(x.n, 0)""",
    "scopes whose open occurrences are not those that are there": """
        select count(*) from scope s left join (
            select scope_id, count(*) n from occurrence where closed_at is null group by 1) x on x.scope_id = s.id
        where s.open_occurrences <> coalesce(x.n, 0)""",
    "buckets that do not count what is there": """
        select count(*) from (
            (select asset_id, kind, severity, triage, sum(n) n from (
                select asset_id, kind, severity, triage, n from finding_count union all
                select asset_id, kind, severity, triage, n from count_delta) c
             group by 1, 2, 3, 4 having sum(n) <> 0)
            except
            (select f.asset_id, f.kind, f.severity, f.triage, count(*) from finding f
             join asset a on a.id = f.asset_id and a.deleted_at is null where f.is_active group by 1, 2, 3, 4)) x""",
    "findings that nothing leads to": """
        select count(*) from finding f where not exists (select from finding_key k where k.finding_id = f.id)""",
    "findings of the same asset with the same key": """
        select count(*) - count(distinct (asset_id, identity_version, fingerprint)) from finding_key""",
    "scans in another state than their jobs": """
        select count(*) from scan s join job j on (j.arguments ->> 'scan_id')::bigint = s.id
        where j.kind = 'ingest.import_scan' and j.id = (select max(o.id) from job o
            where o.kind = j.kind and o.arguments ->> 'scan_id' = j.arguments ->> 'scan_id')
        and s.state <> j.state and (j.state, s.state) not in (('held', 'done'), ('accepted', 'running'))""",
    "leases of jobs that do not run": """
        select count(*) from job_lease l join job j on j.id = l.job_id where j.state <> 'running'""",
}


def rows(engine: Engine, organization_id: int, statement: str, **parameters: Any) -> Sequence[Row[Any]]:
    with transaction(engine, organization_id) as connection:
        return connection.execute(text(statement), parameters).all()


def state_of(engine: Engine, organization_id: int) -> State:
    """Asserts every invariant on the way."""
    for name, statement in INVARIANTS.items():
        assert rows(engine, organization_id, statement)[0][0] == 0, name
    return State(
        **{
            name: sorted((tuple(row) for row in rows(engine, organization_id, statement)), key=repr)
            for name, statement in _STATE.items()
        }
    )
