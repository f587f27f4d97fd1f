"""Splitting a finding: chosen occurrences become a finding of their own, and later scans obey it.

Where all that a key leads to was chosen, the key itself goes along; elsewhere the places are remembered (`splits`). What
people decided held for these occurrences too, so the new finding begins with the same decision, override and assignee. What a
supplier's statement decided stays its decision, and goes when that is withdrawn.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from hauberk.domain import fingerprint
from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.ingest.recompute import regrouped
from hauberk.ingest.regroup import FINDINGS, KEYS, RAISE_VERSIONS, SPLIT, Act
from hauberk.ingest.splits import spot_of
from hauberk.kit.errors import Conflict, Invalid

_COPIED: Final = (
    "asset_id, rule_text_id, vulnerability_id, first_seen_at, last_seen_at, due_at, assignee_id, duplicate_of_id, epss,"
    " epss_reported, is_epss_of_feed, priority, kind, severity, severity_reported, severity_override, triage, scanners, tags"
)
_OPEN = text(f"""
select o.id, o.fingerprint, o.place_hash, {spot_of("f.kind", "o")} as spot
from occurrence o
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
where o.organization_id = :organization and o.finding_id = :finding and o.closed_at is null
""")  # noqa: S608 — constants of ours, here and below
NEW_FINDING = text(f"""
insert into finding (organization_id, {_COPIED}, open_occurrences)
select organization_id, {_COPIED}, 0 from finding where organization_id = :organization and id = :finding
returning id
""")  # noqa: S608
_FURTHER_VULNERABILITIES = text("""
insert into finding_vulnerability (organization_id, vulnerability_id, finding_id)
select organization_id, vulnerability_id, :other from finding_vulnerability
where organization_id = :organization and finding_id = :finding
""")
_DECISIONS = text("""
with copied as (
    insert into decision (organization_id, finding_id, vex_statement_id, triage, severity, reason, covers_all_places,
        decided_by, decided_at, expires_at)
    select d.organization_id, :other, d.vex_statement_id, d.triage, d.severity, d.reason, d.covers_all_places, d.decided_by,
        d.decided_at, d.expires_at
    from finding f join decision d on d.organization_id = f.organization_id and d.finding_id = f.id and (
        d.id = f.decision_id or f.severity_override is not null and d.id = (
            select max(e.id) from decision e where e.organization_id = f.organization_id and e.finding_id = f.id
            and e.severity is not null))
    where f.organization_id = :organization and f.id = :finding
    returning id, triage)
update finding set decision_id = (select id from copied where triage is not null)
where organization_id = :organization and id = :other
""")
MOVE_KEYS = text("""
update finding_key set finding_id = :other
where organization_id = :organization and finding_id = :finding and fingerprint = any(cast(:keys as uuid[]))
""")
_OWN_KEY = text("""
insert into finding_key (organization_id, asset_id, identity_version, fingerprint, finding_id)
values (:organization, :asset, :version, :key, :other)
""")
_REMEMBER = text("""
insert into split_place (organization_id, asset_id, fingerprint, place_hash, finding_id, spot)
select :organization, :asset, x.fingerprint, x.place_hash, :other, nullif(x.spot, '')
from unnest(cast(:fingerprints as uuid[]), cast(:places as int8[]), cast(:spots as text[]))
    as x(fingerprint, place_hash, spot)
on conflict (organization_id, asset_id, fingerprint, place_hash)
do update set finding_id = excluded.finding_id, spot = excluded.spot
""")
# The chosen ones, whatever else was at these places, and the versions from which they came.
_MOVE_OCCURRENCES = text("""
with recursive chosen as (
    select o.id, o.previous_id from occurrence o
    where o.organization_id = :organization and o.finding_id = :finding and (
        o.fingerprint = any(cast(:keys as uuid[])) or exists (
            select from split_place x where x.organization_id = :organization and x.asset_id = :asset
            and x.fingerprint = o.fingerprint and x.place_hash = o.place_hash and x.finding_id = :other))
    union
    select p.id, p.previous_id from chosen c
    join occurrence p on p.organization_id = :organization and p.id = c.previous_id and p.finding_id = :finding)
