"""`hauberk serve` on real servers: three web servers, HTTPS with its redirect, a crash that nobody notices."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from fixtures.certificates import make_certificate
from fixtures.nodes import SECONDS, answer, free_port, operator_environment, serve_command, started
from hauberk.infra.settings.secret_keys import new_secret

BY_HAND = ("gunicorn", "-k", "uvicorn.workers.UvicornWorker", "-w", "2")


@pytest.fixture
def environment(servers, database_url, owner_url, queue_url, cache_url, tmp_path):
    """What an operator sets."""
    return {
        **operator_environment(),
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_HOME": str(tmp_path / "home"),
        "HAUBERK_DATABASE_URL": database_url,
        "HAUBERK_DATABASE_POOL_MIN": "0",
        "HAUBERK_QUEUE_URL": queue_url,
        "HAUBERK_CACHE_URL": cache_url,
        "HAUBERK_SECRET_KEYS": new_secret(),
        "HAUBERK_PORT": str(free_port()),
        "HAUBERK_HTTP_DRAIN_SECONDS": "2",
        "HAUBERK_HTTP_NOTICE_SECONDS": "0",
        "HAUBERK_RATE_LIMIT_DEFAULT": "100000/minute",  # what other tests asked is counted by the same server
    }


@pytest.fixture
def certificate(tmp_path):
    made = make_certificate(tmp_path)
    return made.chain, made.key


def serving(environment, *arguments):
    return started(serve_command(*arguments), environment)


@pytest.mark.long
@pytest.mark.parametrize("server", ["granian", "gunicorn", "uvicorn"])
def test_a_port_that_somebody_has_is_not_shared_and_it_says_how_to_choose_another(environment, server):
    """As another Hauberk has it, which would let Granian in beside it."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", int(environment["HAUBERK_PORT"])))
        taken.listen()
        command = serve_command("--server", server)
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    assert ended.returncode == 1
    assert f"Port {environment['HAUBERK_PORT']} on 127.0.0.1 is in use by another program." in ended.stderr
    assert "hauberk serve --port" in ended.stderr
    assert "HAUBERK_PORT=" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.long
@pytest.mark.parametrize("server", ["granian", "gunicorn", "uvicorn"])
def test_each_web_server_outlives_a_crash_and_a_hangup_and_stops_with_notice(environment, server):
    """One start of each, for it takes seconds: Granian is the one whose crashes we make good, Uvicorn knows no hangup."""
    environment |= {"HAUBERK_HTTP_NOTICE_SECONDS": "3", "HAUBERK_WORKERS": "2"}
    address = f"http://127.0.0.1:{environment['HAUBERK_PORT']}"
    with serving(environment, "--server", server) as process:
        status, body = answer(f"{address}/health/ready", process)
        assert status == 200
        assert b'"database"' in body
        none_is_lost_after_a_refusal(environment["HAUBERK_PORT"])
        if server == "granian":
            one_crashes(address, process)
        if server != "uvicorn":
            all_are_replaced(address, process)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        while answer(f"{address}/health/ready", process)[0] != 503:
            assert time.monotonic() - began < 1.5
        assert answer(f"{address}/health/live", process)[0] == 200
        process.wait(SECONDS)
        assert time.monotonic() - began >= 2.5
    assert process.returncode in (0, -signal.SIGTERM)


