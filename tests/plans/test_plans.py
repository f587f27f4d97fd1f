"""Nothing the product asks reads a big table from end to end, and what lists and imports promise about indexes holds.

New routes, sorts and keys of the query language are found here by themselves.
"""

import json
import re

import pytest

from factories.working import working
from hauberk.api import openapi
from hauberk.db import counts
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.query.keys import KEYS
from hauberk.features.components.repository import ComponentRepository
from hauberk.features.findings.shape import ORDERS
from hauberk.ingest.scope import export_known
from hauberk.jobs.queues import Queue
from plans.conftest import FEW_BUFFERS, ORGANIZATION

pytestmark = pytest.mark.anyio

# One query for each key of the language; `{…}` is taken from the data.
SAMPLES = {
    "severity": "severity:critical,high",
    "triage": "triage:risk_accepted",
    "vex": "vex:not_affected",
    "presence": "presence:inactive",
    "kind": "is:open kind:sast",
    "is": "is:overdue",
    "has": "has:comment",
    "scanner": "is:open scanner:grype",
    "asset": "asset:{asset}",
    "asset.tag": "asset.tag:payments",
    "asset.kind": "asset.kind:host",
    "ref": "ref:develop",
    "scan": "scan:{scan}",
    "introduced": "introduced:{scan}",
    "change": "change:{change}",
    "id": "id:{finding}",
    "cve": "cve:{cve}",
    "vulnerability": "vulnerability:{cve}",
    "rule": "rule:{cve}",
    "cwe": "cwe:79",
    "path": "path:{path}",
    "component": "component:{component}",
    "package": "package:{component}",
    "purl": "purl:{purl}",
    "tag": "tag:wontfix",
    "assignee": "assignee:person3@example.org",
    "epss": "is:open epss>0.5",
    "cvss": "is:open cvss>=9",
    "priority": "priority>5000000",
    "known_exploited": "is:open known_exploited:true",
    "fix": "is:open fix:true",
    "age": "is:open age>300d",
    "due": "is:open due<7d",
    "first_seen": "first_seen>2020-01-01",
    "last_seen": "last_seen<2020-01-01",
}
# Lists and their counts that read no row of `finding` but those that they show.
FROM_THE_INDEX = {
    "": "finding_list_idx",
    "is:open": "finding_open_list_idx",
    "is:open severity:critical,high": "finding_open_list_idx",
    "is:open kind:sast": "finding_open_list_idx",
    "is:open scanner:grype": "finding_open_list_idx",
    "is:open epss>0.5": "finding_open_list_idx",
    "triage:risk_accepted severity:high": "finding_decided_idx",
    "presence:inactive": "finding_list_idx",
    "is:open assignee:person3@example.org": "finding_assignee_idx",
    "tag:wontfix": "finding_tagged_idx",
}
# What picks few findings reads few pages, however many there are.
FEW = ("asset", "cve", "rule", "path", "component", "purl", "id", "assignee", "tag")
PREFIXES = {
    "asset": "ast",
    "finding": "fnd",
    "scan": "scn",
    "vulnerability": "vul",
    "component": "cmp",
    "user": "usr",
    "job": "job",
}


@pytest.mark.long
async def test_no_route_reads_a_big_table_from_end_to_end(watched, asking):
    client, values, app = asking
    ids = app.state.context.public_ids
    seen = 0
    for path, operations in openapi.describe(app)["paths"].items():
        if "get" not in operations or path.endswith(("/events", "/stream")):
            continue
        address = re.sub(
            r"\{(\w+)\}",
            lambda found: values.get(found[1]) or ids.encode(PREFIXES.get(found[1][:-3], "job"), 1),
            path,
        )
        with watched.during() as plans:
            answer = await client.get(address)
        assert answer.status_code < 500, address
        assert watched.whole_reads(plans) == [], address
        seen += bool(plans)
    assert seen > 15


def test_every_key_of_the_query_language_has_a_sample_here():
    assert SAMPLES.keys() == KEYS.keys()


