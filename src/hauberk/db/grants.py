"""What the product's role may do in the database: read and write the rows of one organization, and nothing beside that.

Row-level security binds neither who owns a table nor who truncates it, and an audit trail that may be changed is none.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db import models  # noqa: F401 - registers the tables
from hauberk.db.base import Model

_APPENDED: Final = ("attestation", "event")
_BY_FUNCTIONS_ONLY: Final = ("sign_in_attempt", "sign_in_link")
# Some are written by functions, in part or wholly; the others keep what was said once.
_NOT_WRITTEN_FREELY: Final = frozenset({
    *_APPENDED, *_BY_FUNCTIONS_ONLY, "installation", "leader_lease", "organization", "process_heartbeat",
    "readiness_assignment", "readiness_link", "readiness_record", "readiness_report", "schedule_run", "user_account",
    "waiver",
})  # fmt: skip

_OPEN: Final = text("""
select distinct c.relname as name from pg_class c, aclexplode(c.relacl) g
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and g.grantee = 0
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 1
""")
_OWNED: Final = text("""
select c.relname as name from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relowner = 'hauberk_app'::regrole order by 1
""")
# Superusers and those with BYPASSRLS are told of elsewhere.
_MIGHTY: Final = text("""
select r.rolname as name from pg_roles r
where pg_has_role('hauberk_app', r.oid, 'set') and not r.rolsuper and not r.rolbypassrls
  and (r.rolcreaterole or r.rolcreatedb or r.rolreplication
    or r.rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
    or (r.rolname <> 'hauberk_app' and exists (
      select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relowner = r.oid)))
order by 1
""")
_ANYBODYS: Final = text("""
select distinct p.proname as name from pg_proc p,
  aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
where p.pronamespace = 'public'::regnamespace and p.prosecdef and g.grantee = 0
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
order by 1
""")
_OUT_OF_REACH: Final = text("""
select c.relname as name from pg_class c
where c.relnamespace = 'public'::regnamespace
  and case when c.relkind = 'S' then not has_sequence_privilege('hauberk_app', c.oid, 'USAGE') else false end
union all
select p.proname from pg_proc p
where p.pronamespace = 'public'::regnamespace and not has_function_privilege('hauberk_app', p.oid, 'EXECUTE')
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
order by 1
""")
_RIGHTS: Final = text("""
select c.relname as name,
  has_table_privilege('hauberk_app', c.oid, 'SELECT') as reads,
  has_table_privilege('hauberk_app', c.oid, 'INSERT') and has_any_column_privilege('hauberk_app', c.oid, 'UPDATE')
    and has_table_privilege('hauberk_app', c.oid, 'DELETE') as writes,
  has_table_privilege('hauberk_app', c.oid, 'TRUNCATE') as empties,
  has_any_column_privilege('hauberk_app', c.oid, 'UPDATE') or has_table_privilege('hauberk_app', c.oid, 'DELETE') as changes
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
""")
# What new connections of the product get, and what this one has.
_REPLICATION_ROLE: Final = text("""
select split_part(each, '=', 2) from pg_db_role_setting, unnest(setconfig) each
where each like 'session_replication_role=%' and setrole in (0, 'hauberk_app'::regrole, session_user::regrole)
  and setdatabase in (0, (select oid from pg_database where datname = current_database()))
union select current_setting('session_replication_role')
""")


async def beyond(db: AsyncSession) -> list[str]:
    """What is not so, as clauses."""
    found = []
    rights = list(await db.execute(_RIGHTS))
    ours = {table.name for table in Model.metadata.sorted_tables}
    lacking = [row.name for row in rights if row.name in ours and not row.reads]
    kept = [
        row.name for row in rights if row.name in ours - _NOT_WRITTEN_FREELY and row.reads and not row.writes
    ]
    told = {
        "everybody has rights on": [row.name for row in await db.execute(_OPEN)],
        "the product's role owns": [row.name for row in await db.execute(_OWNED)],
        "the product's role is, or may become, what makes roles, owns tables or reaches the server's files:": [
            row.name for row in await db.execute(_MIGHTY)
        ],
        "the product's role may empty": [row.name for row in rights if row.empties],
        "the product's role may change what is only ever added to:": [
            row.name for row in rights if row.name in _APPENDED and row.changes
        ],
        "everybody may run, as their owner,": [row.name for row in await db.execute(_ANYBODYS)],
        "the product's role may not read": [name for name in lacking if name not in _BY_FUNCTIONS_ONLY],
        "the product's role may not write": kept,
        "the product's role may not use": [row.name for row in await db.execute(_OUT_OF_REACH)],
    }
    found += [f"{what} {', '.join(sorted(names)[:5])}" for what, names in told.items() if names]
    if roles := sorted({str(each) for each in await db.scalars(_REPLICATION_ROLE)} - {"origin"}):
        found.append(f"triggers and references do not hold, because session_replication_role is {roles[0]}")
    return found
