"""POST /scans: what is taken in, what is refused, and that a refusal keeps nothing."""

import asyncio
import io
import itertools
import json
import tarfile

import pytest

from factories import reports
from factories.forms import BOUNDARY, HEADERS, field, file, form
from fixtures.api import browser, new_organization
from hauberk.domain.permissions import Role

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"
REPORT = reports.code(3)


@pytest.fixture
def post(api):
    """`await post(part, part, …)`: the answer to a form of these parts."""

    async def send(*parts, client=api, body=None, **headers):
        return await client.post(SCANS, content=body or form(*parts), headers=HEADERS | headers)

    return send


@pytest.fixture
def keeps_nothing(stored):
    before = stored()
    yield
    assert stored() == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_parts_come_in_any_order(post, order):
    parts = [file(REPORT, "gosec.json"), field("asset", "shop"), field("ref", "release/2")]
    answer = await post(*(parts[index] for index in order))
    assert answer.status_code == 202
    scan = answer.json()
    assert (scan["state"], scan["file_name"], scan["ref"]) == ("accepted", "gosec.json", "release/2")
    assert (scan["size_bytes"], scan["dry_run"]) == (len(json.dumps(REPORT)), False)
    assert scan["id"].startswith("scn_")
    assert scan["progress"]["phase"] == "waiting"
    assert (scan["counts"], scan["error"], scan["held"], scan["asset"]) == (None, None, None, None)


async def test_a_form_cut_into_single_bytes_is_the_same_form(api, context, stored):
    before, _ = stored()

    async def body():
        for byte in form(field("asset", "shop"), file(REPORT)):
            yield bytes([byte])

    answer = await api.post(SCANS, content=body(), headers=HEADERS)
    assert answer.status_code == 202
    (key,) = set(stored()[0]) - set(before)
    with context.storage.open_local(key) as path:
        assert json.loads(path.read_bytes()) == REPORT


@pytest.mark.long
async def test_an_asset_is_found_by_name_in_any_case_and_by_id(scanned, send):
    first = await scanned(REPORT, asset="Shop")
    assert first["asset"]["name"] == "Shop"
    assert (await send(REPORT, asset="sHOP"))["asset"] == first["asset"]
    assert (await send(REPORT, asset=first["asset"]["id"]))["asset"] == first["asset"]
    again = await scanned(REPORT, asset=first["asset"]["id"])
    assert (again["asset"], again["counts"]["unchanged"]) == (first["asset"], 3)


async def test_an_id_of_no_asset_or_of_a_stranger_s_is_not_found(
    app, context, post, scanned, keeps_nothing, stored
):
    for wrong in (context.public_ids.encode("ast", 2**40), "ast_nonsense"):
        answer = await post(file(REPORT), field("asset", wrong))
        assert answer.status_code == 404
        assert "asset" in answer.json()["detail"]


@pytest.mark.long
async def test_a_stranger_s_asset_is_not_found(app, context, post, scanned, stored):
    theirs = (await scanned(REPORT))["asset"]["id"]
    stranger = await new_organization(context)
    before = stored()
    async with browser(app, **stranger.headers) as client:
        assert (await post(file(REPORT), field("asset", theirs), client=client)).status_code == 404
    assert stored() == before


@pytest.mark.long
async def test_without_an_asset_the_report_or_else_the_file_names_it(api, post, work):
    named = (await post(file(reports.packages(2), "trivy.json"))).json()
    unnamed = (await post(file(REPORT, "backend-gosec.json"))).json()
    automatic = (await post(file(reports.packages(2)), field("asset", "auto"))).json()
    await work()
    names = [
        (await api.get(f"{SCANS}/{scan['id']}")).json()["asset"]["name"]
        for scan in (named, unnamed, automatic)
    ]
    assert names == ["shop", "backend-gosec", "shop"]


async def test_a_viewer_is_refused_before_the_report_is_read(client_as, keeps_nothing):
    viewer = await client_as(Role.VIEWER)
    read = 0

    async def body():
        nonlocal read
        for _ in range(100):
            read += 1
            yield form(file(REPORT))

    answer = await viewer.post(SCANS, content=body(), headers=HEADERS)
    assert answer.status_code == 403
    assert read == 0


