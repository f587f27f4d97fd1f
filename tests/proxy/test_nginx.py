"""Behind a real nginx, configured by `hauberk render`: encrypted, in step with the limits, nothing held back."""

import contextlib
import io
import json
import socket
import ssl
import subprocess
import time

import httpx2
import pytest

from fixtures.typed import typed
from hauberk.infra.security_headers import OF_REFUSALS

MIB = 1024 * 1024


class Padded(io.RawIOBase):
    """A SARIF report of any size, made while it is read."""

    def __init__(self, size: int) -> None:
        self._parts = [
            b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"padded","rules":[]}},"results":[',
            *[b" " * MIB] * (size // MIB),
            b"]}]}",
        ]

    def read(self, _size: int = -1) -> bytes:
        return self._parts.pop(0) if self._parts else b""


@pytest.mark.long
def test_plain_http_is_sent_to_https_at_both_ports(behind):
    port = int(behind.url.rpartition(":")[2])
    for plain in (behind.plain_port, port):
        answer = httpx2.get(f"http://localhost:{plain}/findings?q=a")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"{behind.url}/findings?q=a"


def test_old_protocols_are_refused_and_hsts_is_said_once(behind):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    port = int(behind.url.rpartition(":")[2])
    with socket.create_connection(("localhost", port)) as raw, pytest.raises((ssl.SSLError, ConnectionError)):
        old.wrap_socket(raw)
    with behind.client() as client:
        for path in ("/health/live", "/", "/api/v1/auth/me", "/metrics"):
            answer = client.get(path)
            assert answer.headers.get_list("strict-transport-security") == [
                "max-age=63072000; includeSubDomains"
            ]


def test_the_application_sees_the_client_and_not_who_he_says_he_is(behind):
    with behind.client() as client:
        for number in range(3):
            told = client.get("/api/v1/auth/me", headers={"X-Forwarded-For": f"203.0.113.{number}"})
            assert told.status_code == 200
        assert client.get("/metrics").status_code == 404


@pytest.mark.long
def test_an_upload_of_64_mebibytes_passes_while_it_comes(behind):
    with behind.client() as client:
        sent = client.post(
            "/api/v1/scans",
            data={"asset": "padded", "format": "sarif"},
            files={"file": ("padded.sarif", Padded(64 * MIB))},
        )
    assert sent.status_code == 202, sent.text


def test_what_is_too_large_is_refused_in_the_same_words(behind):
    with behind.client() as client:
        refused = client.post("/api/v1/auth/login", content=b"x" * (2 * MIB))
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:hauberk:problem:content_too_large"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]


def test_what_nginx_itself_refuses_has_the_headers_of_the_application(behind):
    with behind.client() as client:
        refusals = {
            413: client.post("/api/v1/auth/login", content=b"x" * (2 * MIB)),
            400: client.get("/api/v1/auth/me", headers={"X-Long": "x" * (17 * 1024)}),
        }
        own = client.get("/api/v1/no-such-place")
    for code, answer in refusals.items():
        assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
        for name in (*OF_REFUSALS, "Strict-Transport-Security"):
            assert answer.headers.get(name) == own.headers[name], (code, name)


@pytest.mark.parametrize(
    "line", [b"GET /api/v1/findings?q=" + b"a" * 17_000 + b" HTTP/1.1", b"no request at all"]
)
def test_a_request_whose_address_cannot_be_read_is_refused_in_words(behind, line):
    context = ssl.create_default_context(cafile=str(behind.certificate.chain))
    port = httpx2.URL(behind.url).port
    with (
        socket.create_connection(("localhost", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        with contextlib.suppress(OSError):  # it may have answered, and closed, before it has read all
            connection.sendall(line + b"\r\nHost: localhost\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert b"urn:hauberk:problem:bad_request" in answer


def test_events_arrive_when_they_are_sent(behind):
    with behind.client() as client:
        scan = client.post(
            "/api/v1/scans",
            data={"asset": "events", "format": "sarif"},
            files={"file": ("a.sarif", Padded(MIB))},
        ).json()["id"]
        began = time.monotonic()
        with client.stream("GET", f"/api/v1/scans/{scan}/events") as stream:
            first = next(stream.iter_text())
        assert first.startswith("event: progress")
        assert time.monotonic() - began < 3


@pytest.mark.long
def test_answers_stay_compressed_and_pages_are_there(behind):
    with behind.client() as client:
        for encoding in ("gzip", "br", "zstd"):
            answer = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": encoding})
            assert answer.headers["content-encoding"] == encoding


@pytest.mark.long
def test_readiness_finds_encryption_and_balancer_in_order(behind):
    for row, answer in readiness(behind.environment, "SEC-3,LCH-4,INF-5").items():
        assert answer["result"] == "PASS", (row, answer)
    assert "stands nginx" in readiness(behind.environment, "INF-5")["INF-5"]["evidence"]


def readiness(environment: dict[str, str], rows: str) -> dict[str, dict[str, str]]:
    told = subprocess.run(
        typed("readiness", "--only", rows, "--json"),
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    return {each["id"]: each for each in map(json.loads, told.stdout.splitlines())}
