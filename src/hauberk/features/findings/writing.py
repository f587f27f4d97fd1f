"""Writes a person's change to findings of one asset: the rows, the decisions, the counts and the trail, all or nothing.

It waits for the asset's lock, which imports take too, and then locks the rows in order of id. Only what really differs
is written, so the same change again does nothing. Requests and jobs use it alike, on a synchronous connection.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from msgspec import UNSET
from sqlalchemy import Connection, Row, Select, Table, bindparam, false, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hauberk.db.audit import record_all_in_job
from hauberk.db.locks import lock_asset, lock_duplicates
from hauberk.db.models.bulk_change import BulkChange
from hauberk.db.models.count import CountDelta
from hauberk.db.models.finding import Decision, Finding, RuleText
from hauberk.db.models.identity import User
from hauberk.domain.events import FindingsDecided
from hauberk.domain.finding import Triage
from hauberk.domain.permissions import Actor
from hauberk.domain.priority import priority
from hauberk.domain.severity import Severity
from hauberk.features.findings.change import Change
from hauberk.ingest import due_dates
from hauberk.jobs.events import emit
from hauberk.kit import clock
from hauberk.kit.ids import PublicIds

_CHAIN = text(
    "with recursive chain as ("
    " select id, duplicate_of_id from finding where organization_id = :organization and id = :id"
    " union select f.id, f.duplicate_of_id from finding f join chain c on c.duplicate_of_id = f.id"
    " where f.organization_id = :organization)"
    " select id from chain"
)
SET_BY_PEOPLE = ("triage", "decision_id", "duplicate_of_id", "assignee_id", "severity_override", "tags")
_COLUMNS = (*SET_BY_PEOPLE, "severity", "priority")


@dataclass
class After:
    """One finding as it will be."""

    before: Row[Any]
    values: dict[str, Any]

    @classmethod
    def of(cls, row: Row[Any]) -> "After":
        """As it is."""
        return cls(row, {name: getattr(row, name) for name in _COLUMNS})

    def differs(self, *names: str) -> bool:
        return any(self.values[name] != getattr(self.before, name) for name in names)


def duplicate_chain(connection: Connection, organization_id: int, finding_id: int) -> set[int]:
    """The finding and whatever it is a duplicate of; none of these may become its duplicate. Empty when it is unknown."""
    return set(connection.scalars(_CHAIN, {"organization": organization_id, "id": finding_id}))


def apply_change(
    connection: Connection,
    actor: Actor,
    public_ids: PublicIds,
    *,
    asset_id: int,
    finding_ids: Sequence[int],
    change: Change,
    job_id: int | None = None,
) -> int:
    """How many findings are different now. Those that would close a circle of duplicates are left out.

    `job_id`: the bulk act that it belongs to, by which it can be taken back.
    """
    lock_asset(connection, actor.organization_id, asset_id)
    left_out: set[int] = set()
    if isinstance(change.duplicate_of_id, int):
        lock_duplicates(
            connection, actor.organization_id
        )  # two that name each other are of two assets, perhaps
        left_out = duplicate_chain(connection, actor.organization_id, change.duplicate_of_id)
    rows = [row for row in locked(connection, actor, asset_id, finding_ids) if row.id not in left_out]
    afters = [_after(row, change) for row in rows]
    _decide(connection, actor, afters, change)
    return write(
        connection, actor, public_ids, asset_id=asset_id, afters=afters, change=change, job_id=job_id
    )


def write(
    connection: Connection,
    actor: Actor,
    public_ids: PublicIds,
    *,
    asset_id: int,
    afters: Sequence[After],
    change: Change,
    job_id: int | None,
) -> int:
    """How many of them differ from what they were; `change` gives the trail its reasons."""
    changed = [after for after in afters if after.differs(*_COLUMNS)]
    if not changed:
        return 0
    _update(connection, actor, changed)
    if job_id is not None:
        _keep(connection, actor, job_id, changed)
    if graded := [after.before.id for after in changed if after.differs("severity")]:
        due_dates.settle(connection, actor.organization_id, asset_id, graded)
    _count(connection, actor, asset_id, changed)
    acts = _Acts(change, public_ids, _names(connection, changed))
    record_all_in_job(connection, actor, "finding", (act for after in changed for act in acts.of(after)))
    differing = [after.before.id for after in changed if after.differs("triage", "severity")]
    emit(connection, FindingsDecided(actor.organization_id, asset_id, differing))
    return len(changed)


def locked(
    connection: Connection, actor: Actor, asset_id: int, finding_ids: Sequence[int]
) -> Sequence[Row[Any]]:
    statement: Select[Any] = (
        select(
            *(
                getattr(Finding, name)
                for name in ("id", "kind", "is_active", "severity_reported", "epss", *_COLUMNS)
            ),
            RuleText.cvss_score,
            (RuleText.known_exploited | RuleText.feed_known_exploited).label("known_exploited"),
            Decision.reason,
            func.coalesce(Decision.covers_all_places, false()).label("covers_all_places"),
        )
        .join(
            RuleText,
            (RuleText.organization_id == Finding.organization_id) & (RuleText.id == Finding.rule_text_id),
        )
        .outerjoin(
            Decision,
            (Decision.organization_id == Finding.organization_id) & (Decision.id == Finding.decision_id),
        )
        .where(
            Finding.organization_id == actor.organization_id,
            Finding.asset_id == asset_id,
            Finding.id.in_(finding_ids),
        )
        .order_by(Finding.id)
        .with_for_update(of=Finding)
    )
    return connection.execute(statement).all()


def _after(row: Row[Any], change: Change) -> After:
    after = After.of(row)
    values = after.values
    if change.triage is not UNSET:
        values["triage"] = change.triage.code
        if change.triage is not Triage.DUPLICATE:
            values["duplicate_of_id"] = None
    if change.duplicate_of_id is not UNSET:
        values["duplicate_of_id"] = change.duplicate_of_id
        if (
            change.duplicate_of_id is None
            and values["triage"] == Triage.DUPLICATE.code
            and change.triage is UNSET
        ):
            values |= {"triage": Triage.OPEN.code, "decision_id": None}
    if change.assignee_id is not UNSET:
        values["assignee_id"] = change.assignee_id
    values["tags"] = change.tagged(row.tags)
    if change.severity is not UNSET:
        values |= graded(row, None if change.severity is None else change.severity.rank)
    return after


def graded(row: Row[Any], override: int | None) -> dict[str, Any]:
    """What follows from an override, or from there being none: `row` as `locked` reads it."""
    effective = Severity.of_rank(row.severity_reported if override is None else override)
    return {
        "severity_override": override,
        "severity": effective.rank,
        "priority": priority(
            effective, cvss=row.cvss_score, known_exploited=row.known_exploited, epss=row.epss
        ),
    }


def _decide(connection: Connection, actor: Actor, afters: Sequence[After], change: Change) -> None:
    """One decision for each finding whose triage, its reason, where it holds or its override is stated anew."""
    common = {"organization_id": actor.organization_id, "decided_by": actor.user_id}
    if change.triage is not UNSET:
        stated = [
            after
            for after in afters
            if after.differs("triage", "duplicate_of_id")
            or (change.reason, change.covers_all_places)
            != (after.before.reason, after.before.covers_all_places)
        ]
        rows = [
            common
            | {
                "finding_id": after.before.id,
                "triage": change.triage.code,
                "reason": change.reason,
                "covers_all_places": change.covers_all_places,
            }
            for after in stated
        ]
        if rows:
            written = insert(Decision).returning(Decision.id, sort_by_parameter_order=True)
            for after, decision_id in zip(stated, connection.scalars(written, rows), strict=True):
                after.values["decision_id"] = decision_id
    if isinstance(change.severity, Severity):
        rows = [
            common
            | {
                "finding_id": after.before.id,
                "severity": change.severity.rank,
                "reason": change.severity_reason,
            }
            for after in afters
            if after.differs("severity_override")
        ]
        if rows:
            connection.execute(insert(Decision), rows)


def _update(connection: Connection, actor: Actor, changed: Sequence[After]) -> None:
    finding = cast("Table", Finding.__table__)
    statement = (
        update(finding)
        .where(finding.c.organization_id == actor.organization_id, finding.c.id == bindparam("finding"))
        .values({name: bindparam(f"new_{name}") for name in _COLUMNS} | {"changed_at": func.now()})
    )
    connection.execute(
        statement,
        [
            {"finding": after.before.id, **{f"new_{name}": after.values[name] for name in _COLUMNS}}
            for after in changed
        ],
    )


def _keep(connection: Connection, actor: Actor, job_id: int, changed: Sequence[After]) -> None:
    """What a further attempt of the job changes, after somebody had, is added to what the first one found."""
    rows = []
    for after in changed:
        names = [name for name in SET_BY_PEOPLE if after.differs(name)]
        rows.append(
            {
                "organization_id": actor.organization_id,
                "job_id": job_id,
                "finding_id": after.before.id,
                "before": {name: getattr(after.before, name) for name in names},
                "after": {name: after.values[name] for name in names},
            }
        )
    statement = upsert(BulkChange)
    merged = {
        "before": statement.excluded.before + BulkChange.before,
        "after": BulkChange.after + statement.excluded.after,
    }
    key = ["organization_id", "job_id", "finding_id"]
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=merged), rows)


def _count(connection: Connection, actor: Actor, asset_id: int, changed: Sequence[After]) -> None:
    """Active findings leave one bucket for another."""
    moved: Counter[tuple[int, int, int]] = Counter()
    for after in changed:
        before = after.before
        if before.is_active and after.differs("severity", "triage"):
            moved[before.kind, before.severity, before.triage] -= 1
            moved[before.kind, after.values["severity"], after.values["triage"]] += 1
    rows = [
        {
            "organization_id": actor.organization_id,
            "asset_id": asset_id,
            "on_day": clock.now().date(),
            "kind": kind,
            "severity": severity,
            "triage": triage,
            "n": n,
        }
        for (kind, severity, triage), n in moved.items()
        if n
    ]
    if rows:
        connection.execute(insert(CountDelta), rows)


def _names(connection: Connection, changed: Sequence[After]) -> dict[int, str]:
    people = {each for after in changed for each in (after.before.assignee_id, after.values["assignee_id"])}
    rows = connection.execute(select(User.id, User.name).where(User.id.in_(people - {None})))
    return {row.id: row.name for row in rows}


@dataclass
class _Acts:
    """What the trail says about each finding."""

    change: Change
    public_ids: PublicIds
    names: Mapping[int, str]

    def of(self, after: After) -> Iterator[tuple[str, int, dict[str, Any]]]:
        before, values = after.before, after.values
        if after.differs("triage", "duplicate_of_id", "decision_id"):
            detail = {
                "from": Triage.of_code(before.triage).value,
                "to": Triage.of_code(values["triage"]).value,
                "reason": self.change.reason,
            }
            if values["duplicate_of_id"] is not None:
                detail["duplicate_of"] = self.public_ids.encode("fnd", values["duplicate_of_id"])
            yield "finding.triaged", before.id, detail
        if after.differs("assignee_id"):
            detail = {
                "from": self.names.get(before.assignee_id),
                "to": self.names.get(values["assignee_id"]),
            }
            yield "finding.assigned", before.id, detail
        if after.differs("tags"):
            were, are = before.tags, values["tags"]
            tagged = {
                "added": [tag for tag in are if tag not in were],
                "removed": [tag for tag in were if tag not in are],
            }
            yield "finding.tagged", before.id, tagged
        if after.differs("severity_override"):
            overridden: dict[str, Any] = {
                "from": Severity.of_rank(before.severity).value,
                "severity": Severity.of_rank(values["severity"]).value,
                "is_override": values["severity_override"] is not None,
                "reason": self.change.severity_reason,
            }
            yield "finding.severity_changed", before.id, overridden