@pytest.mark.long
async def test_a_member_makes_assets_and_a_narrow_token_does_not(
    app, api, client_as, post, scanned, stored, work
):
    member = await client_as(Role.MEMBER)
    assert (await post(file(REPORT), field("asset", "made by a member"), client=member)).status_code == 202
    await scanned(REPORT, asset="known")
    token = (
        await api.post("/api/v1/tokens", json={"name": "ci", "scopes": ["scans:write", "scans:read"]})
    ).json()
    before = stored()
    async with browser(app, Authorization=f"Bearer {token['token']}") as narrow:
        refused = await post(file(REPORT), field("asset", "unknown"), client=narrow)
        assert refused.status_code == 403
        assert stored() == before
        known = await post(file(REPORT), field("asset", "known"), client=narrow)
        assert known.status_code == 202
        from_the_file = (await post(file(REPORT, "nobody-named-me.json"), client=narrow)).json()
        await work()
        ended = (await narrow.get(f"{SCANS}/{from_the_file['id']}")).json()
    assert (ended["state"], ended["error"]["code"]) == ("failed", "asset_unknown")
    assert (await api.get("/api/v1/findings", params={"q": "asset:nobody-named-me"})).json()["total"] == 0


def tarred(content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo("report.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


UNREADABLE = {
    "a report in a tar archive": tarred(json.dumps(REPORT).encode()),
    "another format": b'{"what": "ever"}',
    "no text at all": bytes(range(256)),
    "cut off before it says what it is": b'{"Iss',
}


async def test_a_report_cut_off_after_it_said_what_it_is_fails_as_that(post, work, api):
    accepted = await post(file(b'{"Issues": ['))
    assert accepted.status_code == 202
    await work()
    ended = (await api.get(f"{SCANS}/{accepted.json()['id']}")).json()
    assert (ended["state"], ended["error"]["code"]) == ("failed", "truncated")


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_report_is_unsupported(post, keeps_nothing, content):
    answer = await post(file(content))
    assert answer.status_code == 415
    assert answer.json()["type"].startswith("urn:hauberk:problem:")


async def test_what_may_be_of_two_formats_is_asked_back_with_both_named(post, keeps_nothing):
    both = {"bomFormat": "CycloneDX", "specVersion": "1.5", "auditReportVersion": 2, "vulnerabilities": {}}
    answer = await post(file(both))
    assert answer.status_code == 415
    assert answer.json()["type"].endswith(":ambiguous_format")
    assert "cyclonedx-json" in answer.json()["detail"]
    assert "npm-audit-json" in answer.json()["detail"]
    assert (await post(field("format", "npm-audit-json"), field("bogus", "1"), file(both))).status_code == 422


WRONG = {
    "an unknown part": ([file(REPORT), field("colour", "red")], "/colour"),
    "a field twice": ([field("ref", "a"), field("ref", "b"), file(REPORT)], "/ref"),
    "two files": ([file(REPORT), file(REPORT)], "/file"),
    "an empty file": ([file(b"")], "/file"),
    "an empty file of a scanner that always writes": ([field("format", "trivy-json"), file(b"")], "/file"),
    "no file": ([field("asset", "shop")], "/file"),
    "a file in another part": ([field("report", b"{}")], "/file"),
    "a date that is none": ([file(REPORT), field("scanned_at", "yesterday")], "/scanned_at"),
    "a date before time": ([file(REPORT), field("scanned_at", "0001-01-01T00:00:00+14:00")], "/scanned_at"),
    "a date after time": ([file(REPORT), field("scanned_at", "9999-12-31T23:59:59-14:00")], "/scanned_at"),
    "an unknown format": ([file(REPORT), field("format", "fortran")], "/format"),
    "a flag that is none": ([file(REPORT), field("dry_run", "perhaps")], "/dry_run"),
    "a kind that is none": ([file(REPORT), field("asset_kind", "A Kind!")], "/asset_kind"),
    "a name that is too long": ([file(REPORT), field("asset", "x" * 301)], "/asset"),
    "a field that is too long": ([field("scope", "x" * 5000), file(REPORT)], "/scope"),
    "a null in a name": ([file(REPORT), field("asset", "a\x00b")], "/asset"),
    "a name turned around": ([file(REPORT), field("asset", "a\u202eb")], "/asset"),
    "a name that is no UTF-8": ([file(REPORT), field("asset", b"\xff\xfe")], "/asset"),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "pointer"), WRONG.values(), ids=WRONG)
async def test_a_wrong_form_is_refused_where_it_is_wrong(post, keeps_nothing, parts, pointer):
    answer = await post(*parts)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_an_empty_file_is_taken_where_its_scanner_writes_nothing_when_it_finds_nothing(post):
    answer = await post(field("asset", "shop"), field("format", "nuclei-json"), file(b""))
    assert answer.status_code == 202, answer.text


WHOLE = form(field("asset", "shop"), file(REPORT))
BROKEN = {
    "cut in the file": (WHOLE[:-60], "form_cut"),
    "cut before its end": (form(file(REPORT), end=False), "form_cut"),
    "empty": (b"\r\n", None),
    "without boundaries": (json.dumps(REPORT).encode(), "form_broken"),
    "a part without an end": (b"--" + BOUNDARY.encode() + b"\r\nContent-Disposition", None),
    "a header of 100 kB": (form(file(REPORT, "x" * 100_000)), "form_broken"),
    "a header of garbage": (b"--" + BOUNDARY.encode() + b"\r\n\x00\x01: x\r\n\r\n", "form_broken"),
    "many headers": (form(b"X-A: b\r\n" * 1000 + file(REPORT)), "form_broken"),
    "many parts": (form(*(field(f"x{n}", "") for n in range(100)), file(REPORT)), "form_broken"),
}


@pytest.mark.parametrize(("body", "code"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_form_is_refused(post, keeps_nothing, body, code):
    answer = await post(body=body)
    assert answer.status_code == 422, answer.text
    assert code is None or answer.json()["type"].endswith(f":{code}")


@pytest.mark.parametrize(
    "content_type", ["text/json", "multipart/form-data", "multipart/form-data; boundary=", "", "\x7f"]
)
async def test_another_content_type_is_unsupported(post, keeps_nothing, content_type):
    assert (await post(body=WHOLE, **{"Content-Type": content_type})).status_code == 415


async def test_a_boundary_beyond_all_measure_is_refused(post, keeps_nothing):
    answer = await post(body=WHOLE, **{"Content-Type": "multipart/form-data; boundary=" + "x" * 5000})
    assert answer.status_code == 422


NAMES = {
    "line breaks": ("a%0D%0Ab.json", "a%0D%0Ab.json"),
    "quotes": (r"a\"b.json", 'a"b.json'),
    "right to left": ("exe.\u202enosj.json", "exe.nosj.json"),
    "another folder": ("../../../../etc/passwd", "../../../../etc/passwd"),
    "absolute": ("/etc/passwd", "/etc/passwd"),
    "10 kB": ("x" * 10_000, "x" * 300),
    "a null": (b"a\x00b.json", "ab.json"),
    "another script": ("отчёт.json", "отчёт.json"),
    "no UTF-8": (b"\xff.json", "\ufffd.json"),
    "empty": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
async def test_a_file_s_name_is_shown_and_nothing_else(api, post, context, name, shown):
    answer = await post(field("asset", "shop"), file(REPORT, name))
    assert answer.status_code == 202, answer.text
    assert answer.json()["file_name"] == shown
    assert list(context.storage.folder.parent.rglob("*passwd*")) == []


async def test_a_file_without_a_name_is_taken(post):
    answer = await post(field("asset", "shop"), file(REPORT, None))
    assert (answer.status_code, answer.json()["file_name"]) == (202, None)


async def test_a_repeated_key_answers_the_scan_that_it_made(api, post, stored):
    parts = (field("asset", "shop"), file(REPORT))
    first = await post(*parts, **{"Idempotency-Key": "build-1"})
    kept = stored()
    again = await post(*parts, **{"Idempotency-Key": "build-1"})
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert stored() == kept
    for other in ((field("asset", "shop"), file(reports.code(4))), (field("asset", "till"), file(REPORT))):
        answer = await post(*other, **{"Idempotency-Key": "build-1"})
        assert answer.status_code == 409
        assert answer.json()["type"].endswith(":idempotency_mismatch")
    assert stored() == kept
    assert (await api.get(SCANS)).json()["total"] == 1
    assert (await post(*parts, **{"Idempotency-Key": "x" * 201})).status_code == 422


async def test_twins_at_the_same_moment_make_one_scan(api, post, stored):
    before, _ = stored()
    answers = await asyncio.gather(
        *(post(field("asset", "shop"), file(REPORT), **{"Idempotency-Key": "twins"}) for _ in range(8))
    )
    assert [answer.status_code for answer in answers] == [202] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(stored()[0]) == len(before) + 1
    assert (await api.get(SCANS)).json()["total"] == 1


async def test_another_organization_s_keys_are_its_own(app, context, post):
    stranger = await new_organization(context)
    first = await post(file(REPORT), **{"Idempotency-Key": "build-1"})
    async with browser(app, **stranger.headers) as client:
        other = await post(file(reports.code(4)), client=client, **{"Idempotency-Key": "build-1"})
    assert other.status_code == 202
    assert other.json()["id"] != first.json()["id"]


async def test_an_upload_is_in_the_audit_trail(api, send):
    scan = await send(REPORT)
    newest = (await api.get("/api/v1/audit")).json()["items"][0]
    assert (newest["action"], newest["subject"]) == ("scan.uploaded", {"type": "scan", "id": scan["id"]})
    assert newest["detail"]["file_name"] == "report.json"
