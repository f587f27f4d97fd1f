"""tus 1.0: begin, continue, look, end; and what is refused of it."""

import base64
import hashlib
import json
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import func, update

from factories import reports
from factories.working import working
from features.uploads.conftest import BYTES, TUS, UPLOADS, named
from fixtures.api import browser, new_organization
from hauberk.db.models.upload import Upload
from hauberk.db.session import transaction
from hauberk.domain.permissions import Role
from hauberk.features.uploads import protocol, service
from hauberk.features.uploads.jobs import expire_uploads
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio

REPORT = json.dumps(reports.code(30)).encode()
SCANS = "/api/v1/scans"


@pytest.fixture
def stored(context):
    return lambda: set(context.storage.keys())


async def test_what_is_spoken_is_told(api):
    answer = await api.options(UPLOADS)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert {"creation", "termination", "checksum", "expiration", "concatenation"} <= set(
        answer.headers["tus-extension"].split(",")
    )
    assert int(answer.headers["tus-max-size"]) > 0


async def test_a_report_sent_in_pieces_is_a_scan(api, create, patch, context):
    where = await create(len(REPORT), **{"Upload-Metadata": named("../x/gosec\r\n.json")})
    assert where.startswith(f"{UPLOADS}/upl_")
    at = 0
    for piece in (REPORT[:10], REPORT[10:1000], REPORT[1000:]):
        answer = await patch(where, at, piece)
        assert answer.status_code == 204, answer.text
        at += len(piece)
        assert answer.headers["upload-offset"] == str(at)
        assert answer.headers["tus-resumable"] == "1.0.0"
        looked = await api.head(where, headers=TUS)
        assert (looked.headers["upload-offset"], looked.headers["upload-length"]) == (
            str(at),
            str(len(REPORT)),
        )
        assert looked.headers["cache-control"] == "no-store"
    upload = where.rpartition("/")[2]
    answer = await api.post(SCANS, json={"upload": upload, "asset": "shop", "ref": "main"})
    assert answer.status_code == 202, answer.text
    scan = answer.json()
    assert (scan["file_name"], scan["size_bytes"], scan["ref"]) == ("../x/gosec.json", len(REPORT), "main")
    again = await api.post(SCANS, json={"upload": upload, "asset": "shop", "ref": "main"})
    assert again.json()["id"] == scan["id"]
    other = await api.post(SCANS, json={"upload": upload, "asset": "shop", "ref": "other"})
    assert other.status_code == 409
    assert (await patch(where, len(REPORT), b"x")).status_code == 403


async def test_many_parts_become_one_file_with_the_file_s_hash(
    api, create, patch, context, stored, monkeypatch
):
    monkeypatch.setattr(service, "PART_BYTES", 1000)
    before = stored()
    where = await create(len(REPORT))

    async def trickle():
        for start in range(0, len(REPORT), 333):
            yield REPORT[start : start + 333]

    assert (await patch(where, 0, trickle())).status_code == 204
    (key,) = stored() - before
    with context.storage.open_local(key) as path:
        assert path.read_bytes() == REPORT


async def test_bytes_for_another_place_are_refused_and_change_nothing(api, create, patch, stored):
    where = await create(100)
    before = stored()
    for at in (1, 50, 100):
        answer = await patch(where, at, b"x" * 10)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:hauberk:problem:wrong_offset")
    assert (await patch(where, 0, b"x" * 101)).status_code == 413
    assert stored() == before
    assert (await api.head(where, headers=TUS)).headers["upload-offset"] == "0"


