"""Lists of scans, one scan, and what it changed."""

from datetime import UTC, datetime, timedelta

import pytest

from factories import reports
from fixtures.api import browser, new_organization

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"


async def _all(api, path, **query):
    """Every item of a list, page by page, and the totals that the pages told."""
    items, totals, cursor = [], set(), None
    while True:
        page = (await api.get(path, params=query | ({"cursor": cursor} if cursor else {}))).json()
        items += page["items"]
        totals.add((page["total"], page["total_is_exact"]))
        cursor = page["next_cursor"]
        if cursor is None:
            return items, totals


@pytest.mark.long
async def test_the_list_is_newest_first_and_pages_in_both_orders(api, send):
    sent = [(await send(reports.code(1), asset=f"asset {n}"))["id"] for n in range(7)]
    down, totals = await _all(api, SCANS, limit=3)
    assert [scan["id"] for scan in down] == sent[::-1]
    assert totals == {(7, True)}
    up, _ = await _all(api, SCANS, limit=2, sort="accepted_at")
    assert [scan["id"] for scan in up] == sent
    third = (await api.get(SCANS, params={"limit": 2, "offset": 2})).json()["items"]
    assert [scan["id"] for scan in third] == sent[::-1][2:4]


@pytest.mark.long
async def test_the_list_is_filtered_by_state_asset_and_scanner(api, send, scanned):
    shop = await scanned(reports.code(2), asset="shop")
    till = await scanned(reports.packages(2), asset="till")
    failed = await scanned(b'{"Issues": [{"rule_id": ]}', asset="shop", format="gosec-json")
    waiting = await send(reports.code(2), asset="shop")

    async def found(**query):
        items, _ = await _all(api, SCANS, **query)
        return {scan["id"] for scan in items}

    assert failed["state"] == "failed"
    assert await found(state="failed") == {failed["id"]}
    assert await found(state="accepted") == {waiting["id"]}
    assert await found(asset=shop["asset"]["id"]) == {shop["id"], failed["id"], waiting["id"]}
    assert await found(scanner="Trivy") == {till["id"]}
    assert await found(state="done", scanner="gosec") == {shop["id"]}
    assert await found(scanner="a\tb") == set()


WRONG = {
    "a state that is none": ({"state": "asleep"}, 422, "/state"),
    "cursor and offset": ({"cursor": "x", "offset": 1}, 422, "/offset"),
    "a cursor of nothing": ({"cursor": "nonsense"}, 422, "/cursor"),
    "too many": ({"limit": 201}, 422, "/limit"),
    "too far": ({"offset": 10_001}, 422, "/offset"),
    "another order": ({"sort": "size"}, 422, "/sort"),
    "an asset that is none": ({"asset": "ast_x"}, 404, None),
    "a null": ({"scanner": "a\x00b"}, 422, ""),
}  # fmt: skip


