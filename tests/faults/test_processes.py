"""The whole product under load, while its processes die, freeze and restart: nothing accepted is lost or done twice."""

import os
import signal
import socket
import time
from contextlib import suppress

import httpx2
import psycopg
import pytest

from factories import reports
from faults.client import Client, Load
from faults.database import holding, looking, state_in
from faults.figures import FIGURES
from faults.processes import api_of, children, killing_children, process_of, wait_for, workers_of
from faults.reference import Sent
from faults.whole import SEED, busy_worker, check, kill
from fixtures.whole_product import Product

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
LEASE = 60
DEATHS = 200
DRAWS = 24
"""An answer follows its commit within milliseconds, and is another process's as often as not."""


def test_killed_parsers(product, load, reference):
    sending = load()
    busy_worker(product)
    zygotes = [zygote for worker in workers_of(product) for zygote in children(worker)]
    with killing_children(lambda: zygotes, times=2) as killed:
        wait_for(lambda: len(killed) == 2, 60, "an import")
    FIGURES.faults += len(killed)
    check(sending, reference, time.monotonic(), "killed parsers")


def test_killed_worker_processes(product, load, reference):
    sending = load()
    busy_worker(product)
    for each in workers_of(product):
        since = kill(each)
    check(sending, reference, since, "killed workers")


def test_a_killed_supervisor_of_the_workers(product, load, reference):
    sending = load()
    busy_worker(product)
    since = kill(process_of(product, "-m hauberk worker"))
    check(sending, reference, since, "a killed supervisor of the workers")


def test_a_killed_scheduler(product, load, reference):
    sending = load()
    busy_worker(product)
    since = kill(process_of(product, "-m hauberk scheduler"))
    check(sending, reference, since, "a killed scheduler")


def test_a_worker_frozen_for_longer_than_its_lease(product, load, reference):
    sending = load()
    frozen = busy_worker(product)
    since = kill(frozen, signal.SIGSTOP)
    time.sleep(LEASE + 15)
    os.kill(frozen, signal.SIGCONT)
    time.sleep(3)
    check(sending, reference, since, "a frozen worker")


def test_an_api_killed_during_uploads(product, load, reference, chance):
    sending = load(days=24)
    wait_for(lambda: sending.client.accepted, 60, "the first upload")
    since = time.monotonic()
    for _ in range(4):
        since = kill(wait_for(lambda: api_of(product), 60, "an API process"))
        time.sleep(chance.uniform(0.2, 1.5))
    check(sending, reference, since, "a killed API")
    assert sending.client.refused > 0, "no upload was under way when it was killed"


def test_an_api_killed_in_the_middle_of_one_upload(client, product, reference):
    sent, key = Sent(reports.code(200), asset="half"), "half an upload"
    with socket.create_connection(("127.0.0.1", product.port), timeout=20) as connection:
        whole = _request(client, sent, key)
        connection.sendall(whole[: len(whole) // 2])
        time.sleep(0.3)
        kill(api_of(product))
    client.upload(sent, key)
    client.until_all_ended()
    FIGURES.accepted += 1
    assert state_in(product).of_assets(["half"]) == reference(sent)


def test_an_api_killed_between_commit_and_answer(client, product, reference):
    """It is killed the moment that others see the scan; the client asks again with its key, and is told that scan."""
    unanswered = 0
    sent: list[Sent] = []
    with looking(product) as database:

        def scans(key: str) -> list[tuple[int]]:
            return database.execute("select id from scan where idempotency_key = %s", (key,)).fetchall()

        while unanswered < 2 and len(sent) < DRAWS:
            each = Sent(reports.code(60, skip=(len(sent),)), asset="unanswered", day=len(sent))
            sent.append(each)
            key = f"unanswered {each.day}"
            api = wait_for(lambda: api_of(product), 60, "an API process")
            with socket.create_connection(("127.0.0.1", product.port), timeout=20) as connection:
                connection.sendall(_request(client, each, key))
                wait_for(lambda key=key: scans(key), 20, "the commit", pause=0)
                kill(api)
                unanswered += not _answer(connection)
            client.upload(each, key)
            assert len(scans(key)) == 1
    client.until_all_ended()
    FIGURES.accepted += len(sent)
    assert unanswered > 0, "every answer was quicker than the kill"
    assert state_in(product).of_assets(["unanswered"]) == reference(*sent)


def test_a_frozen_api(product, load, reference):
    """What it had begun waits for it, and keeps nobody else waiting; who asked it asks again."""
    sending = load(days=8)
    wait_for(lambda: len(sending.client.accepted) > 2, 60, "the first uploads")
    frozen = wait_for(lambda: api_of(product), 60, "an API process")
    kill(frozen, signal.SIGSTOP)
    try:
        with looking(product) as database:
            going = "select from scan where state in ('accepted', 'running')"
            wait_for(lambda: not database.execute(going).fetchall(), 120, "the end of what was accepted")
    finally:
        with suppress(ProcessLookupError):
            os.kill(frozen, signal.SIGCONT)
    check(sending, reference, time.monotonic(), "a frozen API")


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
            since = kill(each)
    wait_for(lambda: client.scan(scan_id)["undone"], 240, "the undo")
    FIGURES.recovered("a worker killed in the middle of an undo", time.monotonic() - since)
    assert state_in(product).of_assets(["undone"]) == reference(first)


@pytest.mark.timeout(1_800)
def test_two_hundred_deaths(product, reference, client, chance):
    """At any moment of five hundred imports: readers, and now and then a worker, the scheduler, the API.

    Nobody dies while a job has its last attempt: that would fail its scan, in words, as it must.
    """
    load = Load(client, "deaths", SEED, assets=10, days=50, size=30)
    since, killed, started = time.monotonic(), 0, load.start()
    others = [
        lambda: api_of(product),
        lambda: process_of(product, "-m hauberk scheduler"),
        lambda: _a_worker(product),
    ]
    with looking(product) as database:
        while killed < DEATHS and (started.is_sending or _imports(database)):
            if killed % 25 == 24:
                kill(wait_for(others[killed // 25 % len(others)], 120, "a process to kill"))
                killed += 1
                continue
            readers = [
                pid
                for worker in workers_of(product)
                for zygote in children(worker)
                for pid in children(zygote)
            ]
            time.sleep(chance.uniform(0, 0.02))
            for reader in readers:
                if _may_die(database) and (since := kill(reader)):
                    killed += 1
    assert killed == DEATHS, killed
    check(load, reference, since, f"{DEATHS} deaths")


def _imports(database: psycopg.Connection) -> bool:
    going_on = (
        "select from job where state in ('accepted', 'running') and kind = 'ingest.import_scan' limit 1"
    )
    return database.execute(going_on).fetchone() is not None


def _may_die(database: psycopg.Connection) -> bool:
    last = "select from job where state = 'running' and kind = 'ingest.import_scan' and attempts >= max_attempts - 1"
    return not database.execute(last).fetchall()


def _a_worker(product: Product) -> int:
    return next(iter(workers_of(product)), 0)


def test_a_stop_under_load_keeps_what_was_accepted(product, load, reference):
    """Last, because another product goes on with the home: the clients notice nothing but a pause."""
    sending = load(days=8)
    busy_worker(product)
    since = time.monotonic()
    product.process.send_signal(signal.SIGTERM)
    assert product.end() == 0
    FIGURES.faults += 1
    again = Product(product.home, product.port).until_ready()
    try:
        sending.client.product = again
        check(sending, reference, since, "stop and start of everything")
    finally:
        again.interrupt()
        assert again.end() == 0


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