async def test_a_wrong_checksum_is_told_and_its_bytes_are_forgotten(api, create, patch, stored):
    where = await create(20)
    before = stored()
    right = {
        n: f"{n} {base64.b64encode(hashlib.new(n, b'0123456789').digest()).decode()}"
        for n in ("sha1", "sha256")
    }
    answer = await patch(where, 0, b"0123456780", **{"Upload-Checksum": right["sha1"]})
    assert answer.status_code == 460
    assert answer.json()["title"] == "Checksum mismatch"
    assert stored() == before
    assert (await patch(where, 0, b"0123456789", **{"Upload-Checksum": right["sha1"]})).status_code == 204
    assert (await patch(where, 10, b"0123456789", **{"Upload-Checksum": right["sha256"]})).status_code == 204
    assert (await patch(where, 20, b"", **{"Upload-Checksum": "crc32 AAAA"})).status_code == 422


async def test_parts_sent_side_by_side_are_joined_in_the_order_named(api, create, patch, context, stored):
    before = stored()
    half = len(REPORT) // 2
    first = await create(half, **{"Upload-Concat": "partial"})
    second = await create(len(REPORT) - half, **{"Upload-Concat": "partial"})
    joining = TUS | {"Upload-Concat": f"final;{first} {second}", "Upload-Metadata": named("gosec.json")}
    await patch(second, 0, REPORT[half:])
    assert (await api.post(UPLOADS, headers=joining)).status_code == 409
    await patch(first, 0, REPORT[:half])
    refused = await api.post(SCANS, json={"upload": first.rpartition("/")[2]})
    assert refused.status_code == 422
    answer = await api.post(UPLOADS, headers=joining)
    assert answer.status_code == 201, answer.text
    final = answer.headers["location"]
    assert (await patch(final, len(REPORT), b"x")).status_code in (403, 409)
    (key,) = stored() - before
    with context.storage.open_local(key) as path:
        assert path.read_bytes() == REPORT
    scan = await api.post(SCANS, json={"upload": final.rpartition("/")[2], "asset": "shop"})
    assert (scan.status_code, scan.json()["file_name"]) == (202, "gosec.json")


async def test_bytes_may_come_along_with_the_beginning(api):
    answer = await api.post(UPLOADS, content=REPORT[:50], headers=BYTES | {"Upload-Length": str(len(REPORT))})
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "50")


async def test_clients_that_can_only_post_say_what_they_mean(api, create):
    where = await create(3)
    override = BYTES | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert (await api.post(where, content=b"abc", headers=override)).status_code == 204
    assert (await api.post(where, headers=TUS | {"X-HTTP-Method-Override": "DELETE"})).status_code == 204
    assert (await api.head(where, headers=TUS)).status_code == 404


async def test_an_upload_that_is_ended_leaves_nothing(api, create, patch, stored):
    before = stored()
    where = await create(100)
    await patch(where, 0, b"x" * 50)
    assert stored() != before
    assert (await api.delete(where, headers=TUS)).status_code == 204
    assert stored() == before
    assert (await api.head(where, headers=TUS)).status_code == 404


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Upload-Length": "10"}, 412),
        (TUS | {"Upload-Length": "-1"}, 422),
        (TUS | {"Upload-Length": "1e3"}, 422),
        (TUS, 422),
        (TUS | {"Upload-Length": "0"}, 422),
        (TUS | {"Upload-Length": str(10**15)}, 413),
        (TUS | {"Upload-Length": "10", "Upload-Metadata": "filename ***"}, 422),
        (TUS | {"Upload-Length": "10", "Upload-Concat": "final;"}, 422),
        (TUS | {"Upload-Concat": "final;/api/v1/uploads/upl_none"}, 404),
    ],
)
async def test_a_beginning_that_cannot_be_is_refused_in_words(api, headers, code):
    answer = await api.post(UPLOADS, headers=headers)
    assert answer.status_code == code, answer.text
    assert answer.json()["detail"]


