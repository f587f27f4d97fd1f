"""@invariant: what must be true of the data at every moment, looked at again and again while the product runs.

    @invariant("scope_counts_its_open_occurrences", by_asset=True)
    def scopes(connection: Connection, look: Look) -> Violations: ...
    invariant("outbox_delivers")(statement("select id as subject, 1 as n, topic as detail from outbox where ..."))

It belongs into an `invariants.py` of `jobs`, of `ingest` or of a feature, where it is found by file name. Each is one
statement, so that it sees one moment. What grows with the data is looked at asset by asset: those that were imported
into since the last look, and the next ones of an unending round, so many findings at a time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, text

from hauberk.db.session import TimeLimits

FINDINGS_AT_ONCE: Final = 100_000
"""Of the assets imported into, and as many again of the round."""
ASSETS_AT_ONCE: Final = 1_000
SCANS_AT_ONCE: Final = 2_000
MAX_DETAIL_CHARS: Final = 500
LIMITS: Final = TimeLimits(statement="60s", lock="5s", idle_in_transaction="60s")


@dataclass(frozen=True)
class Look:
    """One look at one organization: its number, when it began, and the assets whose turn it is."""

    organization_id: int
    number: int
    began_at: datetime
    assets: Sequence[int]
    reached_asset_id: int = 0
    """The last one of the round so far; 0 begins it again."""


class Violation(NamedTuple):
    """`n` things at one subject (an asset, a job …) are not as they must be; 0: it was looked at, and all is well."""

    subject: int
    n: int
    detail: str


Violations = Iterable[Violation]
Find = Callable[[Connection, Look], Violations]


@dataclass(frozen=True)
class Invariant:
    """`by_asset`: its subjects are assets, and it looks only at those of the look. `by_part`: it names each subject
    that it looked at. Others look at everything, each time."""

    name: str
    find: Find
    by_asset: bool = False
    by_part: bool = False


_invariants: dict[str, Invariant] = {}


def invariant(name: str, *, by_asset: bool = False, by_part: bool = False) -> Callable[[Find], Find]:
    """Declares it; the name says what is true, and is the label of its metric."""

    def declare(find: Find) -> Find:
        if name in _invariants and _invariants[name].find is not find:
            raise ValueError(f"two invariants are called {name}")
        _invariants[name] = Invariant(name, find, by_asset, by_part)
        return find

    return declare


def registered() -> list[Invariant]:
    return list(_invariants.values())


def statement(*parts: str) -> Find:
    """One that is a statement with columns subject, n and detail; it may use :organization and :assets."""
    sql = "".join(parts)
    prepared = text(sql)
    parameters = {name for name in ("organization", "assets") if f":{name}" in sql}

    def find(connection: Connection, look: Look) -> Violations:
        values = {"organization": look.organization_id, "assets": list(look.assets)}
        rows = connection.execute(prepared, {name: values[name] for name in parameters})
        return [Violation(row.subject, row.n, row.detail) for row in rows]

    return find


_STATE = text("""
select coalesce(max(number), 0) + 1 as number, coalesce(max(reached_asset_id), 0) as reached, now() as began_at
from invariant_look where organization_id = :organization
""")
# Imported into since the last look, what was wrong then first.
_RECENT = text("""
with wrong as (
    select subject as asset_id from invariant_violation
    where organization_id = :organization and invariant = any(:by_asset) order by 1 limit :assets),
recent as (
    select distinct s.asset_id from (
        select asset_id, finished_at from scan where organization_id = :organization
        order by accepted_at desc limit :scans) s
    where s.asset_id is not null and s.finished_at > (
        select coalesce(max(l.looked_at), '-infinity') - interval '1 minute' from invariant_look l
        where l.organization_id = :organization)),
wanted as (
    select asset_id, min(part) as part from (
        select asset_id, 0 as part from wrong union all select asset_id, 1 from recent) w group by asset_id),
