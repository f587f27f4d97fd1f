"""Documents of suppliers from edition to edition: taken back, said again, previewed, undone, exported, on a branch."""

import io
import json
import zipfile

import pytest
from sqlalchemy import text

from factories import reports, vex
from factories.vex import openvex, statement, triage
from factories.writing import writing

pytestmark = pytest.mark.anyio

FINDINGS = "/api/v1/findings"
CVE = "CVE-2024-1001"
PART = "pkg:npm/package-1"


@pytest.fixture
def written(organization, database_url):
    """What findings and decisions there are, and when any of them was last written."""

    def look():
        with writing(database_url, organization.organization_id) as connection:
            return connection.execute(
                text(
                    "select (select max(changed_at) from finding), (select count(*) from decision),"
                    " (select max(id) from vex_statement), (select max(id) from occurrence)"
                )
            ).one()

    return look


@pytest.mark.long
async def test_a_withdrawn_statement_takes_back_only_what_it_had_decided(api, scanned, found):
    await scanned(reports.packages(3))
    await scanned(
        openvex(
            statement(CVE, "not_affected", PART), statement("CVE-2024-1002", "affected", "pkg:npm/package-2")
        )
    )
    scan = await scanned(
        openvex(
            statement("CVE-2024-1002", "affected", "pkg:npm/package-2"), at="2026-02-01T00:00:00Z", version=2
        )
    )
    assert scan["counts"]["statements"]["withdrawn"] == 2  # the other one is of the newer edition now
    assert scan["counts"]["statements"]["decided"] == 1
    after = await found()
    assert [after[number]["triage"] for number in range(3)] == ["open", "open", "confirmed"]
    assert (after[1]["vex_status"], after[1]["triage_reason"]) == (None, None)
    history = (await api.get(f"{FINDINGS}/{after[1]['id']}")).json()["history"]
    told = [each["detail"] for each in history if each["action"] == "finding.triaged"]
    assert [(each["from"], each["to"]) for each in told] == [
        ("false_positive", "open"),
        ("open", "false_positive"),
    ]
    assert (told[1]["vex"]["author"], told[1]["vex"]["document"]) == (vex.ACME, "https://acme.example/vex/1")


@pytest.mark.long
async def test_of_two_editions_and_two_documents_the_newer_statement_counts_in_any_order(scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "affected", PART), at="2026-03-01T00:00:00Z", version=2))
    older = await scanned(openvex(statement(CVE, "not_affected", PART), at="2026-01-01T00:00:00Z"))
    assert older["superseded_by"] is not None
    assert await triage(found) == "confirmed"
    await scanned(openvex(statement(CVE, "not_affected", PART), document="urn:2", at="2026-02-01T00:00:00Z"))
    assert await triage(found) == "confirmed"
    await scanned(openvex(statement(CVE, "not_affected", PART), document="urn:3", at="2026-04-01T00:00:00Z"))
    assert await triage(found) == "false_positive"


@pytest.mark.long
async def test_the_same_document_again_writes_nothing(scanned, found, written):
    await scanned(reports.packages(2))
    document = openvex(statement(CVE, "not_affected", PART))
    await scanned(document)
    before = written()
    again = await scanned(document)
    assert again["counts"]["statements"] == {"reported": 1, "new": 0, "withdrawn": 0, "decided": 0}
    assert written() == before
    assert await triage(found) == "false_positive"


@pytest.mark.long
async def test_a_document_of_statements_is_no_scan_of_its_asset(api, scanned):
    await scanned(openvex(statement(CVE, "not_affected", PART)))
    (asset,) = (await api.get("/api/v1/assets")).json()["items"]
    assert (asset["last_scan_at"], asset["scanners"]) == (None, [])
    assert [each["id"] for each in (await api.get("/api/v1/dashboard")).json()["unscanned_assets"]] == [
        asset["id"]
    ]
    found = await scanned(reports.packages(2))
    (asset,) = (await api.get("/api/v1/assets")).json()["items"]
    assert (asset["last_scan_at"], len(asset["scanners"])) == (found["scanned_at"], 1)


