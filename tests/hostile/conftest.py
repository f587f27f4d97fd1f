"""A whole way in: HTTP on a real socket, storage, job, sandboxed child; with small limits, so that they are met."""

import itertools
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import httpx2
import pytest
from structlog.testing import capture_logs

from factories.listening import Listening, listening
from factories.working import Working, working
from fixtures.api import unlimited
from hauberk.ingest.sandbox.sandbox import shared
from hostile.catalogue import Content, Ended, Size, Try

MIB = 2**20
MEMORY = 640 * MIB
CPU_SECONDS = 400
UPLOAD = 160 * MIB
REFUSALS = (400, 413, 415, 422)
MAX_MESSAGE = 2_000


@dataclass
class Door:
    """Where reports come in, and what becomes of them."""

    server: Listening
    worker: Working
    numbers: Iterator[int] = field(default_factory=itertools.count)
    others: frozenset[str] = frozenset()
    """Drafts that were there before; the storage is the worker's."""

    def __post_init__(self) -> None:
        self.others = frozenset(self.drafts)

    def __call__(self, tried: Try, label: str) -> Ended:
        """Uploads it to a fresh asset, works until its scan has ended, and looks at what there is."""
        asset = tried.fields.get("asset", f"{label} {next(self.numbers)}")
        with _as_file(tried.content) as content:
            answer = httpx2.post(
                f"{self.server.url}/api/v1/scans",
                headers=self.server.member.headers,
                data={"asset": asset, **tried.fields},
                files={"file": (tried.name, content)},
                timeout=600,
                verify=False,  # plain HTTP: else every call would read all authorities
            )
        if answer.status_code != 202:
            assert answer.status_code in REFUSALS, answer.text
            problem = answer.json()
            code = problem["type"].rpartition(":")[2]
            message = " ".join([problem["detail"], *(each["message"] for each in problem.get("errors", []))])
            return Ended(
                answer.status_code,
                code,
                message,
                {},
                self.findings(asset) if "asset" not in tried.fields else [],
                0,
                0,
            )
        with capture_logs() as logs:
            self.worker()
        scan = self.get(f"/scans/{answer.json()['id']}")
        for each in logs:
            if each["event"] == "parser_crashed":
                print(each["reason"])  # noqa: T201 — shown where the test fails
        used = [each for each in logs if each["event"] == "child_ended"]
        error = scan["error"] or {"code": None, "message": ""}
        return Ended(
            202,
            error["code"],
            error["message"],
            scan,
            self.findings(asset),
            sum(each["cpu_seconds"] for each in used),
            max((each["peak_mib"] for each in used), default=0),
        )

    def findings(self, asset: str) -> list[dict[str, Any]]:
        return self.get("/findings", q=f'asset:"{asset}"', limit=200)["items"]

    def get(self, path: str, **asked: Any) -> dict[str, Any]:
        answer = httpx2.get(
            f"{self.server.url}/api/v1{path}",
            params=asked,
            headers=self.server.member.headers,
            timeout=60,
            verify=False,
        )
        assert answer.status_code == 200, answer.text
        return json.loads(answer.content)

    @property
    def drafts(self) -> list[str]:
        folder = self.server.app.state.context.storage.folder / ".drafts"
        return sorted({each.name for each in folder.glob("*")} - self.others)


@contextmanager
def _as_file(content: Content) -> Iterator[BinaryIO | bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with tempfile.TemporaryFile() as file:
        file.writelines(content)
        file.seek(0)
        yield file


@pytest.fixture(scope="module")
def door(settings):
    small = unlimited(settings)
    small = small.model_copy(
        update={
            "parser": small.parser.model_copy(
                update={"memory": MEMORY, "cpu_seconds": CPU_SECONDS, "wall_seconds": 4 * CPU_SECONDS}
            ),
            "upload": small.upload.model_copy(update={"max_bytes": UPLOAD}),
        }
    )
    with listening(small) as server, working(small) as worker:
        yield Door(server, worker)


@pytest.fixture
def comes_to_its_end(door):
    """Every try of a case, one after the other; each is judged by what is common to all and by its own check."""

    def run(number: str, tries: Iterator[Try]) -> None:
        for tried in tries:
            zygote = shared(door.worker.workplace.settings).zygote_pid
            began = time.monotonic()
            ended = door(tried, number)
            told = f"{number} {tried.name!r}: {ended.state} {ended.code} {ended.message[:300]!r}"
            assert ended.cpu_seconds <= tried.cpu_seconds, (
                f"{told}: {ended.cpu_seconds:.1f} s of the processor"
            )
            assert ended.peak_mib <= MEMORY / MIB, told
            assert zygote in (None, shared(door.worker.workplace.settings).zygote_pid), (
                f"{told}: the zygote died"
            )
            assert door.drafts == [], told
            if tried.codes:
                assert ended.state in ("refused", "failed"), told
                assert ended.code in tried.codes, told
                assert ended.findings == [], told
            else:
                assert ended.state == tried.state, told
            if ended.state in ("refused", "failed"):
                _check_message(ended.message, told)
            assert tried.says in ended.message, told
            if tried.findings is not None:
                counts = ended.scan["counts"]
                assert counts["findings"]["new"] == tried.findings, f"{told}: {counts} {ended.problems[:3]}"
            if tried.check is not None:
                assert tried.check(ended) is not False, f"{told}: {ended.scan} {ended.findings[:2]}"
            assert time.monotonic() - began < 1_500, told

    return run


def _check_message(message: str, told: str) -> None:
    """One sentence or two for a person: not empty, bounded, nothing that a terminal or a page would obey."""
    assert 10 < len(message) <= MAX_MESSAGE, told
    assert all(char.isprintable() for char in message), told
    assert "Traceback" not in message, told


@pytest.fixture(params=["small", pytest.param("full", marks=pytest.mark.faults)])
def size(request) -> Size:
    return (lambda full, _: full) if request.param == "full" else (lambda _, small: small)
