"""What a database must hold after any fault: what the same reports leave when one thread imports them undisturbed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, text

from hauberk.db.session import transaction
from hauberk.jobs import discovery, invariant

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
    facets: list[tuple[Any, ...]]

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
    "facets": f"""
        select a.name, c.is_active, c.kind, c.severity, c.triage, c.scanners, sum(c.n) from (
            select organization_id, asset_id, is_active, kind, severity, triage, scanners, n from facet_count union all
            select organization_id, asset_id, is_active, kind, severity, triage, scanners, n from facet_delta) c
        {_LIVING.format("c")} group by 1, 2, 3, 4, 5, 6 having sum(c.n) <> 0""",
}


def rows(engine: Engine, organization_id: int, statement: str, **parameters: Any) -> Sequence[Row[Any]]:
    with transaction(engine, organization_id) as connection:
        return connection.execute(text(statement), parameters).all()


def violations(engine: Engine, organization_id: int) -> dict[str, list[invariant.Violation]]:
    """Of all assets at once."""
    discovery.load()
    with transaction(engine, organization_id) as connection:
        look = invariant.begin(connection, organization_id)
        assert look.reached_asset_id == 0, "too many assets for one look"
        found = {
            each.name: [violation for violation in each.find(connection, look) if violation.n]
            for each in invariant.registered()
        }
    return {name: wrong for name, wrong in found.items() if wrong}


def state_of(engine: Engine, organization_id: int) -> State:
    """Asserts on the way every invariant that the product itself looks at."""
    assert violations(engine, organization_id) == {}
    return State(
        **{
            name: sorted((tuple(row) for row in rows(engine, organization_id, statement)), key=repr)
            for name, statement in _STATE.items()
        }
    )