@pytest.mark.long
async def test_a_dry_run_says_what_would_be_decided_and_decides_nothing(api, scanned, found):
    await scanned(reports.packages(2))
    scan = await scanned(openvex(statement(CVE, "not_affected", PART)), dry_run="true")
    changes = (await api.get(f"/api/v1/scans/{scan['id']}/changes")).json()["items"]
    assert [(each["change"], each["title"]) for each in changes] == [
        ("decided", "package-1: prototype pollution")
    ]
    assert changes[0]["reason"].startswith(f"{vex.ACME} states: not affected")
    assert await triage(found) == "open"
    scan = await scanned(openvex(statement(CVE, "not_affected", PART)))
    changes = (await api.get(f"/api/v1/scans/{scan['id']}/changes", params={"change": "decided"})).json()[
        "items"
    ]
    assert [each["component"]["name"] for each in changes] == ["package-1"]


@pytest.mark.long
async def test_undoing_its_scan_takes_the_decision_back_as_if_it_had_never_been(api, scanned, found, order):
    await scanned(reports.packages(2))
    earlier = await scanned(openvex(statement(CVE, "affected", PART)))
    scan = await scanned(openvex(statement(CVE, "not_affected", PART), at="2026-02-01T00:00:00Z", version=2))
    while_it_stood = scan["finished_at"]
    preview = await order(scan, "undo", dry_run=True)
    changes = (await api.get(f"/api/v1/scans/{preview['id']}/changes")).json()["items"]
    assert [each["change"] for each in changes] == ["decided"]
    assert await triage(found) == "false_positive"
    await order(scan, "undo")
    assert await triage(found) == "confirmed"
    past = (await api.get(FINDINGS, params={"q": f"cve:{CVE}", "as_of": while_it_stood})).json()["items"]
    assert [each["triage"] for each in past] == ["confirmed"]
    await order(earlier, "undo")
    after = (await found())[1]
    assert (after["triage"], after["vex_status"]) == ("open", None)
    assert (await api.get(f"/api/v1/scans/{scan['id']}/changes")).json()["items"] == []


@pytest.mark.long
async def test_undoing_the_findings_scan_leaves_nothing_of_them_and_reprocessing_changes_nothing(
    scanned, found, order, total
):
    scan = await scanned(reports.packages(2))
    document = await scanned(openvex(statement(CVE, "not_affected", PART)))
    for each in (document, scan):
        again = await order(each, "reprocess", dry_run=False)
        assert again["state"] == "done"
        assert await triage(found) == "false_positive"
    await order(scan, "undo")
    assert await total("") == 0
    await scanned(reports.packages(2))
    assert await triage(found) == "false_positive"


@pytest.mark.long
async def test_a_past_day_shows_what_was_decided_then(api, scanned, found):
    await scanned(reports.packages(2))
    first = await scanned(openvex(statement(CVE, "not_affected", PART)))
    await scanned(openvex(statement(CVE, "affected", PART), at="2026-02-01T00:00:00Z", version=2))
    past = await api.get(FINDINGS, params={"q": "vex:not_affected", "as_of": first["finished_at"]})
    assert [(each["triage"], each["vex_status"]) for each in past.json()["items"]] == [
        ("false_positive", "not_affected")
    ]
    assert (await api.get(FINDINGS, params={"q": "vex:affected"})).json()["total"] == 1
    assert (await api.get(FINDINGS, params={"q": "vex:not_affected"})).json()["total"] == 0


@pytest.mark.long
async def test_a_bill_of_materials_brings_findings_and_what_was_stated_of_them(scanned, found, total):
    parts = [
        {"type": "library", "bom-ref": "p1", "name": "package-1", "version": "1.0.0", "purl": f"{PART}@1.0.0"}
    ]
    scan = await scanned(vex.cyclonedx(CVE, "exploitable", "p1", components=parts))
    assert (scan["counts"]["new"], scan["counts"]["statements"]["new"]) == (1, 1)
    assert await triage(found) == "confirmed"
    await scanned(reports.packages(2))
    scan = await scanned(vex.cyclonedx(CVE, "not_affected", "p1", components=parts))
    assert (scan["state"], scan["counts"]["closed"]) == ("done", 1)
    assert await triage(found) == "false_positive"
    await scanned(
        {k: v for k, v in vex.cyclonedx(CVE, "exploitable", "p1").items() if k != "vulnerabilities"}
        | {"components": parts}
    )
    assert await triage(found) == "open"


