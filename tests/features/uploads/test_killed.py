"""An upload outlives the process that receives it: killed without warning, started again, continued where it stood."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial

import httpx2
import pytest

from factories import reports
from features.uploads.conftest import BYTES, TUS, UPLOADS
from fixtures.nodes import environment_on
from fixtures.whole_product import free_port
from hauberk.features.uploads.service import PART_BYTES

pytestmark = pytest.mark.anyio

SECONDS = 60
REPORT = json.dumps(reports.code(30)).encode() + b" " * (3 * PART_BYTES)


@contextmanager
def serving(settings, port):
    process = subprocess.Popen(
        [sys.executable, "-m", "hauberk", "serve"],
        env=environment_on(settings, HAUBERK_PORT=str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: answers(port))
        yield process
    finally:
        kill(process)


def kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(SECONDS)


def answers(port):
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health/ready", timeout=5, verify=False).status_code == 200
    except httpx2.HTTPError:
        return False


def until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.mark.long
async def test_kill_9_in_the_middle_costs_only_the_bytes_that_were_under_way(settings, organization):
    port = free_port()
    client = partial(
        httpx2.Client, base_url=f"http://127.0.0.1:{port}", headers=organization.headers, timeout=30
    )
    with serving(settings, port) as process, client() as http:
        begun = http.post(UPLOADS, headers=TUS | {"Upload-Length": str(len(REPORT))})
        assert begun.status_code == 201, begun.text
        where = begun.headers["location"]
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            head = BYTES | organization.headers | {
                "Host": f"127.0.0.1:{port}", "Upload-Offset": "0", "Content-Length": str(len(REPORT)),
            }  # fmt: skip
            lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            connection.sendall(f"PATCH {where} HTTP/1.1\r\n{lines}\r\n".encode())
            connection.sendall(REPORT[: 2 * PART_BYTES + 1000])
            until(lambda: int(http.head(where, headers=TUS).headers["upload-offset"]) == 2 * PART_BYTES)
            kill(process)
    with serving(settings, port), client() as http:
        at = int(http.head(where, headers=TUS).headers["upload-offset"])
        assert at == 2 * PART_BYTES
        rest = http.patch(where, content=REPORT[at:], headers=BYTES | {"Upload-Offset": str(at)})
        assert rest.headers["upload-offset"] == str(len(REPORT))
        made = http.post("/api/v1/scans", json={"upload": where.rpartition("/")[2], "asset": "shop"})
        assert (made.status_code, made.json()["size_bytes"]) == (202, len(REPORT))
