"""The supervisor on real servers: it stops cleanly, leaves nothing when it is killed, and starts again what crashes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from hauberk.infra.settings.home import Home

DRIVER = """
import sys
from hauberk.infra.embedded.lock import locked
from hauberk.infra.embedded.process import StartFailed
from hauberk.infra.embedded.servers import EmbeddedServers
from hauberk.infra.embedded.supervisor import StopAsked, Supervisor
from hauberk.infra.settings.loading import read_settings

settings = read_settings({"HAUBERK_HOME": sys.argv[1], "HAUBERK_ENVIRONMENT": "test"}, servers=False)
say = lambda line: print(line, flush=True)
try:
    with locked(settings.home):
        servers = EmbeddedServers(settings, is_throwaway=True)
        supervisor = Supervisor(say)
        supervisor.catch_signals()
        try:
            supervisor.start(servers.services)
            servers.home.write_servers(servers.addresses, settings.port)
            say("ready")
            supervisor.watch()
        except StopAsked:
            say("stopping")
        finally:
            supervisor.stop()
            servers.home.forget_servers()
        say("stopped")
except StartFailed as error:
    sys.exit(error.message)
"""
SECONDS = 30


class Run:
    """One supervisor in a process group of its own, as a terminal would have it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def until(self, line: str) -> None:
        for said in self.process.stdout:
            if line in said:
                return
        raise AssertionError(self.process.stderr.read())

    def end(self) -> tuple[str, str]:
        return self.process.communicate(timeout=SECONDS)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("a home with a space")


@pytest.fixture
def run(home):
    runs = []

    def start() -> Run:
        runs.append(Run(home))
        return runs[-1]

    yield start
    for each in runs:
        if each.process.poll() is None:
            each.process.send_signal(signal.SIGTERM)
            each.end()
        each.process.stdout.close()
        each.process.stderr.close()
    assert eventually(lambda: not processes_of(home))


def processes_of(home: Path) -> list[str]:
    told = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in told.splitlines() if str(home) in line]


def eventually(condition) -> bool:
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def database(home: Path) -> psycopg.Connection:
    return psycopg.connect(Home(home).running().servers["database"]["owner_url"])


@pytest.mark.long
def test_ctrl_c_in_the_terminal_stops_all_cleanly_and_a_second_start_is_quick(home, run):
    first = run()
    first.until("ready")
    os.killpg(first.process.pid, signal.SIGINT)
    said, _ = first.end()
    assert "stopped" in said
    assert first.process.returncode == 0
    assert processes_of(home) == []
    assert "database system is shut down" in (home / "logs" / "postgres.log").read_text()

    began = time.monotonic()
    again = run()
    again.until("ready")
    assert time.monotonic() - began < 30


@pytest.mark.long
def test_a_killed_supervisor_leaves_nothing_and_the_data_is_found_again(home, run):
    first = run()
    first.until("ready")
    with database(home) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    first.process.kill()
    first.end()
    assert eventually(lambda: not processes_of(home))
    assert Home(home).running().servers == {}

    second = run()
    second.until("ready")
    with database(home) as connection:
        assert connection.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)


@pytest.mark.long
def test_a_start_right_after_the_kill_waits_for_what_is_still_stopping(home, run):
    first = run()
    first.until("ready")
    first.process.kill()
    second = run()
    second.until("ready")


@pytest.mark.long
def test_a_second_one_on_the_same_home_is_refused_with_the_number_of_the_first(home, run):
    first = run()
    first.until("ready")
    second = run()
    _, sentence = second.end()
    assert second.process.returncode == 1
    assert f"process {first.process.pid}" in sentence


@pytest.mark.long
def test_a_killed_database_is_started_again(home, run):
    first = run()
    first.until("ready")
    killed = postmaster(home)
    os.kill(killed, signal.SIGKILL)
    first.until("postgres ended unexpectedly")
    assert eventually(lambda: _answers(home))
    assert postmaster(home) != killed


@pytest.mark.long
def test_a_killed_shim_takes_its_program_with_it_and_is_started_again(home, run):
    first = run()
    first.until("ready")
    shim = next(line for line in processes_of(home) if "shim.py" in line and "queue" in line)
    os.kill(int(shim.split()[0]), signal.SIGKILL)
    first.until("queue ended unexpectedly")
    assert eventually(lambda: sum("shim.py" in line and "queue" in line for line in processes_of(home)) == 1)


@pytest.mark.long
def test_a_lock_of_a_process_number_that_something_else_has_now_is_no_obstacle(home, run):
    first = run()
    first.until("ready")
    lock = home / "postgres" / "postmaster.pid"
    stale = lock.read_text().replace(str(postmaster(home)), str(os.getpid()), 1)
    first.process.send_signal(signal.SIGTERM)
    first.end()
    lock.write_text(stale)
    run().until("ready")


@pytest.mark.long
def test_secrets_that_do_not_fit_the_data_are_said_as_such(home, run):
    first = run()
    first.until("ready")
    first.process.send_signal(signal.SIGTERM)
    first.end()
    secrets = home / "secrets.json"
    kept = secrets.read_text()
    secrets.unlink()
    try:
        _, sentence = run().end()
    finally:
        secrets.write_text(kept)
    assert "do not fit the database" in sentence


def _answers(home: Path) -> bool:
    try:
        database(home).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.long
def test_what_cannot_be_prepared_now_is_tried_again_and_ends_nothing_else(home, run):
    """A database folder that has lost its version file is taken for none, and another cannot be put in its place."""
    first = run()
    first.until("ready")
    version = home / "postgres" / "PG_VERSION"
    hidden = version.rename(home / "hidden")
    os.kill(postmaster(home), signal.SIGKILL)
    first.until("postgres cannot be started")
    assert first.process.poll() is None
    hidden.rename(version)
    assert eventually(lambda: _answers(home))
