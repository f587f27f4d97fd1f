"""ClamAV: a real clamd with one signature of our own, asked as imports ask it."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from factories import reports
from factories.forms import HEADERS, field, file, form
from factories.working import working
from fixtures.api import browser, new_organization, serving, unlimited
from hauberk.infra import clamav
from hauberk.jobs.queues import Queue

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        shutil.which("clamd") is None, reason="clamd is not here: apt-get install clamav-daemon"
    ),
]

BAD = b"this-is-what-our-one-signature-knows"
SCANS = "/api/v1/scans"


@pytest.fixture(scope="module")
def clamd():
    """The address of a clamd that knows one signature, and needs no download."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        home = Path(folder)
        (home / "own.ndb").write_text(f"Hauberk.Test:0:*:{BAD.hex()}\n")
        (home / "clamd.conf").write_text(
            f"DatabaseDirectory {home}\nLocalSocket {home}/clamd.ctl\nForeground yes\nMaxThreads 2\n"
            "StreamMaxLength 1M\nUser root\nLogTime no\n"
        )
        output = (home / "log").open("w")
        process = subprocess.Popen(
            ["clamd", "--config-file", str(home / "clamd.conf")], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 60
            while not (home / "clamd.ctl").exists():
                assert process.poll() is None, (home / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield f"unix://{home}/clamd.ctl"
        finally:
            process.terminate()
            process.wait(30)
            output.close()


def asking(settings, address, **more):
    return settings.model_copy(
        update={"clamav": settings.clamav.model_copy(update={"address": address, **more})}
    )


@pytest.fixture
def looked(tmp_path):
    def look(settings, content):
        path = tmp_path / "report"
        path.write_bytes(content)
        return clamav.look(settings, path)

    return look


def test_what_it_knows_is_found_and_what_not_is_let_through(settings, clamd, looked):
    asked = asking(settings, clamd)
    assert looked(asked, b"x" * 500_000 + BAD).signature == "Hauberk.Test.UNOFFICIAL"
    assert looked(asked, b"harmless") == clamav.Looked()
    assert clamav.version(asked).startswith("ClamAV ")


def test_what_it_cannot_look_at_is_said(settings, clamd, looked):
    asked = asking(settings, clamd)
    assert looked(asked, bytes(2_000_000)).unseen == "ClamAV could not look at it"
    assert "larger than" in looked(asking(settings, clamd, max_bytes=10), b"x" * 11).unseen
    assert looked(asking(settings, "unix:///nowhere/clamd.ctl"), b"x").unseen == "ClamAV did not answer"
    assert looked(settings, BAD) == clamav.Looked()


@pytest.fixture
def sent(settings, clamd):
    """`await sent(content, strict=True)`: the answer, the scan once it was read, and the quarantine's codes."""

    async def send(content, **clamav_settings):
        asked = asking(unlimited(settings), clamd, **clamav_settings)
        async with serving(asked) as app:
            member = await new_organization(app.state.context)
            async with browser(app, **member.headers) as api:
                parts = (field("asset", "shop"), file(content))
                answer = await api.post(SCANS, content=form(*parts), headers=HEADERS)
                scan = None
                if answer.status_code == 202:
                    with working(asked) as worker:
                        await asyncio.to_thread(worker, Queue.IMPORT)
                    scan = (await api.get(f"{SCANS}/{answer.json()['id']}")).json()
                held = (await api.get("/api/v1/quarantine")).json()["items"]
                return answer, scan, [each["code"] for each in held]

    return send


def report_with(text):
    report = reports.code(3)
    report["Issues"][0]["details"] = text
    return report


async def test_in_a_recognised_report_it_is_a_note(sent):
    _, scan, held = await sent(report_with(BAD.decode()))
    assert (scan["state"], scan["counts"]["new"], held) == ("done", 3, [])
    assert "ClamAV found Hauberk.Test.UNOFFICIAL" in json.dumps(scan["problems"])


async def test_strictly_a_recognised_report_is_refused_too(sent):
    _, scan, held = await sent(report_with(BAD.decode()), strict=True)
    assert (scan["state"], scan["error"]["code"], held) == ("failed", "malware_found", ["malware_found"])


async def test_what_no_format_recognises_is_refused_for_it(sent):
    answer, _, held = await sent(b"Dear Sir, " + BAD)
    assert answer.status_code == 415
    assert answer.json()["type"].endswith("malware_found")
    assert held == ["malware_found"]
