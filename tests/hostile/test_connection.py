"""Z8 and Z9 where they concern the connection: lengths that lie, bodies without end, senders who stand still."""

import gzip
import json
import socket
import time
from http.client import HTTPResponse

import httpx2
import pytest

from factories.forms import HEADERS, file, form
from factories.listening import listening
from fixtures.api import unlimited
from hostile.json_cases import finding, report

MIB = 2**20
WHOLE = form(file(report(finding(1), finding(2))))
IDLE_SECONDS = 2.0


@pytest.fixture(scope="module")
def server(settings):
    changed = unlimited(settings)
    changed = changed.model_copy(
        update={
            "upload": changed.upload.model_copy(update={"max_bytes": 2 * MIB}),
            "http": changed.http.model_copy(update={"idle_seconds": IDLE_SECONDS}),
        }
    )
    with listening(changed) as found:
        yield found


@pytest.fixture
def begun(server):
    """`begun(**headers)`: a connection on which the head of an upload was sent; nothing of it is left at the end."""
    opened = []
    storage = server.app.state.context.storage

    def drafts() -> set[str]:
        return {draft.name for draft in (storage.folder / ".drafts").glob("*")}

    before, others = storage.keys(), drafts()  # the storage is the worker's

    def begin(**more: str) -> socket.socket:
        connection = socket.create_connection((server.host, server.port), timeout=20)
        opened.append(connection)
        head = {"Host": f"{server.host}:{server.port}", **server.member.headers, **HEADERS, **more}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items())
        connection.sendall(f"POST /api/v1/scans HTTP/1.1\r\n{lines}\r\n".encode())
        return connection

    yield begin
    for connection in opened:
        connection.close()
    deadline = time.monotonic() + 30
    while drafts() - others:
        assert time.monotonic() < deadline, "a draft is left"
        time.sleep(0.05)
    assert storage.keys() == before
    answer = httpx2.get(f"{server.url}/api/v1/scans", headers=server.member.headers, verify=False)
    assert answer.json()["total"] == 0


def _answer(connection: socket.socket) -> tuple[int, str]:
    """Its status and its code."""
    with HTTPResponse(connection) as answer:
        answer.begin()
        return answer.status, json.loads(answer.read())["type"].rpartition(":")[2]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "gzip, gzip"])
def test_a_packed_body_is_refused_before_it_is_looked_at(begun, encoding):
    body = gzip.compress(WHOLE)
    connection = begun(Content_Length=str(len(body)), Content_Encoding=encoding)
    connection.sendall(body)
    assert _answer(connection) == (415, "unsupported_encoding")


def test_a_length_that_is_too_long_is_a_form_that_ends_in_the_middle(begun):
    connection = begun(Content_Length=str(len(WHOLE) + 1_000))
    connection.sendall(WHOLE[:-10])
    connection.shutdown(socket.SHUT_WR)
    told = connection.recv(100)
    assert told == b"" or told.startswith(b"HTTP/1.1 4")  # whether anybody listens is known to nobody


def test_a_length_that_is_too_short_is_no_way_to_a_second_request(begun):
    connection = begun(Content_Length=str(len(WHOLE) // 2))
    connection.sendall(WHOLE)
    assert connection.recv(100).startswith(b"HTTP/1.1 4")


def test_two_lengths_are_refused(begun):
    connection = begun(Content_Length="10", CONTENT_LENGTH=str(len(WHOLE)))
    connection.sendall(WHOLE)
    assert connection.recv(100).startswith(b"HTTP/1.1 400")


def test_chunks_without_an_end_are_refused_while_they_come(begun):
    connection = begun(Transfer_Encoding="chunked")
    _chunk(connection, WHOLE[: len(WHOLE) // 2])
    for _ in range(4):
        _chunk(connection, b" " * MIB)
    assert _answer(connection) == (413, "too_large")


@pytest.mark.long
def test_a_sender_who_stands_still_just_before_the_end_is_told_so(begun):
    connection = begun(Content_Length=str(len(WHOLE)))
    connection.sendall(WHOLE[: len(WHOLE) * 99 // 100])
    began = time.monotonic()
    assert _answer(connection) == (408, "too_slow")
    assert time.monotonic() - began > IDLE_SECONDS / 2


def _chunk(connection: socket.socket, content: bytes) -> None:
    connection.sendall(b"%x\r\n%s\r\n" % (len(content), content))
