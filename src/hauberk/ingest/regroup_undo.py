"""Undoing a join or a split: keys and places lead again where they led, and what came under them since goes along."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from hauberk.ingest import regroup
from hauberk.ingest.history_statements import CARRIES
from hauberk.ingest.recompute import regrouped
from hauberk.ingest.regroup import RAISE_VERSIONS, Act, is_opened_by
from hauberk.ingest.split_off import MOVE_KEYS, new_finding
from hauberk.kit.errors import Conflict

_REGROUPING = text("""
select id, asset_id, finding_id, other_id, act, cause, keys, detail, undone_at from regrouping
where organization_id = :organization and id = :regrouping for update
""")
# What was built on it since: one of the two went elsewhere, or was taken apart.
_BUILT_ON: Final = text("""
select exists (
    select from regrouping r
    where r.organization_id = :organization and r.id > :regrouping and r.undone_at is null and (
        r.act = 'join' and r.other_id in (:finding, :other)
        or r.act = 'split' and r.finding_id = :finding and :act = 'join'
        or r.finding_id = :other and :act = 'split'))
""")
# A drift since may have given an occurrence another key: what it came from tells. A key that others are kept under as well is
# none of theirs, and one that led to the finding that went on before they were joined leads there again.
_FURTHER_KEYS: Final = text("""
with recursive reached as (
    select o.id, o.fingerprint from occurrence o
    where o.organization_id = :organization and o.finding_id = :finding and o.fingerprint = any(cast(:keys as uuid[]))
    union
    select o.id, o.fingerprint from reached r
    join occurrence o on o.organization_id = :organization and o.finding_id = :finding and o.previous_id = r.id)
select distinct fingerprint from reached r where r.fingerprint = any(cast(:keys as uuid[])) or not exists (
    select from occurrence o where o.organization_id = :organization and o.finding_id = :finding
    and o.fingerprint = r.fingerprint and not exists (select from reached x where x.id = o.id))
""")
_PLACES_BACK: Final = text("""
update split_place s set finding_id = :other
from unnest(cast(:fingerprints as uuid[]), cast(:places as int8[])) as x(fingerprint, place_hash)
where s.organization_id = :organization and s.asset_id = :asset and s.fingerprint = x.fingerprint
    and s.place_hash = x.place_hash and s.finding_id = :finding
""")
_OCCURRENCES_BACK: Final = text("""
update occurrence o set finding_id = :other
where o.organization_id = :organization and o.finding_id = :finding and coalesce(
    (select x.finding_id = :other from split_place x where x.organization_id = :organization
        and x.asset_id = :asset and x.fingerprint = o.fingerprint and x.place_hash = o.place_hash),
    o.fingerprint = any(cast(:keys as uuid[])))
""")
_VULNERABILITIES_BACK: Final = text("""
delete from finding_vulnerability where organization_id = :organization and finding_id = :finding
    and vulnerability_id = any(cast(:vulnerabilities as int8[]))
""")
_TRIAGE_BACK: Final = text("""
update finding set triage = :triage, decision_id = :decision, duplicate_of_id = :duplicate_of
where organization_id = :organization and id = :finding and triage = 0 and decision_id is null
""")
# What only names had joined, and whose scans are undone meanwhile.
_DROP_EMPTY: Final = text(f"""
delete from finding f where f.organization_id = :organization and f.id = :other and not {CARRIES} and not exists (
    select from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id)
""")  # noqa: S608 — a constant of ours
_ON_ITS_OWN: Final = text("""
update finding set joined_into_id = null, changed_at = now()
where organization_id = :organization and id = :other
""")
# Where the key leads to the one that goes on anyway; other places had been split off before, and lead there with the rest.
_FORGET_PLACES: Final = text("""
delete from split_place s where s.organization_id = :organization and s.finding_id = :other and exists (
    select from finding_key k where k.organization_id = :organization and k.asset_id = s.asset_id
    and k.fingerprint = s.fingerprint and k.finding_id = :finding)
""")
_RETURN_KEYS: Final = text("""
update finding_key set finding_id = :finding
where organization_id = :organization and finding_id = :other
""")
_UNDONE: Final = text("""
update regrouping set undone_at = now(), undone_by = :by, other_id = :other
where organization_id = :organization and id = :regrouping
""")


def locked_regrouping(connection: Connection, organization_id: int, regrouping_id: int) -> Row[Any] | None:
    found: Row[Any] | None = connection.execute(
        _REGROUPING, {"organization": organization_id, "regrouping": regrouping_id}
    ).one_or_none()
    return found


def undo(connection: Connection, act: Act, row: Row[Any]) -> int:
    """`row` is locked, and so is its asset. Answers the finding that is on its own again, or no more."""
    parameters = act.parameters(row.finding_id, row.other_id) | {"regrouping": row.id, "act": row.act}
    if row.undone_at is not None:
        raise Conflict("This was undone already.", code="undone_already")
    if connection.scalar(_BUILT_ON, parameters):
        raise Conflict("Something was joined or split on top of this; undo that first.", code="built_on")
    if row.act == regroup.JOIN:
        other_id = _take_apart(connection, parameters, row)
    else:
        other_id = row.other_id
        _put_back(connection, act, parameters)
    connection.execute(RAISE_VERSIONS, parameters | {"findings": [row.finding_id, other_id]})
    connection.execute(_UNDONE, parameters | {"by": act.made_by, "other": other_id})
    return other_id


def _take_apart(connection: Connection, parameters: dict[str, Any], row: Row[Any]) -> int:
    other_id: int = row.other_id or new_finding(connection, parameters)
    detail = row.detail
    parameters |= {
        "other": other_id,
        "findings": [row.finding_id, other_id],
        "keys": list(row.keys),
        "fingerprints": [UUID(each) for each, _ in detail.get("places", ())],
        "places": [place for _, place in detail.get("places", ())],
        "vulnerabilities": detail.get("vulnerabilities", []),
    }
    kept = {UUID(each) for each in detail.get("kept_keys", ())}
    parameters["keys"] = sorted({*row.keys, *connection.scalars(_FURTHER_KEYS, parameters)} - kept)
    with regrouped(connection, parameters):
        for statement in (_ON_ITS_OWN, MOVE_KEYS, _PLACES_BACK, _OCCURRENCES_BACK, _VULNERABILITIES_BACK):
            connection.execute(statement, parameters)
        if before := detail.get("triage_before"):
            connection.execute(
                _TRIAGE_BACK,
                parameters
                | {
                    "triage": before["triage"],
                    "decision": before["decision_id"],
                    "duplicate_of": before["duplicate_of_id"],
                },
            )
    connection.execute(_DROP_EMPTY, parameters)
    return other_id


def _put_back(connection: Connection, act: Act, parameters: dict[str, Any]) -> None:
    kept, other = regroup.checked(connection, act, parameters["finding"], parameters["other"])
    with regrouped(connection, parameters):
        connection.execute(_RETURN_KEYS, parameters)
        connection.execute(_FORGET_PLACES, parameters)
        regroup.take(connection, parameters)
        if is_opened_by(kept, other):
            connection.execute(regroup.OPEN_AGAIN, parameters)
