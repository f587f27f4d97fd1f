"""Alias groups: what statements about names make together, and findings that are one because of it.

Three steps, each idempotent: names get their groups under one short lock; then, asset by asset under its lock, findings
that two names of one flaw made are joined, and joins whose names are no longer one are undone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from hauberk.db import vulnerability_counts
from hauberk.db.locks import lock_aliases, lock_asset, lock_counts
from hauberk.domain import aliases
from hauberk.domain.aliases import Statement
from hauberk.domain.events import AliasesGrouped, FindingsChanged
from hauberk.domain.finding import FindingKind
from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.ingest import regroup, regroup_undo, vex
from hauberk.ingest.aliases import package_key
from hauberk.ingest.regroup import ALIAS, Act
from hauberk.jobs.events import emit
from hauberk.kit import clock
from hauberk.kit.errors import Refusal

AT_ONCE: Final = 2_000
_NEW = text("""
select id, vulnerability_id, alias_id from alias_assertion
where organization_id = :organization and applied_at is null order by id limit :at_once
""")
# All names that any statement connects with these.
_CONNECTED = text("""
with recursive reached as (
    select unnest(cast(:ids as int8[])) as id
    union
    select case when a.vulnerability_id = r.id then a.alias_id else a.vulnerability_id end
    from reached r join alias_assertion a on a.organization_id = :organization
        and (a.vulnerability_id = r.id or a.alias_id = r.id))
select v.id, v.name, v.group_id from reached r
join vulnerability v on v.organization_id = :organization and v.id = r.id
""")
_STATEMENTS = text("""
select vulnerability_id, alias_id, is_same, asserter_kind = 'person' as is_by_person from alias_assertion
where organization_id = :organization and vulnerability_id = any(cast(:ids as int8[])) order by id
""")
_REGROUP = text("""
update vulnerability v set group_id = x.group_id
from unnest(cast(:ids as int8[]), cast(:groups as int8[])) as x(id, group_id)
where v.organization_id = :organization and v.id = x.id and v.group_id is distinct from x.group_id
returning v.name
""")
_APPLIED = text("""
update alias_assertion set applied_at = now()
where organization_id = :organization and id = any(cast(:applied as int8[]))
""")
_GROUPS = text("""
select array_agg(v.name order by v.name) as names from vulnerability v
where v.organization_id = :organization and v.group_id in (
    select n.group_id from vulnerability n
    where n.organization_id = :organization and n.name = any(cast(:names as text[])))
group by v.group_id
""")
_PACKAGES: Final = f"{FindingKind.SCA.code}, {FindingKind.CONTAINER.code}"
# Findings of packages that any of these names is about, with the other names of the flaw.
_ABOUT = text(f"""
select distinct f.asset_id, c.component, a.name
from rule_text t
join finding f on f.organization_id = t.organization_id and f.rule_text_id = t.id and f.kind in ({_PACKAGES})
    and f.joined_into_id is null
cross join lateral (
    select o.component from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id
    order by o.closed_at is not null, o.id limit 1) c
cross join lateral unnest(t.identifiers) as n(name)
join vulnerability v on v.organization_id = t.organization_id and v.name = n.name and v.group_id is not null
join vulnerability a on a.organization_id = t.organization_id and a.group_id = v.group_id
where t.organization_id = :organization and t.identifiers && cast(:names as text[])
""")  # noqa: S608 — constants of ours
_LED = text(f"""
select x.position, k.finding_id, f.decision_id is not null as is_decided
from unnest(cast(:positions as int[]), cast(:keys as uuid[])) as x(position, fingerprint)
join finding_key k on k.organization_id = :organization and k.asset_id = :asset
    and k.identity_version = {IDENTITY_VERSION} and k.fingerprint = x.fingerprint
join finding f on f.organization_id = k.organization_id and f.id = k.finding_id
""")  # noqa: S608
# Joins by two names that are no longer one.
_APART = text("""
select r.id, r.asset_id, array[r.detail->'identifiers'->>0, r.detail->'identifiers'->>1] as names from regrouping r
where r.organization_id = :organization and r.cause = 'alias' and r.undone_at is null
    and r.detail->'identifiers' ?| cast(:names as text[]) and not exists (
        select from vulnerability v
        join vulnerability a on a.organization_id = v.organization_id and a.group_id = v.group_id
        where v.organization_id = r.organization_id and v.name = r.detail->'identifiers'->>0
            and a.name = r.detail->'identifiers'->>1)
