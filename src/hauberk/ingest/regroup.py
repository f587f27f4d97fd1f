"""Joining findings and splitting one: keys and places lead elsewhere, and the occurrences follow them.

One operation in the caller's transaction, under the asset's lock: it is logged with what undoing needs, raises the
version of the scopes concerned, so that an import that compared before compares again, and counts what changed.
Imports obey it without knowing of it: a key leads to its finding, and so does the place of a known occurrence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, insert, text

from hauberk.db.models.regrouping import Regrouping
from hauberk.domain.finding import Triage
from hauberk.ingest.recompute import regrouped
from hauberk.kit.errors import Conflict, Invalid

PERSON: Final = "person"
ALIAS: Final = "alias"
JOIN: Final = "join"
SPLIT: Final = "split"
_DECIDED: Final = Triage.CONFIRMED.code

FINDINGS = text("""
select f.id, f.asset_id, f.kind, f.triage, f.decision_id, f.duplicate_of_id, f.joined_into_id, f.is_active,
    coalesce(d.covers_all_places, false) as covers_all_places
from finding f
left join decision d on d.organization_id = f.organization_id and d.id = f.decision_id
where f.organization_id = :organization and f.id = any(cast(:findings as int8[]))
order by f.id for update of f
""")
KEYS = text(
    "select fingerprint from finding_key where organization_id = :organization and finding_id = :finding"
)
_TAKE_KEYS = text("""
update finding_key set finding_id = :finding where organization_id = :organization and finding_id = :other
returning fingerprint
""")
_TAKE_PLACES = text("""
update split_place set finding_id = :finding where organization_id = :organization and finding_id = :other
returning fingerprint, place_hash
""")
_TAKE_OCCURRENCES = text(
    "update occurrence set finding_id = :finding where organization_id = :organization and finding_id = :other"
)
_TAKE_VULNERABILITIES = text("""
insert into finding_vulnerability (organization_id, vulnerability_id, finding_id)
select f.organization_id, x.vulnerability_id, f.id
from finding f, (
    select vulnerability_id from finding where organization_id = :organization and id = :other
    union select vulnerability_id from finding_vulnerability
    where organization_id = :organization and finding_id = :other) x
where f.organization_id = :organization and f.id = :finding and x.vulnerability_id is distinct from f.vulnerability_id
on conflict do nothing returning vulnerability_id
""")
_JOINED_INTO = text(
    "update finding set joined_into_id = :into, changed_at = now()"
    " where organization_id = :organization and id = :other"
)
OPEN_AGAIN = text("""
update finding set triage = 0, decision_id = null, duplicate_of_id = null
where organization_id = :organization and id = :finding
""")
RAISE_VERSIONS = text("""
update scope set version = version + 1 where organization_id = :organization and id in (
    select scope_id from occurrence
    where organization_id = :organization and finding_id = any(cast(:findings as int8[])))
""")


@dataclass(frozen=True)
class Act:
    """Who joins or splits, and why."""

    organization_id: int
    asset_id: int
    cause: str = PERSON
    made_by: int | None = None
    reason: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    def parameters(self, finding_id: int, other_id: int | None) -> dict[str, Any]:
        return {
            "organization": self.organization_id,
            "asset": self.asset_id,
            "finding": finding_id,
            "other": other_id,
            "findings": [each for each in (finding_id, other_id) if each is not None],
        }

    def log(
        self,
        connection: Connection,
        act: str,
        *,
        finding_id: int,
        other_id: int | None,
        keys: Sequence[UUID],
        detail: dict[str, Any],
    ) -> int:
        """Answers the id of what undoing names."""
        written: int = connection.execute(
            insert(Regrouping)
            .values(
                organization_id=self.organization_id,
                asset_id=self.asset_id,
                finding_id=finding_id,
                other_id=other_id,
                act=act,
                cause=self.cause,
                reason=self.reason,
                keys=list(keys),
                detail=self.detail | detail,
                made_by=self.made_by,
            )
            .returning(Regrouping.id)
        ).scalar_one()
        return written


def join(connection: Connection, act: Act, finding_id: int, other_id: int) -> int:
    """`other_id` is no finding of its own any more: its keys and occurrences belong to `finding_id`."""
    parameters = act.parameters(finding_id, other_id)
    kept, other = checked(connection, act, finding_id, other_id)
    with regrouped(connection, parameters):
        own = connection.scalars(KEYS, parameters).all()
        keys = connection.scalars(_TAKE_KEYS, parameters).all()
        detail = take(connection, parameters) | {"kept_keys": [key.hex for key in own]}
        if is_opened_by(kept, other) or _is_duplicate_of(kept, other):
            detail["triage_before"] = {
                name: getattr(kept, name) for name in ("triage", "decision_id", "duplicate_of_id")
            }
            connection.execute(OPEN_AGAIN, parameters)
    connection.execute(RAISE_VERSIONS, parameters)
    return act.log(connection, JOIN, finding_id=finding_id, other_id=other_id, keys=keys, detail=detail)


def take(connection: Connection, parameters: dict[str, Any]) -> dict[str, Any]:
    """All of `other` but its keys goes to `finding`. Answers what undoing needs."""
    places = connection.execute(_TAKE_PLACES, parameters).all()
    connection.execute(_TAKE_OCCURRENCES, parameters)
    vulnerabilities = connection.scalars(_TAKE_VULNERABILITIES, parameters).all()
    connection.execute(_JOINED_INTO, parameters | {"into": parameters["finding"]})
    return {
        "places": [[each.fingerprint.hex, each.place_hash] for each in places],
        "vulnerabilities": list(vulnerabilities),
    }


def is_opened_by(kept: Row[Any], other: Row[Any]) -> bool:
    """A decision covers what stood when it was made: what comes with an undecided finding nobody has looked at."""
    return (
        kept.triage > _DECIDED
        and other.triage <= _DECIDED
        and bool(other.is_active)
        and not kept.covers_all_places
    )


def _is_duplicate_of(kept: Row[Any], other: Row[Any]) -> bool:
    """Somebody decided to look at the other one instead, and that is part of this one now."""
    return bool(kept.triage == Triage.DUPLICATE.code and kept.duplicate_of_id == other.id)


def checked(connection: Connection, act: Act, finding_id: int, other_id: int) -> tuple[Row[Any], Row[Any]]:
    """Both rows, locked; refused where they are not two findings of one kind of the asset."""
    rows = {row.id: row for row in connection.execute(FINDINGS, act.parameters(finding_id, other_id)).all()}
    kept, other = rows.get(finding_id), rows.get(other_id)
    if kept is None or other is None or finding_id == other_id:
        raise Invalid([("/findings", "Name another finding of the same asset.")])
    if not kept.asset_id == other.asset_id == act.asset_id:
        raise Invalid([("/findings", "Findings of two assets cannot be joined.")])
    if kept.kind != other.kind:
        raise Invalid(
            [
                (
                    "/finding",
                    "Findings of two kinds are never joined; what belongs together is shown as related.",
                )
            ]
        )
    for row in (kept, other):
        if row.joined_into_id is not None:
            raise Conflict("One of the two was joined into another finding already.", code="joined_already")
    return kept, other