@pytest.mark.parametrize("key", SAMPLES)
async def test_no_filter_reads_a_big_table_from_end_to_end(watched, asking, key):
    client, values, _ = asking
    with watched.during() as plans:
        answer = await client.get("/api/v1/findings", params={"q": SAMPLES[key].format_map(values)})
    assert answer.status_code == 200, answer.text
    assert watched.whole_reads(plans) == []
    if key in FEW:
        assert answer.json()["items"]
        assert max(plan.buffers for plan in plans) < FEW_BUFFERS


async def test_the_end_of_a_path_leads_to_its_findings_by_an_index(watched, asking):
    client, values, _ = asking
    with watched.during() as plans:
        answer = await client.get("/api/v1/findings", params={"q": f"path:*{values['path'][4:]}"})
    assert answer.json()["items"]
    scans = {scan for plan in plans for scan in plan.scans_of("occurrence")}
    assert "Index Scan using occurrence_ending_idx" in scans
    assert max(plan.buffers for plan in plans) < FEW_BUFFERS


@pytest.mark.parametrize("sort", ORDERS)
async def test_every_sort_is_an_index_in_its_order(watched, asking, sort):
    client, _, _ = asking
    with watched.during() as plans:
        await client.get("/api/v1/findings", params={"sort": sort})
    (cut,) = [plan for plan in plans if "page" in plan.query and "array_agg" in plan.query]
    assert watched.whole_reads(plans) == []
    sorted_rows = [node["Actual Rows"] for node in cut.nodes if node["Node Type"] == "Sort"]
    assert all(rows <= 51 for rows in sorted_rows), "a page was cut from a sort of everything"


@pytest.mark.parametrize("query", FROM_THE_INDEX)
async def test_a_page_and_its_count_read_the_index_alone(watched, asking, query):
    client, _, _ = asking
    with watched.during() as plans:
        await client.get("/api/v1/findings", params={"q": query})
    (cut,) = [plan for plan in plans if "array_agg" in plan.query]
    assert cut.scans_of("finding") == {f"Index Only Scan using {FROM_THE_INDEX[query]}"}


@pytest.mark.parametrize(
    "query", ["", "is:open", "is:open severity:critical,high kind:sca", "scanner:grype asset:{asset}"]
)
async def test_facets_of_what_is_counted_read_no_finding(watched, asking, query):
    client, values, _ = asking
    with watched.during() as plans:
        answer = await client.get("/api/v1/findings/facets", params={"q": query.format_map(values)})
    assert sum(each["count"] for each in answer.json()["severity"]) > 0
    assert {scan for plan in plans for scan in plan.scans_of("finding")} == set()
    assert watched.whole_reads(plans) == []


@pytest.mark.parametrize("query", ["overflow", "overflow openssl", "CVE-2000-1003", "xyzzy"])
async def test_words_are_looked_up_among_the_rules_and_then_by_index(watched, asking, query):
    client, _, _ = asking
    with watched.during() as plans:
        await client.get("/api/v1/findings", params={"q": query})
        await client.get("/api/v1/findings/facets", params={"q": query})
        await client.get("/api/v1/vulnerabilities", params={"q": query})
    assert watched.whole_reads(plans) == []


async def test_vulnerabilities_are_listed_from_their_counts_and_a_page_is_summed_from_an_index_alone(
    watched, asking
):
    client, _, _ = asking
    for query in ("", "severity:critical,high"):
        with watched.during() as plans:
            await client.get("/api/v1/vulnerabilities", params={"q": query})
        cut = [plan for plan in plans if "limit" in plan.query.lower() and plan.scans_of("flaw_count")]
        assert {scan for plan in cut for scan in plan.scans_of("flaw_count")} == {
            "Index Only Scan using flaw_count_list_idx"
        }
        assert {node["Node Type"] for plan in cut for node in plan.nodes}.isdisjoint({"Sort"})
        scans = {scan for plan in plans for scan in plan.scans_of("finding") if "vulnerability_idx" in scan}
        assert scans == {"Index Only Scan using finding_vulnerability_idx"}


COMPONENT_ORDERS = {
    "-severity": "component_list_idx",
    "-open_findings": "component_open_idx",
    "-asset_count": "component_assets_idx",
    "name": "component_name_idx",
}


