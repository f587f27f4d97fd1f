"""Why a finding is one finding: the keys that lead to it, what they are made of, and what was matched without one.

A key is only a hash; what it is made of is computed again from what the occurrences say, by the same rules.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Row, text

from hauberk.db.driver import fetch
from hauberk.db.repository import DbSession
from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.features.findings.explain_regrouping import Regrouped
from hauberk.features.findings.particulars import PARTS
from hauberk.features.findings.shape import instant
from hauberk.features.identity.serving import Ids
from hauberk.ingest.changes import REASONS

MAX_SHOWN: Final = 200
MAX_STEPS: Final = 20
_NOT_KEPT: Final = "not kept, only its keyed hash"

_RULE: Final = "t.scanner as rule_scanner, t.rule_id, t.rule_name, t.title, t.identifiers, t.cwes"
_OPEN = text(f"""
select o.id, o.fingerprint, o.place_hash, o.location, o.component, o.first_seen_at, s.scanner, s.key as scope, r.name as ref,
    r.is_tracked, {_RULE}
from occurrence o
join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where o.organization_id = :organization and o.finding_id = :finding and o.closed_at is null
order by o.first_seen_at, o.id limit {MAX_SHOWN}
""")  # noqa: S608 — constants of ours
_FORMER = text(f"""
select distinct on (o.fingerprint) o.fingerprint, o.location, o.component, {_RULE}
from occurrence o
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where o.organization_id = :organization and o.finding_id = :finding and o.closed_at is not null
order by o.fingerprint, o.id desc limit {MAX_SHOWN}
""")  # noqa: S608
_KEYS = text(f"""
select fingerprint from finding_key where organization_id = :organization and finding_id = :finding
order by fingerprint limit {MAX_SHOWN}
""")  # noqa: S608
# From each open occurrence back through the versions that it continues; a step is kept where the place changed, also where it
# changed from another finding's to this one's and was gone there.
_STEPS = text(f"""
with recursive step as (
    select o.id as open_id, o.id, o.previous_id, o.opened_at, o.opened_scan_id, o.location, o.component, 0 as depth
    from occurrence o
    where o.organization_id = :organization and o.id = any(cast(:ids as int8[]))
    union all
    select step.open_id, o.id, o.previous_id, o.opened_at, o.opened_scan_id, o.location, o.component, step.depth + 1
    from step join occurrence o on o.organization_id = :organization and o.id = step.previous_id
    where step.depth < {MAX_STEPS})
select step.open_id, step.opened_at, step.opened_scan_id, step.location, step.component,
    o.location as location_before, o.component as component_before, m.pass_name, m.detail
from step
join occurrence o on o.organization_id = :organization and o.id = step.previous_id
    and (o.close_reason = 'moved' or o.close_reason = 'gone' and o.closed_scan_id = step.opened_scan_id)
left join match_log m on m.organization_id = :organization and m.finding_id = any(cast(:parts as int8[]))
    and m.occurrence_id = o.id and m.scan_id = step.opened_scan_id
