"""The session of a cookie is read first, and marked as seen only when that is a minute old.

Every request begins with it. Before, it began with the marking, which finds nothing to do in most of them.
"""

from hauberk.db.definer import create_system_function

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

SIGNATURE = "find_session(bytea, interval)"
HEAD = """
create or replace function find_session(given_hash bytea, idle interval)
returns table (organization_id int, session_id bigint, user_id bigint, email text, name text, role text, csrf_token text)
language plpgsql security definer set search_path = pg_catalog, public as $$"""
FOUND = """
    from session s
    join user_account u on u.id = s.user_id and not u.is_disabled
    join membership m on m.organization_id = s.organization_id and m.user_id = s.user_id and not m.is_disabled
    where s.session_hash = given_hash and s.expires_at > now() and s.last_seen_at > now() - idle"""
# A lock that another request holds is not waited for: it marks the same.
SEEN = """
  update session s set last_seen_at = now() where (s.organization_id, s.id) in (
    select t.organization_id, t.id from session t where {of} for update skip locked);"""

AFTER = f"""{HEAD}
declare was_seen timestamptz;
begin
  select s.organization_id, s.id, s.user_id, u.email, u.name, m.role, s.csrf_token, s.last_seen_at
    into organization_id, session_id, user_id, email, name, role, csrf_token, was_seen{FOUND};
  if not found then
    return;
  end if;
  if was_seen < now() - interval '1 minute' then{
    SEEN.format(of="t.session_hash = given_hash and t.last_seen_at < now() - interval '1 minute'")
}
  end if;
  return next;
end $$"""
BEFORE = f"""{HEAD}
begin{
    SEEN.format(
        of="t.session_hash = given_hash and t.last_seen_at < now() - interval '1 minute'"
        " and t.last_seen_at > now() - idle and t.expires_at > now()"
    )
}
  return query select s.organization_id, s.id, s.user_id, u.email, u.name, m.role, s.csrf_token{FOUND};
end $$"""


def upgrade() -> None:
    create_system_function(SIGNATURE, AFTER)


def downgrade() -> None:
    create_system_function(SIGNATURE, BEFORE)