async def test_components_are_listed_in_every_order_by_its_index(watched, asking):
    client, _, _ = asking
    assert COMPONENT_ORDERS.keys() == ComponentRepository.orders.keys()
    for sort, index in COMPONENT_ORDERS.items():
        with watched.during() as plans:
            answer = await client.get("/api/v1/components", params={"sort": sort})
        assert len(answer.json()["items"]) == 50
        cut = next(plan for plan in plans if plan.scans_of("component"))
        assert cut.scans_of("component") == {f"Index Scan using {index}"}
        assert {node["Node Type"] for node in cut.nodes}.isdisjoint({"Sort", "Incremental Sort"})
        assert watched.whole_reads(plans) == []
        assert max(plan.buffers for plan in plans) < FEW_BUFFERS


async def test_components_are_searched_by_an_index_and_their_findings_reached_by_number(watched, asking):
    client, values, _ = asking
    for query in (values["component"], f"component:{values['component_id']}", f"asset:{values['asset']}"):
        with watched.during() as plans:
            answer = await client.get("/api/v1/components", params={"q": query})
        assert answer.json()["items"], query
        assert watched.whole_reads(plans) == []
    with watched.during() as plans:
        await client.get("/api/v1/components", params={"q": values["component"]})
    assert any("components_containing" in plan.query for plan in plans)
    assert {scan for plan in plans for scan in plan.scans_of("component")}.isdisjoint({"Seq Scan"})
    with watched.during() as plans:
        answer = await client.get("/api/v1/findings", params={"q": f"component:{values['component_id']}"})
    assert answer.json()["items"]
    assert watched.whole_reads(plans) == []
    assert max(plan.buffers for plan in plans) < FEW_BUFFERS


# What matches is bounded by an index and visits no row of the table, however often it is found.
MATCHED_BY = {
    "is:open known_exploited:true": "finding_rule_text_idx",
    "overflow openssl": "finding_rule_text_idx",
    "is:open age>300d": "finding_first_seen_idx",
    "is:overdue": "finding_due_idx",
    "is:open due<7d": "finding_due_idx",
}


@pytest.mark.parametrize("query", MATCHED_BY)
async def test_what_matches_is_read_once_from_an_index_alone(watched, asking, query):
    client, _, _ = asking
    with watched.during() as plans:
        await client.get("/api/v1/findings", params={"q": query})
    (cut,) = [plan for plan in plans if "matched" in plan.query and "array_agg" in plan.query]
    assert f"Index Only Scan using {MATCHED_BY[query]}" in cut.scans_of("finding")


@pytest.mark.long
def test_what_a_scope_knows_is_exported_from_an_index_alone(watched, tmp_path):
    engine = sync_engine(watched.settings.database.url, pool=Pool(size=1))
    with transaction(engine, ORGANIZATION) as connection:
        scope = connection.exec_driver_sql(
            "select id from scope order by open_occurrences desc limit 1"
        ).scalar_one()
        with watched.during() as plans, (tmp_path / "known").open("w+b") as file:
            export_known(connection, ORGANIZATION, scope, file)
    engine.dispose()
    (export,) = plans
    assert export.scans_of("occurrence") == {"Index Only Scan using occurrence_open_key"}


@pytest.mark.long
async def test_an_import_and_what_follows_it_read_no_big_table_from_end_to_end(watched, asking):
    client, values, _ = asking
    with working(watched.settings) as work, watched.during() as plans:
        for last in (1_600, 1_590):
            sent = await client.post(
                "/api/v1/scans",
                files={"file": ("report.sarif", _report(last), "application/json")},
                data={"asset": values["asset"], "scope": "plans"},
            )
            assert sent.status_code == 202, sent.text
            work(Queue.IMPORT)
        with transaction(work.engine, ORGANIZATION) as connection:
            counts.fold(connection, ORGANIZATION)
    done = (await client.get("/api/v1/scans")).json()["items"][0]
    assert (done["state"], done["counts"]["closed"]) == ("done", 10)
    assert watched.whole_reads(plans) == []


def _report(size: int) -> bytes:
    results = [
        {
            "ruleId": f"plan-{n % 50}",
            "level": "error",
            "message": {"text": "Found."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"src/plan{n}.py"},
                        "region": {"startLine": n + 1, "snippet": {"text": f"call_{n}()"}},
                    }
                }
            ],
        }
        for n in range(size)
    ]
    tool = {"driver": {"name": "Planner", "version": "1.0"}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": results}]}).encode()
