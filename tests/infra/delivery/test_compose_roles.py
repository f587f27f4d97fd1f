"""The roles that the compose installation makes: each can do its work, and the one for backups no more than read."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from fixtures.servers import make_settings
from hauberk.db import migrate
from hauberk.infra.backup import Kind, create_backup, create_base, list_backups, verify_backup
from hauberk.infra.backup.archiver import Archiver
from hauberk.infra.embedded.providers import postgres_tool
from hauberk.infra.embedded.servers import running
from hauberk.infra.settings.loading import read_settings
from hauberk.infra.storage import open_storage

SCRIPT = Path(__file__).parents[3] / "deploy/compose/postgres/roles.sh"
PASSWORDS = {"owner": "owner-1", "app": "app-1", "backup": "backup-1"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory, queue_url, cache_url):
    """A server that is nobody's yet, prepared by the script's own statements."""
    folder = tmp_path_factory.mktemp("compose")
    nobodys = {"HAUBERK_ENVIRONMENT": "test", "HAUBERK_HOME": str(folder / "server")}
    other = {"HAUBERK_QUEUE_URL": queue_url, "HAUBERK_CACHE_URL": cache_url}
    with running(read_settings({**nobodys, **other}, servers=False), is_throwaway=True) as servers:
        server = servers.postgres
        with psycopg.connect(server.superuser_url, autocommit=True) as connection:
            connection.execute("DROP DATABASE hauberk")
            for role in ("hauberk_owner", "hauberk_app", "hauberk_system"):
                connection.execute(f"DROP OWNED BY {role} CASCADE")
                connection.execute(f"DROP ROLE {role}")
        run_statements(server)
        access = server.folder / "pg_hba.conf"
        line = re.search(r"echo '(host replication [^']*)'", SCRIPT.read_text()).group(1)
        access.write_text(
            access.read_text() + line.replace("host", "local", 1).replace(" all scram", " scram") + "\n"
        )
        with psycopg.connect(server.superuser_url, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
        urls = {name: server.url(f"hauberk_{name}", password) for name, password in PASSWORDS.items()}
        migrate.upgrade(urls["owner"], environment="test")
        yield make_settings(
            folder / "home",
            urls["owner"],
            urls["app"],
            queue_url,
            cache_url,
            HAUBERK_DATABASE_BACKUP_URL=urls["backup"],
            HAUBERK_BACKUP_POINT_IN_TIME="true",
        )


def run_statements(server):
    statements = SCRIPT.read_text().split("<<'SQL'\n")[1].split("\nSQL\n")[0]
    given = [f"--set={name}={password}" for name, password in PASSWORDS.items()]
    told = subprocess.run(
        [postgres_tool("psql"), "--set=ON_ERROR_STOP=1", "--no-psqlrc", server.superuser_url, *given],
        input=statements,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.long
def test_the_backup_role_dumps_all_tenants_and_verifies(installation, tmp_path):
    (tmp_path / "report").write_bytes(b"report")
    open_storage(installation).write_file(tmp_path / "report")
    made = create_backup(installation)
    assert made.files == 1
    manifest = verify_backup(installation, made.name)
    assert manifest["contents"]["installation"][0] == 1


@pytest.mark.long
def test_the_backup_role_takes_a_base_and_archives_every_change(installation):
    work = Archiver(installation)
    with work.receiving():
        work.deliver()
    assert list_backups(installation, Kind.BASE)[0].origin.superuser == "postgres"
    assert work.archive.segments()
    create_base(installation)
    work.end()


@pytest.mark.long
def test_the_backup_role_changes_nothing(installation):
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(installation.database.backup_url) as connection, refused:
        connection.execute("UPDATE installation SET environment = 'production'")


def test_the_app_role_owns_nothing_and_passes_no_policy(installation):
    with psycopg.connect(installation.database.backup_url) as connection:
        app = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,"
            " (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid) FROM pg_roles WHERE rolname = 'hauberk_app'"
        ).fetchone()
    assert app == (False, False, False, False, False, 0)
