"""What suppliers state decides findings, whoever reports them and in whichever order; what people decide stands."""

import asyncio
from functools import partial

import pytest

from factories import reports, vex
from factories.vex import openvex, statement, triage
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
def apply_aliases(settings, organization, database_url):
    """`await apply_aliases()`: what was learned about names, as the job does that follows an import."""

    def apply():
        with writing(database_url, organization.organization_id) as connection:
            enqueue(connection, jobs.apply_aliases, organization_id=organization.organization_id)
        with working(settings) as worker:
            worker(Queue.DEFAULT)

    return partial(asyncio.to_thread, apply)


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
async def test_a_person_overrules_a_statement_and_keeps_that_when_it_is_said_again(api, scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "not_affected", PART)))
    finding = (await found())[1]
    await api.patch(f"{FINDINGS}/{finding['id']}", json={"triage": "open"})
    await scanned(
        openvex(statement(CVE, "not_affected", PART, impact_statement="Really."), at="2026-02-01T00:00:00Z")
    )
    assert await triage(found) == "open"


@pytest.mark.long
async def test_where_authors_disagree_the_cautious_one_counts(scanned, found):
    await scanned(reports.packages(2))
    await scanned(
        openvex(statement(CVE, "under_investigation", PART), document="urn:2", author="Somebody else")
    )
    await scanned(openvex(statement(CVE, "not_affected", PART), at="2026-02-01T00:00:00Z"))
    assert await triage(found) == "in_triage"


@pytest.mark.long
async def test_a_place_that_no_statement_covers_opens_the_finding_again(scanned, found):
    await scanned(reports.packages(2))
    await scanned(openvex(statement(CVE, "not_affected", f"{PART}@1.0.0")))
    assert await triage(found) == "false_positive"
    await scanned(reports.packages(2, version="1.1.0"), scope="other manifest")
    assert await triage(found) == "open"
    await scanned(openvex(statement(CVE, "not_affected", f"{PART}@1.1.0"), document="urn:2"))
    assert await triage(found) == "false_positive"


@pytest.mark.long
async def test_two_assets_do_not_touch_each_other_and_a_branch_not_the_default_one(scanned, found):
    for asset in ("shop", "till"):
        await scanned(reports.packages(2), asset=asset)
    await scanned(openvex(statement(CVE, "not_affected", PART)), asset="till")
    await scanned(openvex(statement(CVE, "not_affected", PART)), ref="somebody/branch")
    assert (await triage(found, asset="till"), await triage(found, asset="shop")) == (
        "false_positive",
        "open",
    )


async def test_findings_joined_by_hand_are_decided_as_what_they_are_now(api, scanned, found):
    await scanned(reports.packages(3))
    await scanned(openvex(statement(CVE, "not_affected", PART)))
    first, second = (await found())[1]["id"], (await found())[2]["id"]
    joined = (await api.post(f"{FINDINGS}/{first}/join", json={"findings": [second]})).json()
    assert (joined["triage"], joined["vex_status"]) == ("open", None)  # half of it is stated
    (regrouping,) = (await api.get(f"{FINDINGS}/{first}/explanation")).json()["regroupings"]
    undone = (await api.post(f"{FINDINGS}/{first}/regroupings/{regrouping['id']}/undo")).json()
    assert (undone["triage"], undone["vex_status"]) == ("false_positive", "not_affected")


@pytest.mark.long
async def test_what_a_statement_decided_of_a_part_that_was_split_off_goes_with_the_statement(
    api, scanned, found
):
    for target in ("package-lock.json", "web/package-lock.json"):
        await scanned(reports.packages(2, target=target), scope=target)
    await scanned(KINDS["OpenVEX"])
    finding = (await found())[1]
    whole = (await api.get(f"{FINDINGS}/{finding['id']}")).json()
    assert (whole["triage"], len(whole["occurrences"])) == ("false_positive", 2)
    going = {"occurrences": [whole["occurrences"][1]["id"]], "reason": "Built apart."}
    part = (await api.post(f"{FINDINGS}/{finding['id']}/split", json=going)).json()
    both = [finding["id"], part["id"]]

    async def shown():
        answers = [(await api.get(f"{FINDINGS}/{each}")).json() for each in both]
        return [(each["triage"], each["vex_status"]) for each in answers]

    assert await shown() == [("false_positive", "not_affected")] * 2
    await scanned(openvex(statement("CVE-2024-1000", "not_affected", "pkg:npm/package-0"), version=2))
    assert await shown() == [("open", None)] * 2


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