async def test_nobody_sees_or_continues_what_somebody_else_sends(api, create, patch, context, client_as, app):
    where = await create(100)
    colleague = await client_as(Role.MEMBER)
    stranger = await client_as(None, member=await new_organization(context))
    for other in (colleague, stranger):
        assert (await other.head(where, headers=TUS)).status_code == 404
        assert (await patch(where, 0, b"x", client=other)).status_code == 404
        assert (await other.delete(where, headers=TUS)).status_code == 404
        assert (await other.post(SCANS, json={"upload": where.rpartition("/")[2]})).status_code == 404
        assert (await other.get(UPLOADS)).json()["items"] == []
    (mine,) = (await api.get(UPLOADS)).json()["items"]
    assert (mine["received"], mine["length"], mine["scan"]) == (0, 100, None)


async def test_an_unfinished_upload_is_no_scan(api, create, patch):
    where = await create(100)
    await patch(where, 0, b"x" * 40)
    answer = await api.post(SCANS, json={"upload": where.rpartition("/")[2], "asset": "shop"})
    assert answer.status_code == 409
    assert "40 of 100" in answer.json()["detail"]
    wrong = await api.post(SCANS, json={"upload": where.rpartition("/")[2], "colour": "red"})
    assert wrong.json()["errors"][0]["pointer"] == "/colour"
    assert (await api.post(SCANS, json={})).json()["errors"][0]["pointer"] == "/upload"


async def test_person_and_organization_have_a_quota(context, api, create, client_as):
    limits = context.settings.upload
    for _ in range(limits.unfinished_per_person):
        where = await create(1)
    answer = await api.post(UPLOADS, headers=TUS | {"Upload-Length": "1"})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:hauberk:problem:quota_exceeded")
    await api.delete(where, headers=TUS)
    await create(1)
    colleague = await client_as(Role.MEMBER)
    for _ in range(limits.unfinished_bytes // limits.max_bytes - 1):
        await create(limits.max_bytes, client=colleague)
    answer = await colleague.post(UPLOADS, headers=TUS | {"Upload-Length": str(limits.max_bytes)})
    assert answer.json()["type"] == "urn:hauberk:problem:quota_exceeded"


async def test_what_nobody_continues_is_gone_and_swept(settings, api, create, patch, organization, stored):
    before = stored()
    where, fresh = await create(100), await create(100)
    await patch(where, 0, b"x" * 50)
    with working(settings) as worker:
        with transaction(worker.engine, organization.organization_id) as connection:
            connection.execute(
                update(Upload)
                .where(Upload.received > 0)
                .values(expires_at=func.clock_timestamp() - timedelta(seconds=1))
            )
            enqueue(connection, expire_uploads, organization_id=organization.organization_id)
        assert (await patch(where, 50, b"x")).status_code == 410
        worker(Queue.MAINTENANCE)
    assert stored() == before
    assert (await api.head(where, headers=TUS)).status_code == 404
    assert (await api.head(fresh, headers=TUS)).status_code == 200


async def test_an_upload_s_end_is_told_in_utc_whatever_zone_the_database_speaks_of():
    lima = datetime(2026, 3, 1, 19, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert protocol.expires(lima) == "Mon, 02 Mar 2026 00:30:00 GMT"


async def test_a_service_account_sees_no_upload_of_another_one(api, app, create):
    async def account(name):
        body = {"name": name, "role": "member", "scopes": ["scans:write"]}
        made = (await api.post("/api/v1/service-accounts", json=body)).json()
        grant = {"grant_type": "client_credentials"} | {
            each: made[each] for each in ("client_id", "client_secret")
        }
        token = (await api.post("/api/v1/auth/token", data=grant)).json()["access_token"]
        return browser(app, Authorization=f"Bearer {token}")

    async with await account("one") as one, await account("two") as two:
        where = await create(100, client=one)
        assert (await one.head(where, headers=TUS)).status_code == 200
        assert (await two.head(where, headers=TUS)).status_code == 404
        assert (await two.delete(where, headers=TUS)).status_code == 404
        listed = [(await each.get(UPLOADS)).json()["total"] for each in (one, two, api)]
        assert listed == [1, 0, 0]
