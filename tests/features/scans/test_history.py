"""Taking a scan back and reading it again over HTTP: previewed first, done once, told in the trail; people's work stays."""

import pytest
from sqlalchemy import text

from factories import reports
from hauberk.domain.permissions import Role

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"
FINDINGS = "/api/v1/findings"


def problem(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def _newest_event(api):
    return (await api.get("/api/v1/audit")).json()["items"][0]


@pytest.mark.long
async def test_an_undone_scan_leaves_what_was_there_before(api, scanned, order, total):
    await scanned(reports.code(40))
    scan = await scanned(reports.code(45, skip=(0, 1)))
    assert await total() == 43
    undone = await order(scan, "undo")
    assert (undone["id"], undone["state"], undone["counts"]) == (scan["id"], "done", scan["counts"])
    assert undone["undone"]["by"]["name"]
    assert await total() == 40
    assert await total("") == 40
    event = await _newest_event(api)
    assert (event["action"], event["subject"]["id"]) == ("scan.undone", scan["id"])
    assert event["detail"]["counts"]["findings"] == {"new": 0, "reopened": 2, "closed": 5}
    assert (await api.get(f"{SCANS}/{scan['id']}/changes")).json()["items"] == []


@pytest.mark.long
async def test_the_preview_says_each_change_and_why_and_changes_nothing(api, scanned, order, total):
    await scanned(reports.code(40))
    scan = await scanned(reports.code(42, skip=(0,), shift=1))
    preview = await order(scan, "undo", dry_run=True)
    assert (preview["dry_run"], preview["state"], preview["preview_of"]) == (True, "done", scan["id"])
    changes = (await api.get(f"{SCANS}/{preview['id']}/changes", params={"limit": 200})).json()
    kinds = [each["change"] for each in changes["items"]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"closed": 2, "reopened": 1, "moved": 39}
    assert all(each["reason"] for each in changes["items"])
    closed = (await api.get(f"{SCANS}/{preview['id']}/changes", params={"change": "closed"})).json()
    assert (closed["total"], {each["change"] for each in closed["items"]}) == (2, {"closed"})
    assert preview["counts"]["findings"] == {"new": 0, "reopened": 1, "closed": 2}
    assert await total() == 41
    assert preview["id"] not in [each["id"] for each in (await api.get(SCANS)).json()["items"]]


@pytest.mark.long
async def test_a_scan_in_the_middle_of_its_series_goes_and_the_later_ones_count_anew(
    api, scanned, order, total
):
    await scanned(reports.code(30))
    middle = await scanned(reports.code(34, skip=(2,)))
    last = await scanned(reports.code(33, skip=(2, 3)))
    assert (last["counts"]["new"], last["counts"]["closed"]) == (0, 2)
    await order(middle, "undo")
    assert await total() == 31
    again = (await api.get(f"{SCANS}/{last['id']}")).json()
    assert (again["state"], again["counts"]["new"], again["counts"]["closed"]) == ("done", 3, 2)
    assert [each["change"] for each in (await api.get(f"{SCANS}/{last['id']}/changes")).json()["items"]] == [
        "new"
    ] * 3 + ["closed"] * 2


@pytest.mark.long
async def test_findings_of_later_scans_keep_their_ids_and_what_people_said(api, scanned, order):
    await scanned(reports.code(10))
    middle = await scanned(reports.code(12))
    await scanned(reports.code(14))
    before = {
        each["locations"][0]["line"]: each["id"]
        for each in (await api.get(FINDINGS, params={"limit": 200})).json()["items"]
    }
    decided = before[11]
    await api.patch(f"{FINDINGS}/{decided}", json={"triage": "false_positive", "reason": "Only in tests"})
    await api.post(f"{FINDINGS}/{before[12]}/comments", json={"body": "Looked at"})
    await order(middle, "undo")
    after = {
        each["locations"][0]["line"]: each["id"]
        for each in (await api.get(FINDINGS, params={"limit": 200})).json()["items"]
    }
    assert after == before
    finding = (await api.get(f"{FINDINGS}/{decided}")).json()
    assert (finding["triage"], finding["triage_reason"], finding["presence"]) == (
        "false_positive",
        "Only in tests",
        "active",
    )
    assert len((await api.get(f"{FINDINGS}/{before[12]}")).json()["comments"]) == 1


@pytest.mark.long
async def test_a_finding_with_a_comment_is_never_deleted_and_says_why_it_is_inactive(
    api, scanned, order, total
):
    await scanned(reports.code(10))
    scan = await scanned(reports.code(12))
    lines = {
        each["locations"][0]["line"]: each["id"]
        for each in (await api.get(FINDINGS, params={"limit": 200})).json()["items"]
    }
    await api.post(f"{FINDINGS}/{lines[12]}/comments", json={"body": "Known since spring"})
    preview = await order(scan, "undo", dry_run=True)
    reasons = {
        each["finding"]["id"]: each["reason"]
        for each in (await api.get(f"{SCANS}/{preview['id']}/changes")).json()["items"]
    }
    assert "stays" in reasons[lines[12]]
    assert "stays" not in reasons[lines[11]]
    await order(scan, "undo")
    assert (await api.get(f"{FINDINGS}/{lines[11]}")).status_code == 404
    kept = (await api.get(f"{FINDINGS}/{lines[12]}")).json()
    assert (kept["presence"], kept["comments"][0]["body"]) == ("inactive", "Known since spring")
    assert [each["close_reason"] for each in kept["occurrences"]] == ["undone"]
    assert kept["locations"][0]["line"] == 12
    assert (await total(), await total("")) == (10, 11)
    await scanned(reports.code(12))
    back = (await api.get(f"{FINDINGS}/{lines[12]}")).json()
    assert (back["presence"], len(back["comments"])) == ("active", 1)


@pytest.mark.long
async def test_a_decision_that_a_new_place_had_opened_again_stands_again(api, scanned, order):
    await scanned(reports.code(10))
    finding = (await api.get(FINDINGS)).json()["items"][0]["id"]
    await api.patch(f"{FINDINGS}/{finding}", json={"triage": "risk_accepted", "reason": "Behind a wall"})
    report = reports.code(10)
    line = (await api.get(f"{FINDINGS}/{finding}")).json()["locations"][0]["line"]
    twin = next(each for each in report["Issues"] if each["line"] == str(line))
    report["Issues"].append(dict(twin, line="90", code=twin["code"].replace(f"{line}:", "90:")))
    scan = await scanned(report)
    assert (await api.get(f"{FINDINGS}/{finding}")).json()["triage"] == "open"
    await order(scan, "undo")
    restored = (await api.get(f"{FINDINGS}/{finding}")).json()
    assert (restored["triage"], restored["triage_reason"]) == ("risk_accepted", "Behind a wall")


@pytest.mark.long
async def test_a_held_scan_is_undone_with_what_it_had_added(api, scanned, order, total):
    await scanned(reports.code(20))
    held = await scanned(reports.code(25, skip=tuple(range(10))))
    assert (held["state"], await total()) == ("held", 25)
    undone = await order(held, "undo")
    assert (undone["state"], undone["held"]) == ("done", None)
    assert await total() == 20
    assert problem(await api.post(f"{SCANS}/{held['id']}/release")) == (409, "not_held")


@pytest.mark.long
async def test_a_released_scan_stays_released_when_an_earlier_one_goes(api, scanned, order, work, total):
    first = await scanned(reports.code(40))
    await scanned(reports.code(41))
    held = await scanned(reports.code(20))
    await api.post(f"{SCANS}/{held['id']}/release")
    await work()
    assert await total() == 20
    await order(first, "undo")
    again = (await api.get(f"{SCANS}/{held['id']}")).json()
    assert (again["state"], again["counts"]["closed"]) == ("done", 21)
    assert await total() == 20


@pytest.mark.long
async def test_an_older_report_that_came_late_counts_once_the_newer_one_is_undone(api, scanned, order, total):
    newer = await scanned(reports.code(10), scanned_at="2026-01-02T00:00:00Z")
    late = await scanned(reports.code(4), scanned_at="2026-01-01T00:00:00Z")
    assert late["superseded_by"] == newer["id"]
    await order(newer, "undo")
    now = (await api.get(f"{SCANS}/{late['id']}")).json()
    assert (now["superseded_by"], now["counts"]["new"]) == (None, 4)
    assert await total() == 4


@pytest.mark.long
async def test_a_report_that_never_counted_is_undone_without_a_change(scanned, order, total):
    await scanned(reports.code(10), scanned_at="2026-01-02T00:00:00Z")
    late = await scanned(reports.code(4), scanned_at="2026-01-01T00:00:00Z")
    assert (await order(late, "undo"))["undone"]
    assert await total() == 10


@pytest.mark.long
async def test_what_cannot_be_undone_says_so(api, scanned, order, send, work):
    scan = await scanned(reports.code(5))
    await order(scan, "undo")
    assert problem(await api.post(f"{SCANS}/{scan['id']}/undo")) == (409, "already_undone")
    assert problem(await api.post(f"{SCANS}/{scan['id']}/reprocess")) == (409, "already_undone")
    dry = await scanned(reports.code(5), dry_run="true")
    assert problem(await api.post(f"{SCANS}/{dry['id']}/undo")) == (409, "not_applied")
    broken = await scanned(b'{"Golang errors": {}, "Issues": [', format="gosec-json")
    assert problem(await api.post(f"{SCANS}/{broken['id']}/undo")) == (409, "not_applied")
    waiting = await send(reports.code(6))
    assert problem(await api.post(f"{SCANS}/{waiting['id']}/undo")) == (409, "in_progress")
    await work()
    assert (await api.post(f"{SCANS}/{waiting['id']}/undo")).status_code == 202
    assert problem(await api.post(f"{SCANS}/{waiting['id']}/undo")) == (409, "in_progress")
    assert problem(await api.post(f"{SCANS}/scn_0000000000000/undo")) == (404, "not_found")


@pytest.mark.long
async def test_a_scan_older_than_reports_are_kept_is_not_undone(api, scanned, context, organization):
    scan = await scanned(reports.code(5))
    async with context.sessions.transaction(organization.organization_id) as session:
        await session.execute(text("update scan set accepted_at = accepted_at - interval '401 days'"))
    assert problem(await api.post(f"{SCANS}/{scan['id']}/undo")) == (409, "too_old")


@pytest.mark.long
async def test_without_a_later_report_nothing_is_changed_and_the_scan_says_why(
    api, scanned, order, total, context, organization
):
    first = await scanned(reports.code(5))
    later = await scanned(reports.code(7))
    async with context.sessions.transaction(organization.organization_id) as session:
        await session.execute(text("update scan set storage_key = null"))
    answer = await order(first, "undo")
    assert (answer["state"], answer["undone"]) == ("done", None)
    assert (answer["act"]["kind"], answer["act"]["state"], answer["act"]["error"]["code"]) == (
        "undo",
        "failed",
        "report_removed",
    )
    assert await total() == 7
    assert problem(await api.post(f"{SCANS}/{later['id']}/reprocess")) == (410, "report_removed")
    await order(later, "undo")
    assert await total() == 5


@pytest.mark.long
async def test_an_undo_that_waits_behind_an_import_counts_it_too(api, scanned, send, work, total):
    await scanned(reports.code(10))
    second = await scanned(reports.code(15))
    third = await send(reports.code(16))
    assert (await api.post(f"{SCANS}/{second['id']}/undo")).status_code == 202
    fourth = await send(reports.code(17))
    await work()
    assert await total() == 17
    counts = [(await api.get(f"{SCANS}/{each['id']}")).json()["counts"]["new"] for each in (third, fourth)]
    assert counts == [6, 1]


@pytest.mark.long
async def test_reading_again_shows_the_difference_first_and_loses_nothing(
    api, scanned, order, total, context, organization
):
    """The present parser reads a severity that the parser of then did not."""
    scan = await scanned(reports.code(10))
    await scanned(reports.code(11))
    finding = (await api.get(FINDINGS)).json()["items"][0]["id"]
    await api.post(f"{FINDINGS}/{finding}/comments", json={"body": "Looked at"})
    async with context.sessions.transaction(organization.organization_id) as session:
        await session.execute(text("update occurrence set severity = 2, content_hash = 1, element_hash = 0"))
        await session.execute(
            text("update finding set severity = 2, severity_reported = 2, priority = 2000000")
        )
    preview = await order(scan, "reprocess")
    assert (preview["dry_run"], preview["preview_of"]) == (True, scan["id"])
    changes = (await api.get(f"{SCANS}/{preview['id']}/changes")).json()
    assert {each["change"] for each in changes["items"]} == {"changed"}
    assert await total("severity:low") == 11
    done = await order(scan, "reprocess", dry_run=False)
    assert (done["id"], done["state"]) == (scan["id"], "done")
    assert (await total("severity:low"), await total("severity:high")) == (0, 11)
    assert (await api.get(f"{FINDINGS}/{finding}")).json()["comments"][0]["body"] == "Looked at"
    assert (await _newest_event(api))["action"] == "scan.reprocessed"


@pytest.mark.long
async def test_the_newest_scan_is_done_again_once_it_was_read_again(scanned, order):
    scan = await order(await scanned(reports.code(10)), "reprocess", dry_run=False)
    assert (scan["state"], scan["held"], scan["counts"]["reported"]) == ("done", None, 10)


async def test_a_report_that_failed_is_taken_in_once_it_can_be_read(
    api, scanned, work, context, organization
):
    broken = await scanned(b'{"Golang errors": {}, "Issues": [', format="gosec-json")
    assert problem(await api.post(f"{SCANS}/{broken['id']}/reprocess")) == (409, "not_applied")
    answer = await api.post(f"{SCANS}/{broken['id']}/reprocess", json={"dry_run": False})
    assert (answer.status_code, answer.json()["state"], answer.json()["error"]) == (202, "accepted", None)
    await work()
    assert (await api.get(f"{SCANS}/{broken['id']}")).json()["error"]["code"] == "truncated"


@pytest.mark.long
async def test_the_counts_of_the_overview_follow(api, scanned, order):
    await scanned(reports.code(10))
    scan = await scanned(reports.code(14, severity="LOW"))
    await order(scan, "undo")
    severities = (await api.get("/api/v1/dashboard")).json()
    assert severities["open"]["by_severity"]["high"] == 10


async def test_a_viewer_undoes_nothing(client_as, scanned):
    scan = await scanned(reports.code(5))
    viewer = await client_as(Role.VIEWER)
    for act in ("undo", "reprocess"):
        assert (await viewer.post(f"{SCANS}/{scan['id']}/{act}")).status_code == 403
