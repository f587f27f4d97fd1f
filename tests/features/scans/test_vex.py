"""What suppliers state decides findings, whoever reports them and in whichever order; what people decide stands."""

import asyncio
import io
import json
import zipfile
from functools import partial

import pytest
from sqlalchemy import text

from factories import reports, vex
from factories.vex import openvex, statement
from factories.working import working
from factories.writing import writing
from hauberk.features.vulnerabilities import jobs
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio

FINDINGS = "/api/v1/findings"
CVE = "CVE-2024-1001"
PART = "pkg:npm/package-1"
KINDS = {
    "OpenVEX": openvex(statement(CVE, "not_affected", PART, impact_statement="It is left out.")),
    "CSAF": vex.csaf(CVE, "known_not_affected", f"{PART}@1.0.0"),
    "CycloneDX": vex.cyclonedx(CVE, "not_affected", f"urn:cdx:3e671687/1#{PART}@1.0.0"),
    "SPDX": vex.spdx3(CVE, "NotAffected", PART),
}


@pytest.fixture
def found(api):
    """`await found()`: the triage of every open or decided finding by its component's number."""

    async def triages(asset="shop"):
        answer = await api.get(FINDINGS, params={"q": f"is:active asset:{asset}", "limit": 200})
        return {
            int(each["components"][0]["name"].rpartition("-")[2]): each for each in answer.json()["items"]
        }

    return triages


@pytest.fixture
def apply_aliases(settings, organization, database_url):
    """`await apply_aliases()`: what was learned about names, as the job does that follows an import."""

    def apply():
        with writing(database_url, organization.organization_id) as connection:
            enqueue(connection, jobs.apply_aliases, organization_id=organization.organization_id)
        with working(settings) as worker:
            worker(Queue.DEFAULT)

    return partial(asyncio.to_thread, apply)


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


async def triage(found, number=1, **where):
    return (await found(**where))[number]["triage"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_first", [True, False], ids=["before the findings", "after the findings"])
async def test_a_statement_decides_what_scanners_report(scanned, found, total, kind, is_first):
    sent = [reports.packages(3), KINDS[kind]]
    scans = [await scanned(each) for each in (reversed(sent) if is_first else sent)]
    scan = scans[0] if is_first else scans[1]
    assert (scan["state"], scan["counts"]["reported"], scan["problems"]) == ("done", 0, [])
    assert (scan["counts"]["statements"]["reported"], scan["counts"]["statements"]["new"]) == (1, 1)
    assert scans[1]["counts"]["statements"]["decided"] == 1
    assert {number: each["triage"] for number, each in (await found()).items()} == {
        0: "open",
        1: "false_positive",
        2: "open",
    }
    decided = (await found())[1]
    assert decided["triage_reason"].startswith(f"{vex.ACME} states: not affected (")
    assert await total() == 2
    assert await total("") == 3


@pytest.mark.parametrize(
    ("state", "expected"),
    [("affected", "confirmed"), ("under_investigation", "in_triage"), ("fixed", "open")],
)
async def test_each_word_has_its_triage_and_a_claimed_fix_decides_nothing(scanned, found, state, expected):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, state, PART)))
    decided = (await found())[1]
    assert (decided["triage"], decided["vex_status"]) == (expected, state)
    assert (decided["presence"], (await found())[0]["vex_status"]) == ("active", None)


async def test_names_of_one_flaw_and_versions_and_packages_are_told_apart(scanned, found):
    await scanned(reports.packages(4))
    scan = await scanned(
        openvex(
            statement({"name": "GHSA-2222-3333-4444", "aliases": [CVE]}, "not_affected", f"{PART}@1.0.0"),
            statement("CVE-2024-1002", "not_affected", "pkg:npm/package-2@0.9.0"),
            statement("CVE-2024-1003", "not_affected", "pkg:npm/package-2"),
            statement(
                "CVE-2024-1000",
                "not_affected",
                {"@id": "pkg:oci/shop", "subcomponents": [{"@id": "pkg:npm/package-0"}]},
            ),
        )
    )
    assert scan["counts"]["statements"] == {"reported": 4, "new": 4, "withdrawn": 0, "decided": 2}
    assert {number: each["triage"] for number, each in (await found()).items()} == {
        0: "false_positive",
        1: "false_positive",
        2: "open",
        3: "open",
    }


async def test_an_alias_that_is_learned_later_leads_to_the_statement(scanned, found, apply_aliases):
    await scanned(openvex(statement("GHSA-2222-3333-4444", "not_affected", PART)))
    await scanned(reports.packages(2))
    assert await triage(found) == "open"
    other = {
        "matches": [
            {
                "vulnerability": {"id": "GHSA-2222-3333-4444", "severity": "High", "fix": {"versions": []}},
                "relatedVulnerabilities": [{"id": CVE}],
                "matchDetails": [{"type": "exact-direct-match"}],
                "artifact": {
                    "name": "other", "version": "1.0.0", "type": "npm", "purl": "pkg:npm/other@1.0.0",
                    "locations": [{"path": "/a"}],
                },
            }
        ],
        "source": {"type": "image", "target": {"userInput": "other:1"}},
        "descriptor": {"name": "grype", "version": "0.80.0"},
    }  # fmt: skip
    await scanned(other, asset="other")
    await apply_aliases()
    assert await triage(found) == "false_positive"