order by step.open_id, step.depth limit {MAX_SHOWN * MAX_STEPS}
""")  # noqa: S608
_ADDED = text(f"""
select pass_name, detail->'keys' as added from match_log
where organization_id = :organization and finding_id = any(cast(:parts as int8[])) and detail->'keys' is not null
order by id limit {MAX_SHOWN}
""")  # noqa: S608


async def explain(session: DbSession, row: Row[Any], ids: Ids) -> dict[str, Any]:
    """`row` is a finding that its reader may see."""
    parameters: dict[str, Any] = {"organization": row.organization_id, "finding": row.id}
    connection = await session.connection()
    parameters["parts"] = [each.id for each in await fetch(session, PARTS, **parameters)]
    regrouped = await Regrouped.read(connection, parameters)
    standing = (await connection.execute(_OPEN, parameters)).all()
    former = (await connection.execute(_FORMER, parameters)).all()
    leading = (await connection.execute(_KEYS, parameters)).scalars().all()
    added = (await connection.execute(_ADDED, parameters)).all()
    steps = (await connection.execute(_STEPS, parameters | {"ids": [each.id for each in standing]})).all()
    kind = FindingKind.of_code(row.kind)
    given = {ids.encode("occ", each.id): _keys(kind, each) for each in standing}
    described = {key["fingerprint"]: key for each in former for key in _keys(kind, each)}
    described |= {key["fingerprint"]: key for keys in given.values() for key in keys}
    passes = {key: each.pass_name for each in added for key in each.added}
    return {
        "id": ids.encode("fnd", row.id),
        "identity_version": fingerprint.IDENTITY_VERSION,
        "occurrences": [
            _occurrence(each, public_id, given[public_id], steps, ids)
            | {"regrouping": ids.encode_or_none("rgp", regrouped.that_led(each.fingerprint, each.place_hash))}
            for each, public_id in zip(standing, given, strict=True)
        ],
        "keys": [
            (described.get(key.hex) or regrouped.own_key(key, ids))
            | {"occurrences": _givers(given, key.hex), "added_by": passes.get(key.hex)}
            for key in leading
        ],
        "regroupings": regrouped.shown(ids),
    }


def _givers(given: dict[str, list[dict[str, Any]]], key: str) -> list[str]:
    return [
        public_id for public_id, keys in given.items() if any(each["fingerprint"] == key for each in keys)
    ]


def _occurrence(
    row: Row[Any], public_id: str, keys: list[dict[str, Any]], steps: Sequence[Row[Any]], ids: Ids
) -> dict[str, Any]:
    return {
        "id": public_id,
        "scanner": row.scanner,
        "ref": row.ref,
        "is_tracked": row.is_tracked,
        "scope": row.scope,
        "rule": fingerprint.rule_of(row, row.rule_scanner),
        "location": row.location,
        "component": row.component,
        "first_seen_at": instant(row.first_seen_at),
        "keys": keys,
        "matches": [_match(each, ids) for each in steps if each.open_id == row.id],
    }


def _keys(kind: FindingKind, row: Row[Any]) -> list[dict[str, Any]]:
    """The key that the occurrence is kept under first, then what else its result gives."""
    said = ReportedFinding(
        kind=kind,
        title=row.title,
        severity=Severity.UNKNOWN,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        identifiers=tuple(row.identifiers),
        cwes=tuple(row.cwes),
    )
    location = msgspec.convert(row.location or {}, Location)
    component = None if row.component is None else msgspec.convert(row.component, Component)
    parts = fingerprint.key_parts(said, row.rule_scanner, location, component)
    made = {fingerprint.key_of(each).hex(): each for each in parts}
    own = row.fingerprint.hex
    if own in made:
        return [_key(key, made[key]) for key in sorted(made, key=lambda key: key != own)]
    rule = fingerprint.rule_of(row, row.rule_scanner)
    if kind == FindingKind.SECRET:
        return [_key(own, ("secret", rule, _NOT_KEPT))]
    return [{"fingerprint": own, "made_from": None, "inputs": {}}]


def _key(key: str, parts: fingerprint.Parts) -> dict[str, Any]:
    made_from = str(parts[0])
    inputs = dict(zip(fingerprint.INPUTS[made_from], parts[1:], strict=True))
    return {"fingerprint": key, "made_from": made_from, "inputs": inputs}


def _match(step: Row[Any], ids: Ids) -> dict[str, Any]:
    detail = step.detail or {}
    pass_name = step.pass_name or "moved"
    return {
        "at": instant(step.opened_at),
        "scan_id": ids.encode("scn", step.opened_scan_id),
        "pass_name": pass_name,
        "reason": REASONS[pass_name],
        "was": detail.get("was") or _place(step.location_before, step.component_before),
        "now": detail.get("now") or _place(step.location, step.component),
        "similarity": detail.get("similarity"),
        "rejected": detail.get("rejected", []),
        "keys_added": detail.get("keys", []),
    }


def _place(location: dict[str, Any] | None, component: dict[str, Any] | None) -> dict[str, Any]:
    """Without what makes it long."""
    said = {
        name: each
        for name, each in (location or {}).items()
        if name not in ("snippet", "evidence", "message")
    }
    if component is not None:
        said |= {"package": component.get("purl") or component["name"], "version": component.get("version")}
    return said