@pytest.mark.parametrize(("query", "code", "pointer"), WRONG.values(), ids=WRONG)
async def test_a_wrong_filter_is_refused_where_it_is_wrong(api, query, code, pointer):
    answer = await api.get(SCANS, params=query)
    assert answer.status_code == code, answer.text
    assert pointer is None or [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.long
async def test_a_scan_tells_all_that_the_contract_promises(api, scanned):
    begun = datetime.now(UTC)
    scan = await scanned(
        reports.code(3),
        ref="main",
        scope="nightly",
        scanned_at="2026-01-31T08:00:00+02:00",
        asset_kind="image",
    )
    assert scan["state"] == "done"
    assert (scan["format"], scan["scanner"], scan["tool_version"]) == ("gosec-json", "gosec", "2.22.0")
    assert (scan["ref"], scan["scope"], scan["file_name"]) == ("main", "nightly", "report.json")
    assert scan["scanned_at"] == "2026-01-31T06:00:00.000Z"
    assert scan["counts"] == {
        "reported": 3, "new": 3, "unchanged": 0, "moved": 0, "changed": 0, "reopened": 0, "suppressed": 0,
        "folded": 0, "closed": 0, "findings": {"new": 3, "reopened": 0, "closed": 0},
    }  # fmt: skip
    assert (scan["problems"], scan["error"], scan["held"], scan["superseded_by"]) == ([], None, None, None)
    assert scan["progress"] is None
    assert scan["uploaded_by"]["name"] == "Administrator"
    times = [datetime.fromisoformat(scan[name]) for name in ("accepted_at", "started_at", "finished_at")]
    assert times == sorted(times)
    assert begun - timedelta(seconds=1) < times[0]


@pytest.mark.long
async def test_what_cannot_be_read_is_told_with_its_place(api, scanned):
    scan = await scanned(b'{"Issues": [\n{"rule_id": ]}', format="gosec-json")
    assert (scan["state"], scan["counts"]) == ("failed", None)
    assert scan["error"]["code"] == "syntax_error"
    assert scan["error"]["message"].startswith("Invalid JSON: ")
    assert scan["error"]["position"] == "line 2, column 14"
    broken = reports.code(2)
    broken["Issues"].append({"line": 3})
    partly = await scanned(broken)
    assert (partly["state"], partly["counts"]["new"]) == ("done", 2)
    (problem,) = partly["problems"]
    assert set(problem) == {"position", "reason"}


async def test_another_organization_s_scan_is_not_found(app, context, scanned):
    scan = await scanned(reports.code(1))
    stranger = await new_organization(context)
    async with browser(app, **stranger.headers) as client:
        for path in ("", "/changes", "/events"):
            assert (await client.get(f"{SCANS}/{scan['id']}{path}")).status_code == 404, path
        for path in ("/release", "/discard"):
            assert (await client.post(f"{SCANS}/{scan['id']}{path}")).status_code == 404, path
        assert (await client.get(SCANS)).json()["total"] == 0


def _kinds(changes):
    return {(change["change"], change["reason"]) for change in changes}


@pytest.mark.long
async def test_each_kind_of_change_is_told_with_its_reason(api, scanned):
    async def after(report, **fields):
        scan = await scanned(report, **fields)
        assert scan["error"] is None
        return (await api.get(f"{SCANS}/{scan['id']}/changes")).json()["items"]

    first = await after(reports.code(10))
    assert _kinds(first) == {("new", "Nothing at this asset had this key before.")}
    assert {change["finding"]["severity"] for change in first} == {"high"}
    assert first[0]["finding"]["title"] == first[0]["title"] == "Subprocess launched with a variable"
    assert first[0]["location"]["path"] == "/src/file0.go"

    assert await after(reports.code(10)) == []
    moved = await after(reports.code(10, shift=5))
    assert {change["change"] for change in moved} == {"moved"}
    assert {change["finding"]["id"] for change in moved} == {change["finding"]["id"] for change in first}
    changed = await after(reports.code(10, shift=5, severity="LOW"))
    assert _kinds(changed) == {("changed", "Same key and place; what the scanner says of it is different.")}
    assert {change["severity"] for change in changed} == {"low"}
    closed = await after(reports.code(10, shift=5, severity="LOW", skip=(0,)))
    assert _kinds(closed) == {("closed", "The report covers it and no longer reports it.")}
    reopened = await after(reports.code(10, shift=5, severity="LOW"))
    assert _kinds(reopened) == {("reopened", "It was closed before at the same place.")}
    assert reopened[0]["finding"]["id"] == closed[0]["finding"]["id"]


@pytest.mark.long
async def test_what_has_to_be_looked_at_first_is_listed_first(api, scanned):
    def report(*findings):
        return {
            "format": "hauberk",
            "version": 1,
            "scanner": "gate",
            "findings": [
                {"kind": "sast", "title": title, "severity": severity, "rule_id": title}
                | {"locations": [{"path": "a.py", "line": line, "snippet": f"call_{title}()"}]}
                for title, severity, line in findings
            ],
        }

    await scanned(report(("moves", "high", 10), ("goes", "high", 20), ("stays", "low", 30)))
    after = report(
        ("moves", "high", 12), ("stays", "low", 30), ("slight", "low", 40), ("grave", "critical", 50)
    )
    expected = [("new", "grave"), ("new", "slight"), ("closed", "goes"), ("moved", "moves")]
    for fields in ({"dry_run": "true"}, {}):
        scan = await scanned(after, **fields)
        path = f"{SCANS}/{scan['id']}/changes"
        listed, cursor = [], None
        while True:  # page by page, as the list is read
            page = (await api.get(path, params={"limit": 1} | ({"cursor": cursor} if cursor else {}))).json()
            listed += [(each["change"], each["title"]) for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert listed == expected


@pytest.mark.long
async def test_a_known_finding_at_a_further_place_says_so(api, scanned):
    await scanned(reports.code(10))
    scan = await scanned(reports.code(10), scope="nightly")
    changes = (await api.get(f"{SCANS}/{scan['id']}/changes")).json()["items"]
    assert scan["counts"]["findings"]["new"] == 0
    assert {change["change"] for change in changes} == {"new"}
    assert {change["reason"] for change in changes} == {
        "The finding is known; this scanner reports it at a place that it did not report before."
    }


@pytest.mark.long
async def test_what_the_scanner_suppresses_is_closed_as_suppressed(api, scanned):
    await scanned(reports.sarif(5))
    report = reports.sarif(5)
    report["runs"][0]["results"][0]["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
    scan = await scanned(report)
    assert (scan["counts"]["suppressed"], scan["counts"]["unchanged"]) == (1, 4)
    (change,) = (await api.get(f"{SCANS}/{scan['id']}/changes")).json()["items"]
    assert (change["change"], change["reason"]) == ("suppressed", "The scanner reports it as suppressed.")


@pytest.mark.long
async def test_changes_are_paged(api, scanned):
    await scanned(reports.code(40))
    scan = await scanned(reports.code(44, skip=(0, 1, 2)))
    path = f"{SCANS}/{scan['id']}/changes"
    items, totals = await _all(api, path, limit=2)
    assert [change["change"] for change in items] == ["new"] * 4 + ["closed"] * 3
    assert totals == {(7, True)}
    assert len({change["finding"]["id"] for change in items}) == 7
    assert (await api.get(path, params={"offset": 5})).json()["items"] == items[5:]


@pytest.mark.long
async def test_of_two_reports_of_one_instant_each_lists_what_was_there_before_it(api, scanned):
    day = "2026-01-31"
    scans = [await scanned(reports.code(count), scanned_at=day) for count in (3, 5, 4)]
    for scan, unchanged in zip(scans, (0, 3, 4), strict=True):
        listed = await api.get(f"{SCANS}/{scan['id']}/changes", params={"change": "unchanged"})
        assert listed.json()["total"] == scan["counts"]["unchanged"] == unchanged


@pytest.mark.long
async def test_a_dry_run_tells_what_would_change_and_changes_nothing(api, scanned):
    real = await scanned(reports.code(40))
    before = (await api.get("/api/v1/findings", params={"limit": 200})).json()
    dry = await scanned(reports.code(42, skip=(0,)), dry_run="true")
    assert (dry["state"], dry["dry_run"], dry["asset"]) == ("done", True, real["asset"])
    assert (dry["counts"]["new"], dry["counts"]["closed"], dry["counts"]["unchanged"]) == (2, 1, 39)
    path = f"{SCANS}/{dry['id']}/changes"
    items, totals = await _all(api, path, limit=2)
    assert [change["change"] for change in items] == ["new", "new", "closed"]
    assert [change["finding"] is None for change in items] == [True, True, False]
    assert totals == {(3, True)}
    assert (await api.get(path, params={"offset": 2})).json()["items"] == items[2:]
    for wrong in ("nonsense", "12", "-1"):
        assert (await api.get(path, params={"cursor": wrong})).status_code == 422
    assert (await api.get("/api/v1/findings", params={"limit": 200})).json() == before


@pytest.mark.long
async def test_a_dry_run_names_what_the_scanner_suppresses_and_why(api, scanned):
    await scanned(reports.sarif(1))
    accepted = {"kind": "inSource", "status": "accepted", "justification": "The input is a constant."}
    dry = await scanned(reports.sarif(3, suppressions=[accepted]), dry_run="true")
    assert (dry["counts"]["suppressed"], dry["counts"]["closed"]) == (3, 1)
    answer = await api.get(f"{SCANS}/{dry['id']}/changes", params={"change": "suppressed"})
    known, *unknown = answer.json()["items"]
    assert known["finding"] is not None
    assert [(each["finding"], each["location"]["path"]) for each in unknown] == [
        (None, "src/page1.js"),
        (None, "src/page2.js"),
    ]
    assert all("suppressed: The input is a constant." in each["reason"] for each in unknown)


async def test_a_dry_run_for_an_unknown_asset_makes_none(api, scanned):
    dry = await scanned(reports.code(4), asset="not there", dry_run="true")
    assert (dry["state"], dry["asset"], dry["counts"]["new"]) == ("done", None, 4)
    items, _ = await _all(api, f"{SCANS}/{dry['id']}/changes")
    assert [change["change"] for change in items] == ["new"] * 4
    assert (await api.get("/api/v1/assets")).json()["total"] == 0


async def test_every_format_is_listed_with_its_documentation(api):
    found = (await api.get("/api/v1/formats")).json()
    by_id = {each["id"]: each for each in found["items"]}
    assert found["total"] == len(by_id) >= 20
    assert by_id["trivy-json"]["scanner"] == "Trivy"
    assert all(each["kinds"] for each in found["items"])
    assert {each["id"] for each in found["items"] if not each["docs"].startswith("https://")} == {
        "hauberk-csv",
        "hauberk-json",
    }