async def test_a_statement_about_the_whole_product_is_about_every_part_that_carries_it(scanned, found):
    await scanned(reports.packages(3))
    await scanned(
        openvex(statement(CVE, "not_affected"), statement("CVE-2024-1002", "affected", "pkg:oci/shop"))
    )
    assert {number: each["triage"] for number, each in (await found()).items()} == {
        0: "open",
        1: "false_positive",
        2: "confirmed",
    }


async def test_what_a_person_decided_stands(api, scanned, found):
    await scanned(reports.packages(3))
    first, second = (await found())[1], (await found())[2]
    for each, decision in (
        (first, {"triage": "confirmed", "reason": "Seen it."}),
        (second, {"triage": "open", "reason": "Not sure"}),
    ):
        assert (await api.patch(f"{FINDINGS}/{each['id']}", json=decision)).status_code == 200
    await scanned(
        openvex(
            statement(CVE, "not_affected", PART), statement("CVE-2024-1002", "affected", "pkg:npm/package-2")
        )
    )
    after = await found()
    assert (after[1]["triage"], after[1]["triage_reason"], after[1]["vex_status"]) == (
        "confirmed",
        "Seen it.",
        "not_affected",
    )
    detail = (await api.get(f"{FINDINGS}/{first['id']}")).json()
    assert (detail["vex"]["vex_status"], detail["vex"]["decides"]) == ("not_affected", False)


async def test_a_person_overrules_a_statement_and_keeps_that_when_it_is_said_again(api, scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "not_affected", PART)))
    finding = (await found())[1]
    await api.patch(f"{FINDINGS}/{finding['id']}", json={"triage": "open"})
    await scanned(
        openvex(statement(CVE, "not_affected", PART, impact_statement="Really."), at="2026-02-01T00:00:00Z")
    )
    assert await triage(found) == "open"


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


async def test_where_authors_disagree_the_cautious_one_counts(scanned, found):
    await scanned(reports.packages(2))
    await scanned(
        openvex(statement(CVE, "under_investigation", PART), document="urn:2", author="Somebody else")
    )
    await scanned(openvex(statement(CVE, "not_affected", PART), at="2026-02-01T00:00:00Z"))
    assert await triage(found) == "in_triage"


async def test_a_place_that_no_statement_covers_opens_the_finding_again(scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "not_affected", f"{PART}@1.0.0")))
    assert await triage(found) == "false_positive"
    await scanned(reports.packages(2, version="1.1.0"), scope="other manifest")
    assert await triage(found) == "open"
    await scanned(openvex(statement(CVE, "not_affected", f"{PART}@1.1.0"), document="urn:2"))
    assert await triage(found) == "false_positive"


async def test_two_assets_do_not_touch_each_other_and_a_branch_not_the_default_one(scanned, found):
    for asset in ("shop", "till"):
        await scanned(reports.packages(2), asset=asset)
    await scanned(openvex(statement(CVE, "not_affected", PART)), asset="till")
    await scanned(openvex(statement(CVE, "not_affected", PART)), ref="somebody/branch")
    assert (await triage(found, asset="till"), await triage(found, asset="shop")) == (
        "false_positive",
        "open",
    )


async def test_the_same_document_again_writes_nothing(scanned, found, written):
    await scanned(reports.packages(2))
    document = openvex(statement(CVE, "not_affected", PART))
    await scanned(document)
    before = written()
    again = await scanned(document)
    assert again["counts"]["statements"] == {"reported": 1, "new": 0, "withdrawn": 0, "decided": 0}
    assert written() == before
    assert await triage(found) == "false_positive"


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


async def test_findings_joined_by_hand_are_decided_as_what_they_are_now(api, scanned, found):
    await scanned(reports.packages(3))
    await scanned(openvex(statement(CVE, "not_affected", PART)))
    first, second = (await found())[1]["id"], (await found())[2]["id"]
    joined = (await api.post(f"{FINDINGS}/{first}/join", json={"findings": [second]})).json()
    assert (joined["triage"], joined["vex_status"]) == ("open", None)  # half of it is stated
    (regrouping,) = (await api.get(f"{FINDINGS}/{first}/explanation")).json()["regroupings"]
    undone = (await api.post(f"{FINDINGS}/{first}/regroupings/{regrouping['id']}/undo")).json()
    assert (undone["triage"], undone["vex_status"]) == ("false_positive", "not_affected")


async def test_counts_follow_what_is_decided(api, scanned, found):
    await scanned(reports.packages(3))
    await scanned(
        openvex(
            statement(CVE, "not_affected", PART), statement("CVE-2024-1002", "affected", "pkg:npm/package-2")
        )
    )
    facets = (await api.get(f"{FINDINGS}/facets", params={"q": ""})).json()["triage"]
    assert {each["value"]: each["count"] for each in facets if each["count"]} == {
        "open": 1,
        "confirmed": 1,
        "false_positive": 1,
    }