def none_is_lost_after_a_refusal(port):
    """Who keeps his connection is told when it ends, though the report that he sent was not looked at."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, SECONDS)) as kept:
        for _ in range(40):
            kept.request(
                "POST", "/api/v1/scans", b"x" * 100_000, {"Content-Type": "multipart/form-data; boundary=b"}
            )
            refused = kept.getresponse()
            assert refused.status in {401, 429}
            refused.read()


def two_children(process):
    deadline = time.monotonic() + SECONDS
    while len(found := children(process.pid)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def one_crashes(address, process):
    """It is made good, and the other one answers meanwhile."""
    first, second = two_children(process)[:2]
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + SECONDS
    while len(now := [pid for pid in children(process.pid) if pid != first]) < 2:
        assert time.monotonic() < deadline
        assert answer(f"{address}/health/live", process)[0] == 200
        time.sleep(0.1)
    assert second in now


def all_are_replaced(address, process):
    """No request fails meanwhile."""
    before = set(two_children(process))
    process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + SECONDS
    while len(now := set(children(process.pid))) < 2 or now & before:
        assert time.monotonic() < deadline, f"{before} {now}"
        with urllib.request.urlopen(
            f"{address}/health/live", timeout=SECONDS
        ) as answered:  # it may wait for a new one
            assert answered.status == 200
        time.sleep(0.1)


@pytest.mark.long
def test_gunicorn_and_alembic_work_as_they_are_typed_in_a_checkout(environment, owner_url):
    checkout = Path(__file__).parents[2]
    environment |= {"HAUBERK_DATABASE_OWNER_URL": owner_url, "HAUBERK_WORKERS": "1"}
    scripts = Path(sys.executable).parent
    migrated = subprocess.run(
        [scripts / "alembic", "upgrade", "head"],
        env=environment,
        cwd=checkout,
        check=False,
        capture_output=True,
        text=True,
    )
    assert migrated.returncode == 0, migrated.stderr
    command = [*BY_HAND, "hauberk.api.app:app"]
    with started([scripts / command[0], *command[1:]], environment, cwd=checkout) as process:
        url = f"http://127.0.0.1:{environment['HAUBERK_PORT']}"
        assert answer(f"{url}/health/ready", process)[0] == 200
        assert len(children(process.pid)) >= 2
        assert b"http_requests_total" in answer(f"{url}/metrics", process)[1]
        with socket.create_connection(("127.0.0.1", int(environment["HAUBERK_PORT"])), SECONDS) as silent:
            time.sleep(0.5)  # accepted
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)  # told to stop
            silent.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert silent.recv(12) == b"HTTP/1.1 200"


@pytest.mark.long
@pytest.mark.parametrize(
    "command", [["hauberk", "serve"], [*BY_HAND, "hauberk.api.app:app"]], ids=["serve", "by hand"]
)
def test_in_production_a_database_without_a_schema_is_one_message_and_no_start(
    environment, empty_database, command
):
    environment |= {
        "HAUBERK_ENVIRONMENT": "production",
        "HAUBERK_PUBLIC_URL": "https://hauberk.example",
        "HAUBERK_SECRET_KEYS": new_secret(),
        "HAUBERK_DATABASE_URL": empty_database.url,
        "HAUBERK_SANDBOX": "partial",
    }
    checkout = Path(__file__).parents[2]
    scripts = Path(sys.executable).parent
    ended = subprocess.run(
        [scripts / command[0], *command[1:]],
        env=environment,
        cwd=checkout,
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert ended.returncode == 2, ended.stdout
    assert "Hauberk does not start in production" in ended.stderr
    assert "The database has no schema yet. Run 'hauberk migrate'." in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "readiness_check_failed" not in ended.stderr + ended.stdout


def test_gunicorn_by_hand_says_in_a_sentence_that_the_pools_do_not_fit(environment):
    command = [Path(sys.executable).parent / BY_HAND[0], *BY_HAND[1:3], "-w", "50", "hauberk.api.app:app"]
    ended = subprocess.run(
        command,
        env=environment,
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert ended.returncode == 1
    assert "50 processes with 20 + 40 connections each may open 3000" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.long
def test_https_in_the_application_and_plain_http_is_sent_there(environment, certificate):
    chain, key = certificate
    plain = free_port()
    environment |= {
        "HAUBERK_TLS_CERT": str(chain),
        "HAUBERK_TLS_KEY": str(key),
        "HAUBERK_HTTP_REDIRECT_PORT": str(plain),
    }
    secure = f"https://127.0.0.1:{environment['HAUBERK_PORT']}"
    with serving(environment) as process:
        trusting = ssl.create_default_context(cafile=str(chain))
        assert answer(f"{secure}/health/live", process, context=trusting)[0] == 200
        with pytest.raises(urllib.error.HTTPError) as redirected:
            urllib.request.build_opener(NoRedirect).open(f"http://127.0.0.1:{plain}/findings?q=a", timeout=10)
        with redirected.value as response:
            assert response.code == 308
            assert response.headers["Location"] == f"{secure}/findings?q=a"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def children(pid):
    told = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in told.splitlines()[1:]]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def test_pools_that_do_not_fit_the_database_are_refused(environment):
    environment |= {"HAUBERK_WORKERS": "50"}
    with serving(environment) as process:
        said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "50 processes with 20 + 40 connections each may open 3000" in said


def test_wrong_settings_end_it_with_status_2(environment):
    environment |= {"HAUBERK_PORT": "many", "HAUBERK_QUEUE_URL": "amqp://x"}
    with serving(environment) as process:
        said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert "HAUBERK_PORT" in said
    assert "HAUBERK_QUEUE_URL" in said
