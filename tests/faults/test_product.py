"""The whole product under load, while its processes die, freeze and restart: nothing accepted is lost or done twice."""

import os
import random
import signal
import socket
import time
from contextlib import suppress

import httpx2
import pytest

from factories import reports
from faults.client import Client, Load
from faults.database import holding, looking, state_in
from faults.figures import FIGURES
from faults.processes import (
    api_of,
    children,
    killing_children,
    postmaster_of,
    process_of,
    valkey_of,
    wait_for,
    workers_of,
)
from faults.reference import Sent
from fixtures.whole_product import Product, gone, processes_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
SEED = 20260122
LEASE = 60
AWAY = 120
SETTINGS = """
HAUBERK_RATE_LIMIT_DEFAULT=100000/minute
HAUBERK_RATE_LIMIT_UPLOADS=100000/minute
HAUBERK_WORKER_PROCESSES=2
HAUBERK_WORKERS=1
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """One for all of these tests: each heals what it broke."""
    folder = tmp_path_factory.mktemp("product")
    (folder / ".env").write_text(SETTINGS)
    started = Product(folder / "home").until_ready()
    yield started
    if started.process.poll() is None:
        started.interrupt()
        started.end()
    assert gone(folder / "home"), processes_of(folder / "home")


@pytest.fixture
def client(product):
    return Client.of(product)


@pytest.fixture
def load(client, request):
    """Starts to send; `end` compares with the reference."""
    return lambda **more: Load(client, request.node.name, SEED, **more).start()


@pytest.fixture
def chance(request):
    return random.Random(f"{SEED} {request.node.name}")


def _kill(pid: int, number: int = signal.SIGKILL) -> float:
    """When it was done."""
    assert pid
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    FIGURES.faults += 1
    return time.monotonic()


def _check(load: Load, reference, since: float, what: str) -> None:
    load.end()
    FIGURES.recovered(what, time.monotonic() - since)
    assert load.state() == reference(*load.reports)


def _worker(product: Product) -> int:
    """A worker process (not their supervisor) that has a report read this moment."""

    def busy() -> int:
        return next(
            (pid for pid in workers_of(product) if any(children(zygote) for zygote in children(pid))), 0
        )

    return wait_for(busy, 60, "an import")


def test_killed_parsers(product, load, reference):
    sending = load()
    _worker(product)
    zygotes = [zygote for worker in workers_of(product) for zygote in children(worker)]
    with killing_children(lambda: zygotes, times=2) as killed:
        wait_for(lambda: len(killed) == 2, 60, "an import")
    FIGURES.faults += len(killed)
    _check(sending, reference, time.monotonic(), "killed parsers")


def test_killed_worker_processes(product, load, reference):
    sending = load()
    _worker(product)
    for each in workers_of(product):
        since = _kill(each)
    _check(sending, reference, since, "killed workers")


def test_a_killed_supervisor_of_the_workers(product, load, reference):
    sending = load()
    _worker(product)
    since = _kill(process_of(product, "-m hauberk worker"))
    _check(sending, reference, since, "a killed supervisor of the workers")


def test_a_killed_scheduler(product, load, reference):
    sending = load()
    _worker(product)
    since = _kill(process_of(product, "-m hauberk scheduler"))
    _check(sending, reference, since, "a killed scheduler")


def test_a_worker_frozen_for_longer_than_its_lease(product, load, reference):
    sending = load()
    frozen = _worker(product)
    since = _kill(frozen, signal.SIGSTOP)
    time.sleep(LEASE + 15)
    os.kill(frozen, signal.SIGCONT)
    time.sleep(3)
    _check(sending, reference, since, "a frozen worker")


def test_an_api_killed_during_uploads(product, load, reference, chance):
    sending = load(days=8)
    since = time.monotonic()
    for _ in range(4):
        time.sleep(chance.uniform(0.2, 1.5))
        since = _kill(wait_for(lambda: api_of(product), 60, "an API process"))
    _check(sending, reference, since, "a killed API")
    assert sending.client.refused > 0


def test_an_api_killed_in_the_middle_of_one_upload(client, product, reference):
    sent, key = Sent(reports.code(200), asset="half"), "half an upload"
    with socket.create_connection(("127.0.0.1", product.port), timeout=20) as connection:
        whole = _request(client, sent, key)
        connection.sendall(whole[: len(whole) // 2])
        time.sleep(0.3)
        _kill(api_of(product))
    client.upload(sent, key)
    client.until_all_ended()
    FIGURES.accepted += 1
    assert state_in(product).of_assets(["half"]) == reference(sent)


def test_an_api_killed_between_commit_and_answer(client, product, reference):
    """It is killed the moment that others see the scan; the client asks again with its key, and is told that scan."""
    unanswered = 0
    sent = [Sent(reports.code(60, skip=(day,)), asset="unanswered", day=day) for day in range(8)]
    with looking(product) as database:

        def scans(key: str) -> list[tuple[int]]:
            return database.execute("select id from scan where idempotency_key = %s", (key,)).fetchall()

        for each in sent:
            key = f"unanswered {each.day}"
            api = wait_for(lambda: api_of(product), 60, "an API process")
            with socket.create_connection(("127.0.0.1", product.port), timeout=20) as connection:
                connection.sendall(_request(client, each, key))
                wait_for(lambda key=key: scans(key), 20, "the commit")
                _kill(api)
                unanswered += not _answer(connection)
            client.upload(each, key)
            assert len(scans(key)) == 1
    client.until_all_ended()
    FIGURES.accepted += len(sent)
    assert unanswered > 0, "every answer was quicker than the kill"
    assert state_in(product).of_assets(["unanswered"]) == reference(*sent)


def test_a_worker_killed_in_the_middle_of_an_undo(client, product, reference):
    """It has taken back half when it is killed: that half stands again, and another worker takes all of it back."""
    first, second = (
        Sent(reports.code(60, skip=tuple(range(day * 10))), asset="undone", day=day) for day in range(2)
    )
    for each in (first, second):
        scan_id = client.upload(each, f"undone {each.day}")
        client.until_all_ended()
    with holding(product, "finding"), looking(product) as database:
        ordered = httpx2.post(
            f"{client.url}/scans/{scan_id}/undo", headers=client.headers(), json={}, timeout=40
        )
        assert ordered.status_code == 202, ordered.text
        waiting = "select from pg_locks where not granted and relation = 'finding'::regclass"
        wait_for(lambda: database.execute(waiting).fetchall(), 60, "the undo to reach the findings")
        for each in workers_of(product):
            since = _kill(each)
    wait_for(lambda: client.scan(scan_id)["undone"], 240, "the undo")
    FIGURES.recovered("a worker killed in the middle of an undo", time.monotonic() - since)
    assert state_in(product).of_assets(["undone"]) == reference(first)


def test_a_database_that_is_restarted_at_once(product, load, reference, chance):
    sending = load(days=10)
    _worker(product)
    for _ in range(3):
        postmaster = postmaster_of(product)
        since = _kill(postmaster, signal.SIGQUIT)  # "immediate": as after a crash
        time.sleep(chance.uniform(2, 5))
    _check(sending, reference, since, "an immediate restart of the database")


def test_a_database_that_is_away_for_two_minutes(product, load, reference):
    """It cannot start meanwhile. Readiness says so within seconds, liveness stays, and all goes on when it is back."""
    sending = load(days=10)
    _worker(product)
    control = product.home / "postgres" / "global" / "pg_control"
    began = _kill(postmaster_of(product), signal.SIGQUIT)
    away = control.rename(control.with_name("pg_control.away"))
    try:
        wait_for(lambda: _answered(product, "/health/ready") == 503, 15, "readiness without a database")
        while time.monotonic() - began < AWAY:
            assert _answered(product, "/health/live") == 200
            assert _answered(product, "/health/ready") == 503
            time.sleep(2)
    finally:
        away.rename(control)
    since = time.monotonic()
    wait_for(lambda: _answered(product, "/health/ready") == 200, 90, "readiness")
    FIGURES.recovered("a database that was away (ready again)", time.monotonic() - since)
    _check(sending, reference, since, "a database that was away for two minutes")


def test_queue_and_cache_that_forget_everything(product, load, reference):
    sending = load()
    since = time.monotonic()
    for _ in range(5):
        for role in ("queue", "cache"):
            with valkey_of(product, role) as server:
                server.flushall()
            FIGURES.faults += 1
        time.sleep(0.3)
        since = time.monotonic()
    _check(sending, reference, since, "emptied queue and cache")


def test_frozen_queue_and_cache(product, load, reference):
    """They accept connections and answer nothing, until the end of all imports."""
    servers = [process_of(product, f"{role}/valkey.conf") for role in ("queue", "cache")]
    try:
        for server in servers:
            since = _kill(server, signal.SIGSTOP)
        _check(load(days=3), reference, since, "frozen queue and cache, while they are")
    finally:
        for server in servers:
            os.kill(server, signal.SIGCONT)


def test_slow_queue_and_cache(product, load, reference):
    """Each answers nothing for seconds, again and again, and goes on as if nothing had been."""
    sending = load(days=8)
    since = time.monotonic()
    for _ in range(3):
        for role in ("queue", "cache"):
            with valkey_of(product, role) as server:
                server.execute_command("CLIENT", "PAUSE", "4000", "ALL")
            FIGURES.faults += 1
        time.sleep(5)
        since = time.monotonic()
    _check(sending, reference, since, "slow queue and cache")


def test_queue_and_cache_without_memory(product, load, reference):
    """The queue refuses every write, the cache keeps nothing; imports go on, and so do people."""
    before = {}
    try:
        for role in ("queue", "cache"):
            with valkey_of(product, role) as server:
                before[role] = server.config_get("maxmemory")["maxmemory"]
                server.config_set("maxmemory", "1mb")
            FIGURES.faults += 1
        sending = load(days=3)
        _check(sending, reference, time.monotonic(), "queue and cache without memory, while they are")
    finally:
        for role, memory in before.items():
            with valkey_of(product, role) as server:
                server.config_set("maxmemory", memory)


def test_killed_queue_and_cache(product, load, reference):
    sending = load()
    since = max(_kill(process_of(product, f"{role}/valkey.conf")) for role in ("queue", "cache"))
    _check(sending, reference, since, "killed queue and cache")


def test_a_stop_under_load_keeps_what_was_accepted(product, load, reference):
    """Last, because another product goes on with the home: the clients notice nothing but a pause."""
    sending = load(days=8)
    _worker(product)
    since = time.monotonic()
    product.process.send_signal(signal.SIGTERM)
    assert product.end() == 0
    FIGURES.faults += 1
    again = Product(product.home, product.port).until_ready()
    try:
        sending.client.product = again
        _check(sending, reference, since, "stop and start of everything")
    finally:
        again.interrupt()
        assert again.end() == 0


def _answered(product: Product, path: str) -> int:
    """The status, 0 when there is no answer within five seconds."""
    try:
        return httpx2.get(f"http://127.0.0.1:{product.port}{path}", timeout=5).status_code
    except httpx2.TransportError:
        return 0


def _request(client: Client, sent: Sent, key: str) -> bytes:
    edge = "edge-of-a-part"
    fields = {"asset": sent.asset, "scanned_at": sent.fields["scanned_at"].isoformat()}
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="report.json"\r\n\r\n'.encode()
    body = b"".join([*parts, head, sent.bytes, f"\r\n--{edge}--\r\n".encode()])
    headers = {
        "Host": f"127.0.0.1:{client.product.port}",
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Content-Length": str(len(body)),
        **client.headers(key),
    }
    lines = ["POST /api/v1/scans HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _answer(connection: socket.socket) -> bytes:
    with suppress(OSError):
        return connection.recv(100)
    return b""
