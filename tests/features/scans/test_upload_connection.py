"""POST /scans over real connections: senders who go away, and refusals that arrive before the report is sent."""

import json
import socket
import time

import httpx2
import pytest

from factories import reports
from factories.forms import HEADERS, file, form
from factories.listening import listening
from fixtures.api import unlimited

MIB = 1024 * 1024
WHOLE = form(file(reports.code(50)))


@pytest.fixture(scope="module")
def server(settings):
    small = settings.upload.model_copy(update={"max_bytes": 2 * MIB})
    with listening(unlimited(settings).model_copy(update={"upload": small})) as found:
        yield found


@pytest.fixture
def connect(server):
    """A bare connection on which the head of an upload was sent."""

    def begin(length):
        connection = socket.create_connection((server.host, server.port), timeout=20)
        head = {"Host": f"{server.host}:{server.port}", "Content-Length": str(length), "Connection": "close"}
        lines = "".join(
            f"{name}: {value}\r\n" for name, value in (head | server.member.headers | HEADERS).items()
        )
        connection.sendall(f"POST /api/v1/scans HTTP/1.1\r\n{lines}\r\n".encode())
        return connection

    return begin


@pytest.fixture
def left(server):
    storage = server.app.state.context.storage
    return lambda: (storage.keys(), list((storage.folder / ".drafts").glob("*")))


def _wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_sender_who_goes_away_leaves_nothing_and_alarms_nobody(server, connect, left, caplog):
    before, _ = left()
    with connect(len(WHOLE)) as connection:
        connection.sendall(WHOLE[: len(WHOLE) // 2])
        _wait_for(lambda: left()[1])
    _wait_for(lambda: left() == (before, []))
    assert [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []
    answer = httpx2.get(f"{server.url}/api/v1/scans", headers=server.member.headers)
    assert answer.json()["total"] == 0


def test_a_refusal_arrives_although_most_of_the_report_was_not_sent(connect, left):
    before = left()
    with connect(100 * MIB) as connection:
        received = connection.makefile("rb").read()
    assert received.startswith(b"HTTP/1.1 413")
    assert json.loads(received.partition(b"\r\n\r\n")[2])["status"] == 413
    assert left() == before


def test_a_client_that_sends_all_it_has_still_reads_the_refusal(server, left):
    before = left()
    answer = httpx2.post(
        f"{server.url}/api/v1/scans",
        headers=server.member.headers,
        files={"file": ("large.json", b"{" + b" " * 20 * MIB)},
        timeout=60,
    )
    assert answer.status_code == 413
    assert "2,097,152 bytes" in answer.json()["detail"]
    assert left() == before
