"""Files that are worse than unreadable: each refused by a name of its own, kept in quarantine, and gone after a while."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, update

from factories import reports
from factories.forms import HEADERS, field, file, form
from factories.working import working
from features.uploads.conftest import BYTES, UPLOADS
from hauberk.db.models.upload import QuarantinedFile
from hauberk.db.session import transaction
from hauberk.domain.permissions import Role
from hauberk.features.quarantine.jobs import empty_quarantine
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.queues import Queue
from parsers.test_danger import CASES, EICAR, zipped

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"
QUARANTINE = "/api/v1/quarantine"


@pytest.fixture
def post(api):
    async def send(content, name="report.json", **fields):
        parts = [field(key, value) for key, value in ({"asset": "shop"} | fields).items()]
        return await api.post(SCANS, content=form(*parts, file(content, name)), headers=HEADERS)

    return send


def code_of(answer):
    return answer.json()["type"].removeprefix("urn:hauberk:problem:")


@pytest.mark.parametrize(
    "name", ["EICAR", "EICAR zipped", "a Linux program", "a link", "a bomb among others"]
)
async def test_what_is_dangerous_is_refused_by_name_and_kept_for_administrators(api, post, stored, name):
    content, code = CASES[name]
    before, _ = stored()
    answer = await post(content, "invoice.pdf.json")
    assert (answer.status_code, code_of(answer)) == (415, code)
    (held,) = (await api.get(QUARANTINE)).json()["items"]
    assert (held["file_name"], held["code"], held["size_bytes"]) == ("invoice.pdf.json", code, len(content))
    assert held["detail"] == answer.json()["detail"]
    (key,) = set(stored()[0]) - set(before)
    assert "invoice" not in key
    events = (await api.get("/api/v1/audit?limit=5")).json()["items"]
    assert "file.quarantined" in [event["action"] for event in events]
    assert (await api.delete(f"{QUARANTINE}/{held['id']}")).status_code == 204
    assert stored()[0] == before


@pytest.mark.parametrize("name", ["a PDF", "prose", "archives in an archive"])
async def test_what_is_only_no_report_is_not_kept(api, post, stored, name):
    content, code = CASES[name]
    before = stored()
    assert code_of(await post(content)) == code
    assert stored() == before
    assert (await api.get(QUARANTINE)).json()["items"] == []


async def test_only_administrators_see_the_quarantine(post, client_as):
    await post(EICAR)
    for role in (Role.MEMBER, Role.VIEWER):
        assert (await (await client_as(role)).get(QUARANTINE)).status_code == 403


@pytest.mark.long
async def test_a_scan_that_turns_out_dangerous_gives_its_file_to_the_quarantine(api, post, work):
    """A format was named, or the archive is large: then it shows only when it is read."""
    bomb = zipped(("report.json", json.dumps(reports.code(3)).encode() + b" " * 40_000_000))
    for content, fields, code in (
        (EICAR, {"format": "gosec-json"}, "malware_signature"),
        (bomb, {}, "archive_bomb"),
    ):
        answer = await post(content, **fields)
        if answer.status_code == 202:
            await work()
            scan = (await api.get(f"{SCANS}/{answer.json()['id']}")).json()
            assert (scan["state"], scan["error"]["code"], scan["report_kept"]) == ("failed", code, False)
            held = (await api.get(QUARANTINE)).json()["items"][0]
            assert (held["code"], held["scan"]) == (code, scan["id"])
        else:
            assert code_of(answer) == code


async def test_a_resumable_upload_is_looked_at_in_the_same_way(api, stored):
    sent = await api.post(UPLOADS, content=EICAR, headers=BYTES | {"Upload-Length": str(len(EICAR))})
    upload = sent.headers["location"].rpartition("/")[2]
    answer = await api.post(SCANS, json={"upload": upload, "asset": "shop"})
    assert (answer.status_code, code_of(answer)) == (415, "malware_signature")
    assert (await api.get(QUARANTINE)).json()["items"][0]["code"] == "malware_signature"
    assert (await api.post(SCANS, json={"upload": upload, "asset": "shop"})).status_code == 404


async def test_the_quarantine_empties_itself(settings, api, post, organization, stored):
    before, _ = stored()
    await post(EICAR)
    with working(settings) as worker:
        with transaction(worker.engine, organization.organization_id) as connection:
            connection.execute(
                update(QuarantinedFile).values(
                    quarantined_at=func.clock_timestamp()
                    - timedelta(days=settings.upload.quarantine_days, hours=1)
                )
            )
            enqueue(connection, empty_quarantine, organization_id=organization.organization_id)
        await asyncio.to_thread(worker, Queue.MAINTENANCE)
    assert (await api.get(QUARANTINE)).json()["items"] == []
    assert stored()[0] == before
