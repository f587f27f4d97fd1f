"""The servers of a large installation, started for real: a primary with a streaming replica, PgBouncer, a cluster of Valkeys."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from fixtures.nodes import free_port, installed
from hauberk.db import migrate
from hauberk.infra.embedded import providers
from hauberk.infra.embedded.identity import identity_for, owned_by_identity
from hauberk.infra.embedded.process import Process, Program
from hauberk.infra.embedded.servers import EmbeddedServers, start
from hauberk.infra.settings.loading import read_settings

SECONDS = 60


@dataclass
class Pair:
    """A primary and its replica; `pause` and `resume` hold back what the replica replays."""

    owner_url: str
    url: str
    replica_url: str
    superuser_url: str
    replica_superuser_url: str
    replica: Process

    def pause(self) -> None:
        self._on_replica("select pg_wal_replay_pause()")
        while self._on_replica("select pg_get_wal_replay_pause_state()") != "paused":
            time.sleep(0.05)

    def resume(self) -> None:
        self._on_replica("select pg_wal_replay_resume()")

    def caught_up(self) -> None:
        with psycopg.connect(self.superuser_url) as connection:
            place = connection.execute("select pg_current_wal_insert_lsn()").fetchone()
        deadline = time.monotonic() + SECONDS
        while self._on_replica(f"select pg_last_wal_replay_lsn() >= '{place[0]}'") is not True:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _on_replica(self, statement: str) -> object:
        with psycopg.connect(self.replica_superuser_url, autocommit=True) as connection:
            return connection.execute(statement).fetchone()[0]


@contextmanager
def primary_and_replica(folder: Path) -> Iterator[Pair]:
    settings = read_settings(
        {"HAUBERK_ENVIRONMENT": "test", "HAUBERK_HOME": str(folder / "primary")}, servers=False
    )
    servers = EmbeddedServers(settings, is_throwaway=True)
    postgres = servers.postgres
    assert postgres is not None
    processes: list[Process] = []
    try:
        start([postgres], processes)
        migrate.upgrade(postgres.owner_url, environment="test")
        sockets = folder / "s"
        sockets.mkdir(mode=0o700)
        replica = _copy(postgres, folder, sockets)
        processes.append(replica)

        def there(url: str) -> str:
            return url.replace(str(postgres.sockets).replace("/", "%2F"), str(sockets).replace("/", "%2F"))

        pair = Pair(
            postgres.owner_url,
            postgres.app_url,
            there(postgres.app_url),
            postgres.superuser_url,
            there(postgres.superuser_url),
            replica,
        )
        _until_it_answers(pair.replica_superuser_url, replica)
        yield pair
    finally:
        for process in reversed(processes):
            process.stop()


def _copy(postgres, folder: Path, sockets: Path) -> Process:
    data = folder / "replica"
    hba = postgres.folder / "pg_hba.conf"
    hba.write_text(hba.read_text() + "local replication all scram-sha-256\n")
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute("select pg_reload_conf()")
    where = postgres.superuser_url.replace("/postgres?", "/?")
    binaries = providers.postgres_binaries()
    subprocess.run(
        [
            binaries / "pg_basebackup",
            "-D",
            data,
            "-R",
            "-C",
            "-S",
            "replica",
            "-X",
            "stream",
            "-c",
            "fast",
            "-d",
            where,
        ],
        check=True,
        capture_output=True,
    )
    configuration = data / "hauberk.conf"
    lines = [line for line in configuration.read_text().splitlines() if "unix_socket_directories" not in line]
    configuration.write_text("\n".join([*lines, f"unix_socket_directories = '{sockets}'", ""]))
    data.chmod(0o700)
    identity = identity_for(data, binaries)
    owned_by_identity(identity, data, sockets)
    return Process(
        Program(
            name="replica",
            command=[str(binaries / "postgres"), "-D", str(data)],
            log=folder / "replica.log",
            environment=providers.POSTGRES_ENVIRONMENT,
            stop_signal=2,
            identity=identity,
        )
    )


def _until_it_answers(url: str, process: Process) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert process.exit_code() is None, process.last_words()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@contextmanager
def pgbouncer(folder: Path, url: str) -> Iterator[str]:
    """Transaction pooling with eight server connections; the address by way of it."""
    program = installed("pgbouncer")
    port = free_port()
    where = psycopg.conninfo.conninfo_to_dict(url)
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{where["user"]}" "{where["password"]}"\n')
    configuration.write_text(
        "[databases]\n"
        f"{where['dbname']} = host={where['host']} port=5432\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = plain\nauth_file = {users}\n"
        "pool_mode = transaction\ndefault_pool_size = 8\nmax_client_conn = 500\nignore_startup_parameters ="
        " extra_float_digits,options\n"
    )
    identity = identity_for(folder, Path(program).parent)  # it refuses to run as root
    owned_by_identity(identity, folder)
    command = [program, str(configuration)]
    process = Process(
        Program(name="pgbouncer", command=command, log=folder / "pgbouncer.log", identity=identity)
    )
    through = f"postgresql://{where['user']}:{where['password']}@127.0.0.1:{port}/{where['dbname']}"
    try:
        _until_it_answers(through, process)
        yield through
    finally:
        process.stop()


@contextmanager
def valkey_cluster(folder: Path, nodes: int = 3) -> Iterator[str]:
    """Three masters that share the slots; the address of one of them."""
    binary = str(providers.valkey_binary())
    ports = [free_port() for _ in range(nodes)]
    processes = []
    for number, port in enumerate(ports):
        home = folder / f"node{number}"
        home.mkdir()
        command = [
            binary,
            "--port",
            str(port),
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            str(free_port()),
        ]
        options = ["--bind", "127.0.0.1", "--dir", str(home), "--save", "", "--maxmemory", "64mb"]
        program = [*command, *options, "--maxmemory-policy", "allkeys-lfu"]
        processes.append(
            Process(Program(name=f"valkey{number}", command=program, log=folder / f"valkey{number}.log"))
        )
    clients = [redis.Redis(port=port, decode_responses=True) for port in ports]
    try:
        _join(clients, ports)
        yield f"redis://127.0.0.1:{ports[0]}/0?cluster=true"
    finally:
        for client in clients:
            client.close()
        for process in processes:
            process.stop()


def _join(clients: list[redis.Redis], ports: list[int]) -> None:
    share = 16384 // len(clients)
    deadline = time.monotonic() + SECONDS
    for number, client in enumerate(clients):
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        last = 16383 if number == len(clients) - 1 else (number + 1) * share - 1
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", number * share, last)
        client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for port, client in zip(ports[1:], clients[1:], strict=True):
        bus = client.config_get("cluster-port")["cluster-port"]
        clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port, bus)
    while not all("cluster_state:ok" in client.execute_command("CLUSTER", "INFO") for client in clients):
        assert time.monotonic() < deadline
        time.sleep(0.1)
