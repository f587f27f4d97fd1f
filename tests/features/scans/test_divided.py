"""`asset=auto`: a report that covers several assets becomes a scan of each, and one of the whole."""

import json

import pytest
from sqlalchemy import text

from factories import reports
from fixtures.api import browser

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"


@pytest.fixture
def write(context, organization):
    """`await write("update …")`: past the application."""

    async def run(statement, **parameters):
        async with context.sessions.transaction(organization.organization_id) as session:
            await session.execute(text(statement), parameters)

    return run


@pytest.fixture
def divided(api, scanned, work):
    """`await divided(report)`: the scan of the whole once its parts were imported, and those by asset."""

    async def upload(report, **fields):
        whole = await scanned(report, **({"asset": "auto"} | fields))
        await work()
        whole = (await api.get(f"{SCANS}/{whole['id']}")).json()
        listed = (await api.get(SCANS, params={"part_of": whole["id"], "limit": 200})).json()
        return whole, {part["asset"]["name"]: part for part in listed["items"] if part["asset"]}

    return upload


@pytest.mark.long
async def test_each_host_of_a_report_is_an_asset_with_a_scan_of_its_own(api, divided):
    whole, parts = await divided(reports.hosts(3, problems=4))
    assert sorted(parts) == ["host-0", "host-1", "host-2"]
    assert {part["counts"]["new"] for part in parts.values()} == {4}
    assert {part["part_of"] for part in parts.values()} == {whole["id"]}
    assert whole["parts"] == {"total": 3, "going_on": 0, "held": 0, "failed": 0}
    assert (whole["state"], whole["counts"]["reported"], whole["counts"]["findings"]["new"]) == (
        "done",
        12,
        12,
    )
    assets = (await api.get("/api/v1/assets")).json()["items"]
    assert {(asset["name"], asset["kind"]) for asset in assets} == {(f"host-{n}", "host") for n in range(3)}


@pytest.mark.long
async def test_the_parts_of_a_preview_say_which_asset_each_is_about(api, divided):
    whole, linked = await divided(reports.hosts(3), dry_run="true")
    assert (whole["state"], whole["asset_named"], linked) == ("done", None, {})
    listed = (await api.get(SCANS, params={"part_of": whole["id"]})).json()["items"]
    assert sorted(part["asset_named"] for part in listed) == ["host-0", "host-1", "host-2"]


@pytest.mark.long
async def test_the_same_report_again_changes_nothing(divided):
    await divided(reports.hosts(3, problems=4))
    whole, _ = await divided(reports.hosts(3, problems=4))
    assert (whole["counts"]["unchanged"], whole["counts"]["new"], whole["counts"]["closed"]) == (12, 0, 0)


