"""Held scans: released, discarded or superseded, each once, and all of it in the audit trail."""

import pytest

from factories import reports
from hauberk.domain.permissions import Role

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"


@pytest.fixture
def open_findings(api):
    async def count():
        return (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"]

    return count


async def _newest_event(api):
    return (await api.get("/api/v1/audit")).json()["items"][0]


@pytest.mark.long
async def test_a_scan_that_would_close_too_much_is_held(held, open_findings):
    assert held["held"]["would_close"] == 10
    assert held["held"]["by_severity"] == {"high": 10}
    assert held["held"]["reason"]
    assert (held["counts"]["closed"], held["counts"]["unchanged"]) == (0, 30)
    assert await open_findings() == 40


@pytest.mark.long
async def test_released_it_closes_what_it_held_back(api, held, work, open_findings):
    answer = await api.post(f"{SCANS}/{held['id']}/release")
    assert (answer.status_code, answer.json()["state"]) == (202, "accepted")
    event = await _newest_event(api)
    assert (event["action"], event["subject"]["id"]) == ("scan.released", held["id"])
    assert event["detail"]["would_close"] == 10
    await work()
    scan = (await api.get(f"{SCANS}/{held['id']}")).json()
    assert (scan["state"], scan["held"]) == ("done", None)
    assert scan["counts"] == held["counts"] | {
        "closed": 10,
        "findings": held["counts"]["findings"] | {"closed": 10},
    }
    assert await open_findings() == 30
    changes = (await api.get(f"{SCANS}/{held['id']}/changes")).json()
    assert [change["change"] for change in changes["items"]] == ["closed"] * 10


@pytest.mark.long
async def test_discarded_it_keeps_open_what_it_would_have_closed(api, held, work, open_findings):
    answer = await api.post(f"{SCANS}/{held['id']}/discard")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["held"]) == ("done", None)
    assert answer.json()["counts"] == held["counts"]
    event = await _newest_event(api)
    assert (event["action"], event["subject"]["id"]) == ("scan.discarded", held["id"])
    await work()
    assert await open_findings() == 40


@pytest.mark.long
async def test_a_decision_is_made_once(api, held, work):
    assert (await api.post(f"{SCANS}/{held['id']}/release")).status_code == 202
    for decision in ("release", "discard"):
        answer = await api.post(f"{SCANS}/{held['id']}/{decision}")
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "not_held")
    await work()
    assert (await api.post(f"{SCANS}/{held['id']}/release")).status_code == 409


@pytest.mark.long
async def test_the_next_complete_scan_settles_it(api, held, scanned, open_findings):
    later = await scanned(reports.code(40))
    scan = (await api.get(f"{SCANS}/{held['id']}")).json()
    assert (scan["state"], scan["superseded_by"], scan["held"]) == ("done", later["id"], None)
    refused = await api.post(f"{SCANS}/{held['id']}/release")
    assert refused.status_code == 409
    assert "newer scan" in refused.json()["detail"]
    assert await open_findings() == 40


@pytest.mark.long
async def test_a_dry_run_is_never_held_and_settles_nothing(api, held, scanned, open_findings):
    dry = await scanned(reports.code(2), dry_run="true")
    assert dry["state"] == "done"
    assert dry["held"]["would_close"] == 38
    assert (await api.post(f"{SCANS}/{dry['id']}/release")).status_code == 409
    assert (await api.get(f"{SCANS}/{held['id']}")).json()["state"] == "held"
    assert await open_findings() == 40


@pytest.mark.long
async def test_a_viewer_sees_it_and_decides_nothing(client_as, held):
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.get(f"{SCANS}/{held['id']}")).status_code == 200
    for decision in ("release", "discard"):
        assert (await viewer.post(f"{SCANS}/{held['id']}/{decision}")).status_code == 403


async def _unchanged(api, scan):
    return (await api.get(f"{SCANS}/{scan['id']}/changes", params={"change": "unchanged"})).json()["total"]


@pytest.mark.long
async def test_what_it_holds_back_is_not_listed_as_unchanged(api, held):
    assert await _unchanged(api, held) == held["counts"]["unchanged"] == 30
    await api.post(f"{SCANS}/{held['id']}/discard")
    assert await _unchanged(api, held) == 30


@pytest.mark.long
async def test_nor_after_another_scan_has_settled_it(api, held, scanned):
    await scanned(reports.code(40))
    assert await _unchanged(api, held) == 30


@pytest.mark.long
async def test_released_after_a_scan_of_a_part_it_closes_what_that_did_not_see(
    api, held, scanned, work, open_findings
):
    part = await scanned(reports.code(6), partial="true")
    assert (part["state"], part["counts"]["unchanged"]) == ("done", 6)
    assert (await api.post(f"{SCANS}/{held['id']}/release")).status_code == 202
    await work()
    scan = (await api.get(f"{SCANS}/{held['id']}")).json()
    assert (scan["state"], scan["held"], scan["superseded_by"], scan["error"]) == ("done", None, None, None)
    assert scan["counts"]["closed"] == 10
    assert await open_findings() == 36