update occurrence o set finding_id = :other from chosen c where o.organization_id = :organization and o.id = c.id
""")


def split(
    connection: Connection, act: Act, finding_id: int, occurrence_ids: Sequence[int]
) -> tuple[int, int]:
    """Answers the id of the act, and the new finding's."""
    parameters = act.parameters(finding_id, None)
    row = connection.execute(FINDINGS, parameters).one_or_none()
    if row is None or row.joined_into_id is not None:
        raise Conflict("The finding was joined into another one meanwhile.", code="joined_already")
    going, staying = _divided(connection.execute(_OPEN, parameters).all(), set(occurrence_ids))
    own = connection.scalars(KEYS, parameters).all()
    keys = _keys_that_go(own, going, staying)
    other_id = new_finding(connection, parameters)
    parameters |= {"other": other_id, "keys": keys, "findings": [finding_id, other_id]}
    places = [each for each in going if each.fingerprint not in keys]
    regrouping_id = act.log(
        connection,
        SPLIT,
        finding_id=finding_id,
        other_id=other_id,
        keys=keys,
        detail={
            "places": [[each.fingerprint.hex, each.place_hash] for each in places],
            "kept_keys": [each.hex for each in own if each not in keys],
        },
    )
    with regrouped(connection, parameters):
        if keys:
            connection.execute(MOVE_KEYS, parameters)
        else:
            own = fingerprint.key_of(("split", regrouping_id))
            connection.execute(_OWN_KEY, parameters | {"key": UUID(bytes=own), "version": IDENTITY_VERSION})
        if places:
            connection.execute(_REMEMBER, parameters | _columns(places, staying))
        connection.execute(_MOVE_OCCURRENCES, parameters)
    connection.execute(RAISE_VERSIONS, parameters)
    return regrouping_id, other_id


def new_finding(connection: Connection, parameters: dict[str, Any]) -> int:
    """Like the one that it comes from, also in what people decided; nothing is in it yet."""
    made: int = connection.execute(NEW_FINDING, parameters).scalar_one()
    for statement in (_FURTHER_VULNERABILITIES, _DECISIONS):
        connection.execute(statement, parameters | {"other": made})
    return made


def _divided(rows: Sequence[Row[Any]], chosen: set[int]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Who goes and who stays. Claims of one key at one place are one, on whatever ref they were made."""
    if missing := chosen - {row.id for row in rows}:
        raise Invalid([("/occurrences", f"{len(missing)} of them are not open occurrences of this finding.")])
    spots = {(row.fingerprint, row.place_hash) for row in rows if row.id in chosen}
    going = [row for row in rows if (row.fingerprint, row.place_hash) in spots]
    staying = [row for row in rows if (row.fingerprint, row.place_hash) not in spots]
    if not going or not staying:
        raise Invalid([("/occurrences", "Choose some of its open occurrences, and leave at least one.")])
    return going, staying


def _keys_that_go(keys: Sequence[UUID], going: Sequence[Row[Any]], staying: Sequence[Row[Any]]) -> list[UUID]:
    """Those that lead to nothing that stays; a key that no open occurrence is kept under stays. Where none would stay, as
    occurrences are also kept under keys that lead elsewhere, places go instead.
    """
    theirs = {row.fingerprint for row in going} - {row.fingerprint for row in staying}
    return sorted(theirs & set(keys)) if set(keys) - theirs else []


def _columns(places: Sequence[Row[Any]], staying: Sequence[Row[Any]]) -> dict[str, Any]:
    """A spot that both sides share cannot tell them apart."""
    shared = {(row.fingerprint, row.spot) for row in staying}
    distinct = {(row.fingerprint, row.place_hash): row for row in places}
    return {
        "fingerprints": [key for key, _ in distinct],
        "places": [place for _, place in distinct],
        "spots": [
            "" if (row.fingerprint, row.spot) in shared else row.spot or "" for row in distinct.values()
        ],
    }
