"""System functions of identity: what has to be known before the caller's organization is known."""

from alembic import op

from hauberk.db.definer import create_system_function

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HEAD = "language plpgsql security definer set search_path = pg_catalog, public as"

FUNCTIONS = {
    # The session of a cookie, and that it was seen; a lock that another request holds is not waited for.
    "find_session(bytea, interval)": f"""
create or replace function find_session(given_hash bytea, idle interval)
returns table (organization_id int, session_id bigint, user_id bigint, email text, name text, role text, csrf_token text)
{HEAD} $$
begin
  update session s set last_seen_at = now() where (s.organization_id, s.id) in (
    select t.organization_id, t.id from session t
    where t.session_hash = given_hash and t.last_seen_at < now() - interval '1 minute'
      and t.last_seen_at > now() - idle and t.expires_at > now() for update skip locked);
  return query select s.organization_id, s.id, s.user_id, u.email, u.name, m.role, s.csrf_token
    from session s
    join user_account u on u.id = s.user_id and not u.is_disabled
    join membership m on m.organization_id = s.organization_id and m.user_id = s.user_id and not m.is_disabled
    where s.session_hash = given_hash and s.expires_at > now() and s.last_seen_at > now() - idle;
end $$""",
    # The token of a public id; the caller compares the secret, and only then says that it was used.
    "find_token(text)": f"""
create or replace function find_token(given_public_id text)
returns table (organization_id int, token_id bigint, user_id bigint, email text, user_name text, role text,
  token_name text, secret_hash bytea, scopes text[], is_unused bool)
{HEAD} $$
begin
  return query select t.organization_id, t.id, t.user_id, u.email, u.name, m.role, t.name, t.secret_hash, t.scopes,
      t.last_used_at is null or t.last_used_at < now() - interval '1 minute'
    from token t
    join user_account u on u.id = t.user_id and not u.is_disabled
    join membership m on m.organization_id = t.organization_id and m.user_id = t.user_id and not m.is_disabled
    where t.public_id = given_public_id and t.expires_at > now();
end $$""",
    "token_was_used(int, bigint)": f"""
create or replace function token_was_used(of_organization int, of_token bigint) returns void
{HEAD} $$
begin
  update token t set last_used_at = now() where (t.organization_id, t.id) in (
    select k.organization_id, k.id from token k
    where k.organization_id = of_organization and k.id = of_token for update skip locked);
end $$""",
    "find_credentials(text)": f"""
create or replace function find_credentials(given_email text)
returns table (user_id bigint, name text, password_hash text, is_disabled bool)
{HEAD} $$
begin
  return query select u.id, u.name, u.password_hash, u.is_disabled from user_account u where u.email = given_email;
end $$""",
    # Where a person belongs; the organization of the newest session first, for the next sign-in to go on there.
    "memberships_of(bigint)": f"""
create or replace function memberships_of(given_user bigint)
returns table (organization_id int, name text, role text)
{HEAD} $$
begin
  return query select m.organization_id, o.name, m.role
    from membership m join organization o on o.id = m.organization_id
    where m.user_id = given_user and not m.is_disabled
    order by (select max(s.last_seen_at) from session s
      where s.organization_id = m.organization_id and s.user_id = m.user_id) desc nulls last, m.organization_id;
end $$""",
    "sessions_of(bigint)": f"""
create or replace function sessions_of(given_user bigint)
returns table (organization_id int, id bigint, user_agent text, remote_address text, created_at timestamptz,
  last_seen_at timestamptz, expires_at timestamptz)
{HEAD} $$
begin
  return query select s.organization_id, s.id, s.user_agent, s.remote_address, s.created_at, s.last_seen_at, s.expires_at
    from session s where s.user_id = given_user and s.expires_at > now() order by s.last_seen_at desc, s.id limit 200;
end $$""",
    "end_session(bigint, bigint)": f"""
create or replace function end_session(given_user bigint, given_session bigint) returns int
{HEAD} $$
declare ended int;
begin
  delete from session s where s.user_id = given_user and s.id = given_session;
  get diagnostics ended = row_count;
  return ended;
end $$""",
    # After a new password: every session but the one that asked for it (0: every session).
    "end_other_sessions(bigint, bigint)": f"""
create or replace function end_other_sessions(given_user bigint, kept_session bigint) returns void
{HEAD} $$
begin
  delete from session s where s.user_id = given_user and s.id <> kept_session;
end $$""",
    "remove_expired_sign_ins()": f"""
create or replace function remove_expired_sign_ins() returns void
{HEAD} $$
begin
  delete from session where expires_at < now();
  delete from sign_in_link where expires_at < now() - interval '1 day';
  delete from sign_in_attempt where window_started_at < now() - interval '1 day';
end $$""",
    "set_password(bigint, text)": f"""
create or replace function set_password(given_user bigint, new_hash text) returns void
{HEAD} $$
begin
  update user_account u set password_hash = new_hash where u.id = given_user;
end $$""",
    # A new person with an organization of their own, as its administrator; nothing when the e-mail is taken.
    "create_account(text, text, text, text, bytea)": f"""
create or replace function create_account(
  new_email text, new_name text, new_hash text, organization_name text, new_identity_key bytea)
returns table (user_id bigint, organization_id int)
{HEAD} $$
declare
  made_user bigint; made_organization int; tried_name text := organization_name; n int := 1;
begin
  insert into user_account (email, name, password_hash) values (new_email, new_name, new_hash)
    on conflict do nothing returning id into made_user;
  if made_user is null then return; end if;
  loop
    insert into organization (name, identity_key) values (tried_name, new_identity_key)
      on conflict do nothing returning id into made_organization;
    exit when made_organization is not null;
    n := n + 1;
    tried_name := organization_name || ' ' || n;
  end loop;
  insert into membership (organization_id, user_id, role) values (made_organization, made_user, 'admin');
  return query select made_user, made_organization;
end $$""",
    # As create_account, but only while nobody exists; of two first starts at once, one wins.
    "create_first_account(text, text, text, text, bytea)": f"""
create or replace function create_first_account(
  new_email text, new_name text, new_hash text, organization_name text, new_identity_key bytea)
returns table (user_id bigint, organization_id int)
{HEAD} $$
begin
  perform pg_advisory_xact_lock(hashtext('hauberk.first_account'));
  if exists (select from user_account) then return; end if;
  return query select * from create_account(new_email, new_name, new_hash, organization_name, new_identity_key);
end $$""",
    # From the command line: a person (made when unknown) with a role in an organization.
    "add_member(int, text, text, text, text)": f"""
create or replace function add_member(
  to_organization int, new_email text, new_name text, new_hash text, new_role text) returns bigint
{HEAD} $$
declare made_user bigint;
begin
  insert into user_account (email, name, password_hash) values (new_email, new_name, new_hash) on conflict do nothing;
  select u.id into made_user from user_account u where u.email = new_email;
  insert into membership (organization_id, user_id, role) values (to_organization, made_user, new_role)
    on conflict on constraint membership_pkey do update set role = excluded.role, is_disabled = false;
  return made_user;
end $$""",
    "disable_user(text, bool)": f"""
create or replace function disable_user(given_email text, disabled bool) returns bigint
{HEAD} $$
declare found_user bigint;
begin
  update user_account u set is_disabled = disabled where u.email = given_email returning u.id into found_user;
  return found_user;
end $$""",
    "organizations()": f"""
create or replace function organizations()
returns table (id int, name text, created_at timestamptz)
{HEAD} $$
begin
  return query select o.id, o.name, o.created_at from organization o order by o.id;
end $$""",
    "find_invitation(bytea)": f"""
create or replace function find_invitation(given_hash bytea)
returns table (organization_id int, invitation_id bigint, organization_name text, email text, role text)
{HEAD} $$
begin
  return query select i.organization_id, i.id, o.name, i.email, i.role
    from invitation i join organization o on o.id = i.organization_id
    where i.token_hash = given_hash and i.accepted_at is null and i.expires_at > now();
end $$""",
    # Whoever already has an account proves it by its password first; this never changes that password.
    "accept_invitation(bytea, text, text)": f"""
create or replace function accept_invitation(given_hash bytea, new_name text, new_hash text)
returns table (user_id bigint, organization_id int)
{HEAD} $$
declare taken record; made_user bigint;
begin
  update invitation i set accepted_at = now()
    where i.token_hash = given_hash and i.accepted_at is null and i.expires_at > now() returning i.* into taken;
  if taken.id is null then return; end if;
  made_user := add_member(taken.organization_id, taken.email, new_name, new_hash, taken.role);
  return query select made_user, taken.organization_id;
end $$""",
    "create_sign_in_link(text, bytea, interval)": f"""
create or replace function create_sign_in_link(given_email text, new_hash bytea, lifetime interval) returns bigint
{HEAD} $$
declare found_user bigint;
begin
  select u.id into found_user from user_account u where u.email = given_email and not u.is_disabled;
  if found_user is not null then
    insert into sign_in_link (token_hash, user_id, expires_at) values (new_hash, found_user, now() + lifetime);
  end if;
  return found_user;
end $$""",
    "use_sign_in_link(bytea)": f"""
create or replace function use_sign_in_link(given_hash bytea)
returns table (user_id bigint, email text, name text)
{HEAD} $$
begin
  return query with used as (
    update sign_in_link l set used_at = now()
      where l.token_hash = given_hash and l.used_at is null and l.expires_at > now() returning l.user_id)
  select u.id, u.email, u.name from user_account u join used on used.user_id = u.id where not u.is_disabled;
end $$""",
    "sign_in_failures(text, interval)": f"""
create or replace function sign_in_failures(given_subject text, counted interval)
returns table (failures int, retry_after int)
{HEAD} $$
begin
  return query select a.failures, greatest(1, ceil(extract(epoch from a.window_started_at + counted - now()))::int)
    from sign_in_attempt a where a.subject = given_subject and a.window_started_at > now() - counted;
end $$""",
    "sign_in_failed(text, interval)": f"""
create or replace function sign_in_failed(given_subject text, counted interval) returns int
{HEAD} $$
declare so_far int;
begin
  insert into sign_in_attempt as a (subject, window_started_at, failures) values (given_subject, now(), 1)
  on conflict (subject) do update set
    failures = case when a.window_started_at > now() - counted then a.failures + 1 else 1 end,
    window_started_at = case when a.window_started_at > now() - counted then a.window_started_at else now() end
  returning a.failures into so_far;
  return so_far;
end $$""",
    "sign_in_succeeded(text)": f"""
create or replace function sign_in_succeeded(given_subject text) returns void
{HEAD} $$
begin
  delete from sign_in_attempt a where a.subject = given_subject;
end $$""",
    "sign_in_forgiven(text)": f"""
create or replace function sign_in_forgiven(given_subject text) returns void
{HEAD} $$
begin
  update sign_in_attempt a set failures = greatest(a.failures - 1, 0) where a.subject = given_subject;
end $$""",
    # The audit trail is append-only for the product: only this writes to a row again, once, to chain it.
    "seal_event(int, bigint, bigint, bytea)": f"""
create or replace function seal_event(of_organization int, of_event bigint, new_position bigint, new_hash bytea)
returns void
{HEAD} $$
begin
  update event e set chain_position = new_position, chain_hash = new_hash
    where e.organization_id = of_organization and e.id = of_event and e.chain_position is null;
end $$""",
}


def upgrade() -> None:
    for signature, body in FUNCTIONS.items():
        create_system_function(signature, body)
    op.execute("revoke update, delete on event from hauberk_app")


def downgrade() -> None:
    raise NotImplementedError("the first release has nothing before it")