@pytest.mark.long
async def test_a_host_that_is_not_covered_keeps_its_findings(api, divided):
    await divided(reports.hosts(3, problems=4))
    whole, parts = await divided(reports.hosts(2, problems=4))
    assert sorted(parts) == ["host-0", "host-1"]
    assert whole["counts"]["closed"] == 0
    assert (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"] == 12


@pytest.mark.long
async def test_a_host_that_is_clean_now_lets_its_findings_go(divided):
    await divided(reports.hosts(3, problems=4))
    whole, parts = await divided(reports.hosts(3, problems=4, clean=("host-2",)))
    assert parts["host-2"]["counts"]["closed"] == 4
    assert (whole["counts"]["unchanged"], whole["counts"]["closed"]) == (8, 4)


@pytest.mark.long
async def test_what_may_be_among_the_unreadable_results_of_the_whole_is_closed_on_no_asset(api, divided):
    services = [
        {"kind": "infrastructure", "title": "Open", "severity": "low", "rule_id": f"P{port}",
         "locations": [{"host": host, "port": port}]}
        for host in ("host-0", "host-1") for port in range(8000, 8004)
    ]  # fmt: skip
    report = {"format": "hauberk", "version": 1, "scanner": "gate", "findings": services}
    await divided(json.dumps(report).encode())
    services[0] = services[0] | {"title": 5}
    whole, parts = await divided(json.dumps(report).encode())
    assert len(whole["problems"]) == 1
    assert (parts["host-0"]["state"], parts["host-1"]["state"]) == ("held", "done")
    assert "could not be read" in parts["host-0"]["held"]["reason"]
    assert (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"] == 8


@pytest.mark.long
async def test_each_part_says_of_how_many_results_nobody_knows_whose_they_are(divided):
    services = [
        {"kind": "infrastructure", "title": title, "severity": "low", "rule_id": f"P{number}",
         "locations": [{"host": f"host-{number % 2}", "port": 8000}]}
        for number, title in enumerate(["Open", "Open", *[5] * 250])
    ]  # fmt: skip
    report = {"format": "hauberk", "version": 1, "scanner": "gate", "findings": services}
    whole, parts = await divided(json.dumps(report).encode())
    for scan in (whole, *parts.values()):
        assert len(scan["problems"]) == 201
        assert scan["problems"][-1]["reason"] == "50 more results could not be read."


@pytest.mark.long
async def test_a_report_about_one_asset_is_one_scan(divided):
    whole, parts = await divided(reports.packages(3))
    assert (whole["asset"]["name"], whole["parts"], parts) == ("shop", None, {})
    assert whole["counts"]["new"] == 3


@pytest.mark.long
async def test_what_is_held_in_a_part_is_released_with_the_whole(api, divided, work):
    await divided(reports.hosts(2, problems=10))
    whole, parts = await divided(reports.hosts(2, problems=2))
    assert (whole["state"], whole["held"]["would_close"]) == ("held", 16)
    assert {part["state"] for part in parts.values()} == {"held"}
    assert (await api.post(f"{SCANS}/{whole['id']}/release")).json()["state"] == "running"
    await work()
    whole = (await api.get(f"{SCANS}/{whole['id']}")).json()
    assert (whole["state"], whole["held"], whole["counts"]["closed"]) == ("done", None, 16)


@pytest.mark.long
async def test_what_is_held_in_a_part_is_discarded_with_the_whole(api, divided):
    await divided(reports.hosts(2, problems=10))
    whole, _ = await divided(reports.hosts(2, problems=2))
    answer = (await api.post(f"{SCANS}/{whole['id']}/discard")).json()
    assert (answer["state"], answer["held"], answer["counts"]["closed"]) == ("done", None, 0)


@pytest.mark.long
async def test_a_part_is_undone_and_read_again_like_any_scan(api, divided, work):
    _, parts = await divided(reports.hosts(2, problems=3))
    again = await api.post(f"{SCANS}/{parts['host-0']['id']}/reprocess", json={"dry_run": False})
    assert again.status_code == 202, again.text
    await work()
    scan = (await api.get(f"{SCANS}/{parts['host-0']['id']}")).json()
    assert (scan["act"]["state"], scan["act"]["error"], scan["counts"]["reported"]) == ("done", None, 3)
    await api.post(f"{SCANS}/{parts['host-1']['id']}/undo")
    await work()
    assert (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"] == 3


async def changes_of(api, scan, **params):
    return (await api.get(f"{SCANS}/{scan['id']}/changes", params={"limit": 200} | params)).json()


@pytest.mark.long
async def test_the_whole_is_undone_with_all_of_its_parts_after_its_difference_was_shown(
    api, divided, order, total
):
    await divided(reports.hosts(3, problems=3))
    whole, parts = await divided(reports.hosts(3, problems=5))
    preview = await order(whole, "undo", dry_run=True)
    assert (preview["state"], preview["counts"]["findings"]["closed"]) == ("done", 6)
    shown = await changes_of(api, preview)
    assert {(each["change"], each["asset"]) for each in shown["items"]} == {
        ("closed", f"host-{number}") for number in range(3)
    }
    assert await total() == 15
    undone = await order(whole, "undo", dry_run=False)
    assert (undone["state"], undone["undone"] is not None, await total()) == ("done", True, 9)
    for part in parts.values():
        assert (await api.get(f"{SCANS}/{part['id']}")).json()["undone"] is not None
    again = await api.post(f"{SCANS}/{whole['id']}/undo")
    assert again.json()["type"].endswith("already_undone")


@pytest.mark.long
async def test_the_whole_is_not_undone_at_all_where_one_part_cannot_be(divided, order, total, write):
    """The report that came after it for one host is not kept any more."""
    await divided(reports.hosts(2, problems=3), scanned_at="2026-01-01T00:00:00Z")
    whole, _ = await divided(reports.hosts(2, problems=5), scanned_at="2026-01-02T00:00:00Z")
    _, later = await divided(reports.hosts(2, problems=5), scanned_at="2026-01-03T00:00:00Z")
    await write(
        "update scan set storage_key = null where requested->>'asset' = 'host-1' and part_of = ("
        " select max(part_of) from scan)"
    )
    assert later["host-1"]["counts"]["unchanged"] == 5
    failed = await order(whole, "undo", dry_run=False)
    assert (failed["state"], failed["act"]["error"]["code"], failed["undone"]) == (
        "done",
        "report_removed",
        None,
    )
    assert await total() == 10


@pytest.mark.long
async def test_the_whole_is_read_again_with_all_of_its_parts(divided, order, total):
    whole, parts = await divided(reports.hosts(3, problems=3))
    await order(parts["host-2"], "undo", dry_run=False)
    preview = await order(whole, "reprocess", dry_run=True)
    assert (preview["counts"]["reported"], preview["counts"]["findings"]["closed"]) == (6, 0)
    again = await order(whole, "reprocess", dry_run=False)
    assert (again["state"], again["act"]["error"]) == ("done", None)
    assert (again["counts"]["reported"], await total()) == (9, 6)


@pytest.mark.long
async def test_an_asset_that_only_the_present_parser_finds_becomes_a_part(
    api, divided, order, total, write, context, tmp_path
):
    """The kept report is another one now, as if its former reading had overlooked a host."""
    whole, _ = await divided(reports.hosts(2, problems=3))
    (tmp_path / "report").write_bytes(reports.hosts(3, problems=3))
    stored = context.storage.write_file(tmp_path / "report")
    await write("update scan set storage_key = :key where part_of is null", key=stored.key)
    preview = await order(whole, "reprocess", dry_run=True)
    shown = (await changes_of(api, preview))["items"]
    assert {(each["change"], each["asset"]) for each in shown} == {("new", "host-2")}
    assert (await total(), len((await api.get("/api/v1/assets")).json()["items"])) == (6, 2)
    again = await order(whole, "reprocess", dry_run=False)
    assert (again["parts"]["total"], again["counts"]["reported"], await total()) == (3, 9, 9)


@pytest.mark.long
async def test_a_part_that_comes_in_late_settles_what_waited_on_its_asset(
    api, divided, order, write, context, tmp_path
):
    await divided(reports.hosts(3, problems=20), scanned_at="2026-01-01T00:00:00Z")
    _, waiting = await divided(reports.hosts(3, problems=4), scanned_at="2026-01-02T00:00:00Z")
    assert waiting["host-2"]["state"] == "held"
    whole, _ = await divided(reports.hosts(2, problems=20), scanned_at="2026-01-03T00:00:00Z")
    (tmp_path / "report").write_bytes(reports.hosts(3, problems=20))
    stored = context.storage.write_file(tmp_path / "report")
    await write(
        "update scan set storage_key = :key where id = (select max(id) from scan where part_of is null)",
        key=stored.key,
    )
    again = await order(whole, "reprocess", dry_run=False)
    assert again["parts"]["total"] == 3
    assert (await api.get(f"{SCANS}/{waiting['host-2']['id']}")).json()["state"] == "done"


@pytest.mark.long
async def test_the_changes_of_the_whole_are_those_of_its_parts(api, divided):
    await divided(reports.hosts(2, problems=3))
    whole, _ = await divided(reports.hosts(2, problems=4))
    shown = await changes_of(api, whole)
    assert [(each["change"], each["asset"]) for each in shown["items"]] == [
        ("new", "host-0"),
        ("new", "host-1"),
    ]
    tried, _ = await divided(reports.hosts(3, problems=4), dry_run="true")
    would = await changes_of(api, tried)
    assert {(each["change"], each["asset"]) for each in would["items"]} == {("new", "host-2")}
    assert would["total"] == 4
    await divided(reports.hosts(2, problems=20))
    held, _ = await divided(reports.hosts(2, problems=4))
    waiting = await changes_of(api, held, change="closed")
    assert (held["state"], waiting["total"]) == ("held", 32)


@pytest.mark.long
async def test_the_list_shows_the_whole_once(api, divided):
    whole, parts = await divided(reports.hosts(3, problems=1))
    listed = (await api.get(SCANS)).json()["items"]
    assert [scan["id"] for scan in listed] == [whole["id"]]
    of_asset = await api.get(SCANS, params={"asset": parts["host-1"]["asset"]["id"]})
    assert [scan["id"] for scan in of_asset.json()["items"]] == [parts["host-1"]["id"]]


@pytest.mark.long
async def test_a_dry_run_makes_no_asset(api, divided):
    whole, _ = await divided(reports.hosts(2, problems=3), dry_run="true")
    assert (whole["state"], whole["counts"]["findings"]["new"]) == ("done", 6)
    assert (await api.get("/api/v1/assets")).json()["items"] == []


async def test_an_asset_that_could_not_be_taken_in_fails_the_whole_and_is_named(api, app, send, work):
    """A token that may not make assets can only send what is of known ones."""
    made = await api.post("/api/v1/tokens", json={"name": "narrow", "scopes": ["scans:write"]})
    async with browser(app, Authorization=f"Bearer {made.json()['token']}") as narrow:
        whole = await send(reports.hosts(2, problems=1), client=narrow, asset="auto")
    await work()
    whole = (await api.get(f"{SCANS}/{whole['id']}")).json()
    assert (whole["state"], whole["parts"]["failed"]) == ("failed", 2)
    assert whole["error"]["code"] == "parts_failed"
    assert "2 of 2 assets" in whole["error"]["message"]
    assert "host-0" in whole["error"]["message"]


def machines(**addresses):
    """Four open ports on each, by its name."""
    report = reports.hosts(len(addresses), problems=4).decode()
    for number, (name, address) in enumerate(addresses.items()):
        named = f'<hostname name="host-{number}" type="user"/>'
        about = f'<address addrtype="ipv4" addr="{address}"/><hostnames>'
        report = report.replace(f"<hostnames>{named}", f"{about}{named.replace(f'host-{number}', name)}")
    return report.encode()


@pytest.mark.long
async def test_a_host_under_another_name_is_the_asset_that_its_address_tells(divided, total):
    whole, _ = await divided(machines(web1="10.0.0.1"))
    assert whole["asset"]["name"] == "web1"
    whole, parts = await divided(machines(renamed="10.0.0.1", web2="10.0.0.2"))
    assert (sorted(parts), parts["web1"]["counts"]["moved"], await total()) == (["web1", "web2"], 4, 8)


@pytest.mark.long
async def test_an_address_that_two_hosts_have_tells_neither(divided):
    await divided(machines(web1="10.0.0.1"))
    _, parts = await divided(machines(web3="10.0.0.1", web4="10.0.0.1"))
    assert sorted(parts) == ["web3", "web4"]


@pytest.mark.long
async def test_what_a_person_calls_the_asset_counts_more_than_an_address(scanned, divided):
    await divided(machines(web1="10.0.0.1"))
    assert (await scanned(machines(web5="10.0.0.1"), asset="mine"))["asset"]["name"] == "mine"