async def test_a_range_of_versions_is_refused_where_it_stands_and_a_list_is_not(scanned, found):
    await scanned(reports.packages(2))
    document = vex.cyclonedx(CVE, "not_affected", PART)
    affects = document["vulnerabilities"][0]["affects"][0]
    affects["versions"] = [{"range": "vers:npm/>=1.0.0|<2.0.0"}]
    scan = await scanned(document)
    assert [each["reason"] for each in scan["problems"]] == [
        (
            "The statement is about the versions “vers:npm/>=1.0.0|<2.0.0”, and ranges of versions are not compared:"
            " name the versions one by one, or none for all."
        )
    ]
    assert await triage(found) == "open"
    affects["versions"] = [{"range": "vers:npm/0.9.0|1.0.0"}]
    await scanned(document)
    assert await triage(found) == "false_positive"


@pytest.mark.long
async def test_what_is_exported_and_taken_in_again_changes_nothing_and_says_the_same_to_others(
    api, scanned, found
):
    await scanned(reports.packages(5))
    await scanned(
        openvex(
            statement(CVE, "not_affected", f"{PART}@1.0.0", impact_statement="It is left out."),
            statement("CVE-2024-1002", "affected", "pkg:npm/package-2", action_statement="Upgrade."),
        )
    )
    known = await found()
    decided = {
        3: {"triage": "false_positive", "reason": "A constant."},
        4: {"triage": "risk_accepted", "reason": "Until March"},
    }
    for number, decision in decided.items():
        assert (await api.patch(f"{FINDINGS}/{known[number]['id']}", json=decision)).status_code == 200
    before = {number: (each["triage"], each["triage_reason"]) for number, each in (await found()).items()}
    address = f"/api/v1/assets/{known[1]['asset']['id']}/vex"
    answer = await api.get(address)
    assert answer.status_code == 200
    words = {each["vulnerability"]["name"]: each for each in answer.json()["statements"]}
    assert {name: each["status"] for name, each in words.items()} == {
        CVE: "not_affected",
        "CVE-2024-1002": "affected",
        "CVE-2024-1003": "not_affected",
        "CVE-2024-1004": "affected",
    }
    assert (words[CVE]["supplier"], words[CVE]["impact_statement"]) == (vex.ACME, "It is left out.")
    assert "supplier" not in words["CVE-2024-1003"]
    scan = await scanned(answer.json())
    assert (scan["counts"]["statements"]["reported"], scan["counts"]["statements"]["decided"]) == (4, 0)
    assert {
        number: (each["triage"], each["triage_reason"]) for number, each in (await found()).items()
    } == before
    assert (await api.get(address)).content == answer.content
    await scanned(reports.packages(5), asset="other")
    await scanned(answer.json(), asset="other")
    assert {number: each["triage"] for number, each in (await found(asset="other")).items()} == {
        0: "open", 1: "false_positive", 2: "confirmed", 3: "false_positive", 4: "confirmed",
    }  # fmt: skip


async def test_only_what_is_not_affected_is_exported_with_a_justification(api, scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "affected", PART, justification="component_not_present")))
    known = (await found())[1]
    (said,) = (await api.get(f"/api/v1/assets/{known['asset']['id']}/vex")).json()["statements"]
    assert (said["status"], "justification" in said) == ("affected", False)
    assert "component_not_present" in said["status_notes"]


async def test_a_document_in_an_archive_is_recognised_and_applied(scanned, found):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vex/acme.json", json.dumps(openvex(statement(CVE, "not_affected", PART))))
    await scanned(reports.packages(2))
    scan = await scanned(packed.getvalue())
    assert (scan["state"], scan["format"], scan["counts"]["statements"]["decided"]) == (
        "done",
        "openvex-json",
        1,
    )
    assert await triage(found) == "false_positive"


async def test_a_partial_document_adds_and_takes_nothing_back(scanned, found):
    await scanned(reports.packages(3))
    await scanned(openvex(statement(CVE, "not_affected", PART)))
    await scanned(
        openvex(statement("CVE-2024-1002", "not_affected", "pkg:npm/package-2"), at="2026-02-01T00:00:00Z"),
        partial="true",
    )
    assert [(await found())[number]["triage"] for number in range(3)] == [
        "open",
        "false_positive",
        "false_positive",
    ]


async def test_documents_of_a_branch_decide_from_when_it_is_tracked(api, scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "not_affected", PART)), ref="release")
    assert await triage(found) == "open"
    asset = (await found())[1]["asset"]["id"]
    for is_tracked, expected in ((True, "false_positive"), (False, "open")):
        answer = await api.patch(f"/api/v1/assets/{asset}/refs/release", json={"is_tracked": is_tracked})
        assert answer.status_code == 200, answer.text
        assert await triage(found) == expected