order by r.asset_id, r.id desc
""")


def group_names(connection: Connection, organization_id: int) -> tuple[bool, list[str]]:
    """Whether there was anything new, and the names whose group is another one now."""
    lock_aliases(connection, organization_id)
    parameters: dict[str, Any] = {"organization": organization_id, "at_once": AT_ONCE}
    new = connection.execute(_NEW, parameters).all()
    if not new:
        return False, []
    ids = sorted({each for row in new for each in (row.vulnerability_id, row.alias_id)})
    members = connection.execute(_CONNECTED, parameters | {"ids": ids}).all()
    names = {row.id: row.name for row in members}
    statements = [
        Statement(*row) for row in connection.execute(_STATEMENTS, parameters | {"ids": list(names)})
    ]
    leaders = dict.fromkeys(names) | {
        member: group[0] for group in aliases.groups(names, statements) for member in group
    }
    changed = connection.scalars(
        _REGROUP, parameters | {"ids": list(leaders), "groups": list(leaders.values())}
    ).all()
    before = {row.group_id for row in members if row.group_id is not None}
    after = {leader for leader in leaders.values() if leader is not None}
    lock_counts(connection, organization_id)
    vulnerability_counts.regroup(connection, organization_id, {*names, *before, *after})
    connection.execute(_APPLIED, parameters | {"applied": [row.id for row in new]})
    if changed:
        emit(connection, AliasesGrouped(organization_id, list(changed)))
    return True, list(changed)


def groups_of(connection: Connection, organization_id: int, names: Sequence[str]) -> list[list[str]]:
    """The whole groups of these names."""
    return list(connection.scalars(_GROUPS, {"organization": organization_id, "names": list(names)}))


def packages_about(
    connection: Connection, organization_id: int, names: Sequence[str]
) -> Iterator[tuple[int, list[tuple[tuple[str, ...], list[UUID]]]]]:
    """By asset, each package that these names are about: the names of its flaw, and the keys that these make."""
    by_asset: dict[int, dict[str, tuple[Any, set[str]]]] = defaultdict(dict)
    rows = connection.execute(_ABOUT, {"organization": organization_id, "names": list(names)})
    for row in rows:
        package = package_key(row.component, "").hex
        by_asset[row.asset_id].setdefault(package, (row.component, set()))[1].add(row.name)
    for asset_id, packages in sorted(by_asset.items()):
        yield (
            asset_id,
            [
                (tuple(sorted(those)), [package_key(component, name) for name in sorted(those)])
                for component, those in packages.values()
            ],
        )


def join_by_names(
    connection: Connection,
    organization_id: int,
    asset_id: int,
    groups: Sequence[Sequence[str]],
    packages: Sequence[tuple[tuple[str, ...], list[UUID]]],
) -> int:
    """How many findings became part of another: of those to which the names of one flaw lead, one goes on."""
    lock_asset(connection, organization_id, asset_id)
    joined = 0
    for names, keys in packages:
        key_of = dict(zip(names, keys, strict=True))
        for group in groups:
            joined += _join_one(
                connection, organization_id, asset_id, [(n, key_of[n]) for n in group if n in key_of]
            )
    if joined:
        emit(connection, FindingsChanged(organization_id, asset_id))
    return joined


def _join_one(
    connection: Connection, organization_id: int, asset_id: int, keys: Sequence[tuple[str, UUID]]
) -> int:
    """The decided one goes on, else the older one."""
    rows = connection.execute(
        _LED,
        {
            "organization": organization_id,
            "asset": asset_id,
            "positions": list(range(len(keys))),
            "keys": [key for _, key in keys],
        },
    ).all()
    named = {row.finding_id: keys[row.position][0] for row in rows}
    order = sorted({(not row.is_decided, row.finding_id) for row in rows})
    for _, other in order[1:]:
        act = Act(
            organization_id,
            asset_id,
            cause=ALIAS,
            detail={"identifiers": [named[order[0][1]], named[other]]},
        )
        regroup.join(connection, act, order[0][1], other)
    return len(order[1:])


def decide(connection: Connection, organization_id: int, asset_id: int) -> None:
    """What statements about these names say of the asset's findings, after names have become one flaw or came apart."""
    lock_asset(connection, organization_id, asset_id)
    if vex.decide_asset(connection, organization_id, asset_id, day=clock.now().date()):
        emit(connection, FindingsChanged(organization_id, asset_id))


def joins_to_undo(connection: Connection, organization_id: int, names: Sequence[str]) -> Sequence[Any]:
    """(id, asset_id, names) of joins by names that are no longer one, the newest first in each asset."""
    return connection.execute(_APART, {"organization": organization_id, "names": list(names)}).all()


def undo_join(connection: Connection, organization_id: int, asset_id: int, regrouping_id: int) -> bool:
    """Whether it came apart; what somebody built on it by hand stays."""
    lock_asset(connection, organization_id, asset_id)
    row = regroup_undo.locked_regrouping(connection, organization_id, regrouping_id)
    if row is None or row.undone_at is not None:
        return False
    try:
        regroup_undo.undo(connection, Act(organization_id, asset_id, cause=ALIAS), row)
    except Refusal:
        return False
    emit(connection, FindingsChanged(organization_id, asset_id))
    return True
