"""Whether the schema is still what the migrations made: organizations kept apart on every table, nobody above that, nothing gone.

A revision says what was run once. Whoever has the owner's password can switch a policy off by hand, for a moment that never
ended; then one query without its condition shows everybody's findings.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db import models  # noqa: F401 - registers the tables
from hauberk.db.base import Model

# Each row is shown by no policy at all, or by a look at what else the organization has.
_WITHOUT_ORGANIZATION: Final = {
    "organization": "id=nullifcurrent_setting'hauberk.organization_id',true,''",
    "user_account": "idinselectmembership.user_idfrommembership",
    "sign_in_link": None,
    "sign_in_attempt": None,
}
_CONDITION: Final = "organization_id=nullifcurrent_setting'hauberk.organization_id',true,''"
_POLICY: Final = "tenant"

_ABOVE: Final = text("""
select distinct r.rolname as name from pg_roles r
where (r.rolsuper or r.rolbypassrls)
  and (pg_has_role(session_user, r.oid, 'set') or pg_has_role('hauberk_app', r.oid, 'set')
    or pg_has_role('hauberk_system', r.oid, 'set'))
order by 1
""")
_TABLES: Final = text("""
select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_guarded,
  array_agg(a.attname::text) as columns, coalesce(array_agg(a.attname::text) filter (where a.attnotnull), '{}') as filled
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by c.oid
""")
# Those that open rows to the product's role: several of them are joined by "or".
_POLICIES: Final = text("""
select c.relname as table_name, p.polname as name, pg_get_expr(p.polqual, p.polrelid) as condition,
  pg_get_expr(p.polwithcheck, p.polrelid) as checked
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = 'public'::regnamespace and p.polpermissive
  and p.polroles && array[0::oid, 'hauberk_app'::regrole::oid]
""")
_REFERENCES: Final = text("""
select conname as name from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
""")
_TRIGGERS: Final = text("""
select c.relname as table_name, t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and t.tgenabled in ('D', 'R')
""")
# Of tables, and of what they are made of: what a crash empties, and what nobody tidies up.
_CARELESS: Final = text("""
select c.relname as name, c.relpersistence = 'u' as is_unlogged from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and (c.relpersistence = 'u' or exists (
    select from unnest(c.reloptions) o where lower(o) in ('autovacuum_enabled=false', 'autovacuum_enabled=off', 'autovacuum_enabled=0')))
order by 1
""")


async def drift(db: AsyncSession, *, is_at_head: bool = True) -> list[str]:
    """What is not so, as clauses; `is_at_head`: the tables are those of this build."""
    tables = {row.name: row for row in await db.execute(_TABLES)}
    policies: dict[str, list[tuple[str, str | None, str | None]]] = defaultdict(list)
    for row in await db.execute(_POLICIES):
        policies[row.table_name].append((row.name, row.condition, row.checked))
    triggers = [f"{row.name} of {row.table_name}" for row in await db.execute(_TRIGGERS)]
    found = []
    columns = {name: set(row.columns) for name, row in tables.items()}
    references = {row.name for row in await db.execute(_REFERENCES)}
    if is_at_head and (gone := [*_gone(columns), *_loose(references)]):
        found.append(f"gone: {', '.join(gone[:5])}")
    filled = {name: set(row.filled) for name, row in tables.items()}
    if is_at_head and (empty := list(_unfilled(columns, filled))):
        found.append(f"may be empty: {', '.join(empty[:5])}")
    guarded = [
        name for name, each in columns.items() if "organization_id" in each or name in _WITHOUT_ORGANIZATION
    ]
    if off := sorted(name for name in guarded if not tables[name].is_guarded):
        found.append(f"row-level security is off on {', '.join(off[:5])}")
    if opened := sorted(name for name in guarded if not _is_canonical(name, policies[name])):
        found.append(
            f"the policy of organizations is missing, changed or joined by another on {', '.join(opened[:5])}"
        )
    if triggers:
        found.append(f"triggers are switched off: {', '.join(sorted(triggers)[:5])}")
    careless = list(await db.execute(_CARELESS))
    if unlogged := [row.name for row in careless if row.is_unlogged]:
        found.append(f"a crash empties {', '.join(unlogged[:5])} (unlogged)")
    if untidy := [row.name for row in careless if not row.is_unlogged]:
        found.append(f"autovacuum is off for {', '.join(untidy[:5])}")
    return found


async def unbound(db: AsyncSession) -> list[str]:
    """Roles which row-level security does not bind, and which the product works as or may become."""
    return [row.name for row in await db.execute(_ABOVE)]


def _gone(columns: dict[str, set[str]]) -> Iterator[str]:
    for table in Model.metadata.sorted_tables:
        if table.name not in columns:
            yield table.name
        else:
            yield from (
                f"{table.name}.{each.name}" for each in table.columns if each.name not in columns[table.name]
            )


def _unfilled(columns: dict[str, set[str]], filled: dict[str, set[str]]) -> Iterator[str]:
    for table in Model.metadata.sorted_tables:
        for each in table.columns:
            if not each.nullable and each.name in columns.get(table.name, set()) - filled[table.name]:
                yield f"{table.name}.{each.name}"


def _loose(references: set[str]) -> Iterator[str]:
    for table in Model.metadata.sorted_tables:
        names = (str(each.name) for each in table.foreign_key_constraints)
        yield from (f"{name} of {table.name}" for name in names if name not in references)


def _is_canonical(table: str, policies: list[tuple[str, str | None, str | None]]) -> bool:
    wanted = _WITHOUT_ORGANIZATION.get(table, _CONDITION)
    if wanted is None:
        return not policies
    return len(policies) == 1 and policies[0][0] == _POLICY and _is(policies[0][1:], wanted)


def _is(expressions: tuple[str | None, str | None], wanted: str) -> bool:
    condition, checked = (each and _plain(each) for each in expressions)
    return condition == wanted and checked in (None, wanted)


def _plain(expression: str) -> str:
    """As every release of PostgreSQL writes it: without casts, brackets and spaces."""
    return re.sub(r"::\w+|[()\s]", "", expression).lower()
