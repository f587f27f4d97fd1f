"""Readiness of the schema: behind, ahead and unlinted is told apart; another environment's database or secret fails."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from fixtures.readiness import answer_of, with_settings
from hauberk.db import checks
from hauberk.db.url import driver_url
from hauberk.infra.readiness import Result
from hauberk.infra.readiness.evidence import ReleaseEvidence
from hauberk.infra.settings.sections import Environment

pytestmark = pytest.mark.anyio


def suites(**migrations):
    return ReleaseEvidence(
        {"suites-all": {"migrations": {"tests": 9, "failed": 0, "skipped": 0, **migrations}}}
    )


@pytest.fixture
def built(monkeypatch):
    """A build whose checks ended so."""

    def with_evidence(evidence):
        async def released(_probe):
            return evidence

        monkeypatch.setattr(checks, "released", released)

    return with_evidence


async def test_a_linted_schema_at_head_passes(probe, built):
    built(suites())
    answer = await answer_of(probe, "DEL-6")
    assert (answer.result, answer.kind) == (Result.PASS, "record"), answer.evidence


@pytest.mark.breaks("DEL-6")
async def test_migrations_whose_tests_failed_fail(probe, built):
    built(suites(failed=1))
    answer = await answer_of(with_settings(probe, environment=Environment.PRODUCTION), "DEL-6")
    assert answer.result is Result.FAIL
    assert "1 failed" in answer.evidence


@pytest.mark.parametrize("evidence", [ReleaseEvidence({}, "Evidence of another build"), suites(tests=0)])
async def test_without_the_lint_of_this_build_nothing_passes(probe, built, evidence):
    built(evidence)
    assert (await answer_of(probe, "DEL-6")).result is Result.WARN


async def test_a_schema_of_a_later_release_is_a_rollback(probe, monkeypatch):
    monkeypatch.setattr(checks.migrate, "is_ahead", lambda revision: True)
    answer = await answer_of(probe, "DEL-6")
    assert (answer.result, "later release" in answer.evidence) == (Result.WARN, True)


@pytest.mark.breaks("INF-4")
@pytest.mark.parametrize("wrong", ["the stamp", "a shared secret"])
async def test_what_two_environments_share_fails(probe, wrong):
    ours = tuple(probe.inside.settings.key_ring.fingerprints().values())
    broken = (
        with_settings(probe, environment=Environment.PRODUCTION)
        if wrong == "the stamp"
        else with_settings(probe, sibling_fingerprints=ours)
    )
    answer = await answer_of(broken, "INF-4")
    assert answer.result in (Result.FAIL, Result.WARN)
    assert (
        "Another environment has" if wrong == "a shared secret" else "The database is test's"
    ) in answer.evidence


async def test_secrets_that_no_other_environment_has_pass(probe):
    answer = await answer_of(with_settings(probe, sibling_fingerprints=("0123456789abcdef",)), "INF-4")
    assert answer.result is Result.PASS, answer.evidence


CANONICAL = "(organization_id = nullif(current_setting('hauberk.organization_id', true), '')::int)"
DRIFTS = {
    "security is off on comment": (
        "alter table comment disable row level security",
        "alter table comment enable row level security",
    ),
    "security is off on event": (
        "alter table event no force row level security",
        "alter table event force row level security",
    ),
    "another on scan": (
        "drop policy tenant on scan",
        f"create policy tenant on scan to hauberk_app using {CANONICAL}",
    ),
    "another on token": (
        "alter policy tenant on token using (true)",
        f"alter policy tenant on token using {CANONICAL}",
    ),
    "another on finding": (
        "create policy report on finding for select to public using (true)",
        "drop policy report on finding",
    ),
    "triggers are switched off": (
        "alter table finding disable trigger user",
        "alter table finding enable trigger user",
    ),
    "gone: scan.accepted_at": (
        "alter table scan rename accepted_at to taken_at",
        "alter table scan rename taken_at to accepted_at",
    ),
    "gone: comment_organization_id_finding_id_fkey of comment": (
        "alter table comment rename constraint comment_organization_id_finding_id_fkey to comment_other_fkey",
        "alter table comment rename constraint comment_other_fkey to comment_organization_id_finding_id_fkey",
    ),
    "may be empty: finding.severity": (
        "alter table finding alter column severity drop not null",
        "alter table finding alter column severity set not null",
    ),
    "triggers are switched off: finding_insert_counts of finding": (
        "alter table finding enable replica trigger finding_insert_counts",
        "alter table finding enable trigger finding_insert_counts",
    ),
    "triggers are gone: finding_insert_counts": (
        "alter trigger finding_insert_counts on finding rename to finding_insert_nothing",
        "alter trigger finding_insert_nothing on finding rename to finding_insert_counts",
    ),
    "functions are gone or altered: organizations": (
        "alter function organizations() set search_path = public",
        "alter function organizations() set search_path = pg_catalog, public",
    ),
    "a crash empties due_policy (unlogged)": (
        "alter table due_policy set unlogged",
        "alter table due_policy set logged",
    ),
    "autovacuum is off for comment": (
        "alter table comment set (autovacuum_enabled = off)",
        "alter table comment reset (autovacuum_enabled)",
    ),
    "everybody may run, as their owner, organizations": (
        "grant execute on function organizations() to public",
        "revoke execute on function organizations() from public",
    ),
    "may not write comment": (
        "revoke delete on comment from hauberk_app",
        "grant delete on comment to hauberk_app",
    ),
    "may not use comment_id_seq": (
        "revoke usage on sequence comment_id_seq from hauberk_app",
        "grant usage on sequence comment_id_seq to hauberk_app",
    ),
    "may not use organizations": (
        "revoke execute on function organizations() from hauberk_app",
        "grant execute on function organizations() to hauberk_app",
    ),
    "everybody has rights on comment": (
        "grant select on comment to public",
        "revoke all on comment from public",
    ),
    "role owns comment": (
        "alter table comment owner to hauberk_app",
        (
            "alter table comment owner to hauberk_owner;"
            " grant select, insert, update, delete on comment to hauberk_app;"
            " grant usage on sequence comment_id_seq to hauberk_app"
        ),
    ),
    "may empty comment": (
        "grant truncate on comment to hauberk_app",
        "revoke truncate on comment from hauberk_app",
    ),
    "may change what is only ever added to: event": (
        "grant update (action) on event to hauberk_app",
        "revoke update (action) on event from hauberk_app",
    ),
    "may not read comment": (
        "revoke select on comment from hauberk_app",
        "grant select on comment to hauberk_app",
    ),
    "session_replication_role is replica": (
        "do $$ begin execute format('alter database %I set session_replication_role = replica', current_database()); end $$",
        "do $$ begin execute format('alter database %I reset session_replication_role', current_database()); end $$",
    ),
    # A role belongs to the whole server: to change the product's own would change it for every test that runs beside this.
    "may become, hauberk_exempt, which": (
        "create role hauberk_exempt bypassrls; grant hauberk_exempt to hauberk_app",
        "drop role hauberk_exempt",
    ),
    "reaches the server's files: hauberk_maker": (
        "create role hauberk_maker createrole; grant hauberk_maker to hauberk_app",
        "drop role hauberk_maker",
    ),
    "may become, hauberk_almighty, which": (
        "create role hauberk_almighty superuser; grant hauberk_almighty to hauberk_app",
        "drop role hauberk_almighty",
    ),
}


@pytest.fixture
def by_hand(servers, owner_url):
    """As an administrator of the server does it, in this database."""
    superuser = driver_url(servers.superuser_url).set(database=driver_url(owner_url).database)

    def run(statement):
        with create_engine(superuser, poolclass=NullPool).begin() as connection:
            connection.execute(text("set lock_timeout = '5s'"))
            connection.execute(text(statement))

    return run


@pytest.mark.breaks("DEL-6")
@pytest.mark.parametrize("words", DRIFTS)
async def test_a_schema_that_somebody_changed_by_hand_fails(probe, by_hand, words):
    change, undo = DRIFTS[words]
    by_hand(change)
    try:
        answer = await answer_of(with_settings(probe, environment=Environment.PRODUCTION), "DEL-6")
    finally:
        by_hand(undo)
    assert answer.result is Result.FAIL
    assert words in answer.evidence


@pytest.mark.breaks("INF-2")
async def test_a_limit_of_the_database_that_the_pools_exceed_fails(probe, by_hand):
    limit = "do $$ begin execute format('alter database %I connection limit {}', current_database()); end $$"
    by_hand(limit.format(25))
    try:
        answer = await answer_of(with_settings(probe, environment=Environment.PRODUCTION), "INF-2")
    finally:
        by_hand(limit.format(-1))
    assert answer.result is Result.FAIL, answer.evidence
    assert "of 25 connections" in answer.evidence
    assert "CONNECTION LIMIT" in answer.advice
