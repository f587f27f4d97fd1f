"""What must be true of every table: the tenant leads, row-level security guards, words are the glossary's."""

import re

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from hauberk.db import models  # noqa: F401 — registers the tables
from hauberk.db.base import Model
from hauberk.db.sealed import sealed_columns
from hauberk.db.url import driver_url

# Of the installation, not of a tenant.
GLOBAL = {
    "installation", "organization", "user_account", "sign_in_link", "sign_in_attempt", "leader_lease", "schedule_run",
    "process_heartbeat", "readiness_link", "readiness_record", "attestation", "waiver", "readiness_assignment", "readiness_report",
    "feed", "feed_entry",
}  # fmt: skip
# Found before the tenant is known, by a value that is unique in the world.
UNIQUE_ANYWHERE = {
    "session_hash_key",
    "token_public_id_key",
    "client_secret_public_id_key",
    "invitation_token_hash_key",
}


@pytest.fixture
def catalogue(owner_url):
    with create_engine(driver_url(owner_url), poolclass=NullPool).connect() as connection:
        yield lambda statement: list(connection.execute(text(statement)))


def tenant_tables():
    return [table for table in Model.metadata.sorted_tables if table.name not in GLOBAL]


def test_the_organization_leads_every_primary_key():
    assert [
        table.name for table in tenant_tables() if next(iter(table.primary_key)).name != "organization_id"
    ] == []


def test_the_organization_leads_every_unique_key():
    wrong = [
        index.name
        for table in tenant_tables()
        for index in table.indexes
        if index.unique
        and next(iter(index.columns)).name != "organization_id"
        and index.name not in UNIQUE_ANYWHERE
    ]
    assert wrong == []


def test_foreign_keys_between_tenant_tables_stay_inside_the_tenant():
    names = {table.name for table in tenant_tables()}
    wrong = [
        str(key)
        for table in tenant_tables()
        for key in table.foreign_key_constraints
        if key.referred_table.name in names and "organization_id" not in key.column_keys
    ]
    assert wrong == []


def test_a_rotation_counts_every_column_of_encrypted_values(catalogue):
    (count, find) = (
        body
        for (body,) in catalogue(
            "select prosrc from pg_proc where proname like 'sealed\\_%' order by proname"
        )
    )
    columns = sealed_columns(Model.metadata.sorted_tables)
    assert len(columns) >= 2
    for table, column in columns:
        assert re.search(rf"\.{column.name}\b.* from {table.name} ", count), f"{table.name}.{column.name}"
        assert re.search(rf"\.{column.name}\b.* from {table.name} ", find), f"{table.name}.{column.name}"


def test_no_column_is_called_status():
    assert [
        f"{t.name}.{c.name}" for t in Model.metadata.sorted_tables for c in t.columns if c.name == "status"
    ] == []


def test_row_level_security_is_forced_on_every_tenant_table(catalogue):
    guarded = {
        row.relname
        for row in catalogue(
            "select c.relname from pg_class c join pg_policy p on p.polrelid = c.oid"
            " where c.relrowsecurity and c.relforcerowsecurity and p.polname = 'tenant'"
        )
    }
    assert {table.name for table in tenant_tables()} - guarded == set()


def test_there_is_one_canonical_policy(catalogue):
    conditions = {
        row.condition
        for row in catalogue(
            "select pg_get_expr(p.polqual, p.polrelid) as condition from pg_policy p join pg_class c on c.oid = p.polrelid"
            " where p.polname = 'tenant' and c.relname not in ('organization', 'user_account')"
        )
    }
    assert len(conditions) == 1


def test_the_app_role_owns_nothing_and_bypasses_nothing(catalogue):
    roles = catalogue(
        "select rolname from pg_roles where rolname in ('hauberk_app', 'hauberk_system')"
        " and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)"
    )
    owned = catalogue(
        "select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'hauberk_app'"
    )
    assert (roles, owned) == ([], [])


def test_definer_functions_pin_their_search_path(catalogue):
    loose = catalogue(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
        " and not coalesce(proconfig::text, '') like '%search_path=%'"
    )
    assert loose == []