weighed as (
    select w.asset_id, sum(1 + coalesce(c.n, 0)) over (order by w.part, w.asset_id) - coalesce(c.n, 0) as before
    from wanted w left join lateral (
        select sum(n) as n from finding_count c
        where c.organization_id = :organization and c.asset_id = w.asset_id) c on true)
select asset_id from weighed where before <= :findings
""")
# Also of assets that are gone: their counts must be.
_ROUND = text("""
with next as (
    (select id as asset_id from asset where organization_id = :organization and id > :reached
     order by id limit :assets)
    union
    (select distinct asset_id from finding_count where organization_id = :organization and asset_id > :reached
     order by asset_id limit :assets)
    order by asset_id limit :assets),
weighed as (
    select w.asset_id, sum(1 + coalesce(c.n, 0)) over (order by w.asset_id) - coalesce(c.n, 0) as before
    from next w left join lateral (
        select sum(n) as n from finding_count c
        where c.organization_id = :organization and c.asset_id = w.asset_id) c on true)
select asset_id, before <= :findings as is_taken from weighed order by asset_id
""")
_FORGET = text("""
delete from invariant_violation where organization_id = :organization and invariant = :invariant
    and not subject = any(:found) and (:is_all or subject = any(:looked_at))
""")
_KEEP = text("""
insert into invariant_violation as kept (organization_id, invariant, subject, n, detail)
values (:organization, :invariant, :subject, :n, :detail)
on conflict (organization_id, invariant, subject) do update set n = excluded.n, detail = excluded.detail
returning found_at = now() as is_new
""")
_LOOKED = text("""
insert into invariant_look as kept (organization_id, number, reached_asset_id, looked_at)
values (:organization, :number, :reached, :looked_at)
on conflict (organization_id) do update set number = excluded.number,
    reached_asset_id = excluded.reached_asset_id, looked_at = excluded.looked_at
""")


def begin(connection: Connection, organization_id: int) -> Look:
    """Whose turn it is."""
    state = connection.execute(_STATE, {"organization": organization_id}).one()
    bounds: dict[str, Any] = {
        "organization": organization_id,
        "assets": ASSETS_AT_ONCE,
        "findings": FINDINGS_AT_ONCE,
    }
    by_asset = [each.name for each in registered() if each.by_asset]
    recent = connection.scalars(_RECENT, {**bounds, "scans": SCANS_AT_ONCE, "by_asset": by_asset}).all()
    following = connection.execute(_ROUND, {**bounds, "reached": state.reached}).all()
    taken = [row.asset_id for row in following if row.is_taken]
    is_over = len(taken) == len(following) < ASSETS_AT_ONCE
    return Look(
        organization_id,
        state.number,
        state.began_at,
        sorted({*recent, *taken}),
        reached_asset_id=0 if is_over else taken[-1],
    )


def keep(connection: Connection, look: Look, each: Invariant, found: Iterable[Violation]) -> list[Violation]:
    """Notes what is wrong and forgets what holds again; answers what is newly wrong."""
    told = list(found)
    wrong = [violation for violation in told if violation.n]
    looked_at = look.assets if each.by_asset else [violation.subject for violation in told]
    connection.execute(
        _FORGET,
        {
            "organization": look.organization_id,
            "invariant": each.name,
            "found": [violation.subject for violation in wrong],
            "is_all": not (each.by_asset or each.by_part),
            "looked_at": list(looked_at),
        },
    )
    return [violation for violation in wrong if _is_new(connection, look, each, violation)]


def _is_new(connection: Connection, look: Look, each: Invariant, violation: Violation) -> bool:
    values = {
        "organization": look.organization_id,
        "invariant": each.name,
        "subject": violation.subject,
        "n": violation.n,
        "detail": violation.detail[:MAX_DETAIL_CHARS],
    }
    kept: Row[Any] = connection.execute(_KEEP, values).one()
    return bool(kept.is_new)


def end(connection: Connection, look: Look) -> None:
    """The next look goes on from here."""
    connection.execute(
        _LOOKED,
        {
            "organization": look.organization_id,
            "number": look.number,
            "reached": look.reached_asset_id,
            "looked_at": look.began_at,
        },
    )
