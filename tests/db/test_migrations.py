"""Migrations: from empty to head, no drift from the models, one process at a time, and linted as they run."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from hauberk.db import migrate
from hauberk.db.url import driver_url
from hauberk.infra.settings.secret_keys import new_secret

# What squawk asks of a schema that is in use; the baseline makes tables that nobody reads yet.
EXCLUDED_RULES = (
    "prefer-robust-stmts",  # everything runs in one transaction
    "require-concurrent-index-creation",  # the tables are new
    "require-concurrent-index-deletion",  # until the first release nobody has rows in them
    "prefer-identity",  # alembic writes bigserial for autoincrement
    "prefer-text-field",  # alembic's own version table
    "prefer-bigint-over-smallint",  # coded words
    "prefer-bigint-over-int",  # organization_id and small counters are ints on purpose
    "require-timeout-settings",  # env.py sets lock_timeout for every migration
)


@pytest.fixture
def empty(empty_database):
    return empty_database.owner_url


@pytest.mark.long
def test_from_empty_to_head_and_again_changes_nothing(empty):
    migrate.upgrade(empty, environment="test")
    assert migrate.current(empty) == migrate.head()
    migrate.upgrade(empty, environment="test")
    assert migrate.current(empty) == migrate.head()


def test_the_models_and_the_schema_are_one(owner_url):
    try:
        command.check(migrate._config(owner_url))
    except CommandError as drift:
        pytest.fail(str(drift))


@pytest.mark.long
def test_several_processes_that_migrate_at_once_wait_for_each_other(empty):
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate.upgrade, empty, environment="test") for _ in range(4)]:
            done.result()
    assert migrate.current(empty) == migrate.head()


@pytest.mark.long
def test_a_database_of_another_environment_is_refused(empty):
    migrate.upgrade(empty, environment="test")
    with pytest.raises(migrate.WrongEnvironmentError, match="belongs to environment 'test'"):
        migrate.upgrade(empty, environment="production")


@pytest.mark.long
def test_a_schema_of_a_later_release_is_left_as_it_is_and_its_environment_still_counts(empty):
    migrate.upgrade(empty, environment="test")
    later = f"{int(migrate.head()) + 1:04}"
    with create_engine(driver_url(empty), poolclass=NullPool).begin() as connection:
        connection.execute(text("update alembic_version set version_num = :later"), {"later": later})
    migrate.upgrade(empty, environment="test")
    assert migrate.current(empty) == later
    assert migrate.is_ahead(later)
    assert not migrate.is_ahead(migrate.head())
    assert not migrate.is_ahead("unknown")
    with pytest.raises(migrate.WrongEnvironmentError):
        migrate.upgrade(empty, environment="production")


@pytest.mark.long
def test_alembic_works_as_typed_and_stamps_the_environment(empty):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")}
    given = {
        "HAUBERK_ENVIRONMENT": "staging",
        "HAUBERK_PUBLIC_URL": "https://hauberk.example.org",
        "HAUBERK_DATABASE_URL": empty,
        "HAUBERK_SECRET_KEYS": new_secret(),
    }
    typed = [Path(sys.executable).with_name("alembic"), "upgrade", "head"]
    subprocess.run(typed, cwd=Path(__file__).parents[2], env={**kept, **given}, check=True)
    assert migrate.current(empty) == migrate.head()
    with pytest.raises(migrate.WrongEnvironmentError, match="belongs to environment 'staging'"):
        migrate.upgrade(empty, environment="test")


@pytest.mark.long
def test_what_migrations_run_is_linted(empty, tmp_path: Path):
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement.strip().rstrip(";") + ";")

    event.listen(Engine, "before_cursor_execute", note)
    try:
        migrate.upgrade(empty, environment="test")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    schema = [each for each in statements if each.lower().startswith(("create", "alter", "drop"))]
    assert len(schema) > 80
    script = tmp_path / "upgrade.sql"
    script.write_text("\n".join(schema).replace("%%", "%"))
    excluded = [f"--exclude={','.join(EXCLUDED_RULES)}"]
    result = subprocess.run(
        [Path(sys.executable).with_name("squawk"), *excluded, script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-500:]


@pytest.mark.long
def test_json_nulls_of_earlier_versions_become_nothing(empty):
    config = migrate._config(empty)
    command.upgrade(config, "0027")
    engine = create_engine(driver_url(empty), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        connection.execute(text("insert into organization (id, name, identity_key) values (1, 'Test', '')"))
        connection.execute(text("set local hauberk.organization_id = '1'"))
        connection.execute(
            text(
                "insert into scan (organization_id, requested, state, held, error, sha256, size_bytes)"
                " values (1, '{}', 'done', 'null', null, '', 0), (1, '{}', 'held', '{\"reason\": \"empty\"}', 'null', '', 0)"
            )
        )
    migrate.upgrade(empty, environment="test")
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        rows = connection.execute(
            text("select held->>'reason', held is null, error is null from scan order by id")
        )
        assert [tuple(row) for row in rows] == [(None, True, True), ("empty", False, True)]
    engine.dispose()


@pytest.mark.long
def test_each_asset_of_earlier_versions_waits_for_its_components(empty):
    command.upgrade(migrate._config(empty), "0036")
    engine = create_engine(driver_url(empty), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        for number in (1, 2):
            connection.execute(
                text("insert into organization (id, name, identity_key) values (:id, 'Test ' || :id, '')"),
                {"id": number},
            )
            connection.execute(text(f"set local hauberk.organization_id = '{number}'"))
            connection.execute(
                text(
                    "insert into asset (organization_id, name, name_key, kind, default_ref, deleted_at) values"
                    " (:id, 'a', 'a', 'repository', 'main', null), (:id, 'b', 'b', 'repository', 'main', now())"
                ),
                {"id": number},
            )
    migrate.upgrade(empty, environment="test")
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_app"))
        for number in (1, 2):
            connection.execute(text(f"set local hauberk.organization_id = '{number}'"))
            marked = "select a.name from component_mark m join asset a on a.id = m.asset_id"
            assert connection.scalars(text(marked)).all() == ["a"]
    engine.dispose()


@pytest.mark.long
def test_an_app_without_an_organization_sees_no_row_and_may_create_nothing(empty):
    migrate.upgrade(empty, environment="test")
    engine = create_engine(driver_url(empty), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set local role hauberk_app"))
        assert connection.scalar(text("select count(*) from asset")) == 0
        assert not connection.scalar(text("select has_schema_privilege('hauberk_app', 'public', 'create')"))
    engine.dispose()
