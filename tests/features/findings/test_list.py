"""GET /findings and its facets: the contract of the list, its pages, and what it may cost."""

import asyncio
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from factories.asset import SCANNED_AT, make_asset
from factories.finding import change_finding, make_finding, make_occurrence, make_rule
from factories.vulnerability import make_vulnerability
from hauberk.db import counts as finding_counts
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.permissions import Role
from hauberk.domain.severity import Severity
from hauberk.features.findings import facets
from hauberk.features.findings.schemas import FacetsSchema, FindingPage
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


@contextmanager
def counted(context):
    """The statements that the application runs inside."""
    statements = []
    engine = context.sessions.engine.sync_engine

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def of_findings(statements):
    return [each for each in statements if "FROM finding" in each or "FROM rule_text" in each]


async def test_a_finding_has_every_field_of_the_contract(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        rule = make_rule(
            connection,
            organization.organization_id,
            "Log4Shell",
            rule_id="log4j",
            identifiers=("CVE-2021-44228",),
            cwes=(502,),
            cvss_score=10.0,
            cvss=[{"score": 10.0, "version": "3.1"}],
            known_exploited=True,
        )
        vulnerability = make_vulnerability(
            connection, organization.organization_id, "CVE-2021-44228", rule=rule
        )
        number = make_finding(
            connection,
            asset,
            rule=rule,
            severity=Severity.CRITICAL,
            kind=FindingKind.SCA,
            vulnerability_id=vulnerability,
            epss=0.97,
            location={},
            component={"name": "log4j-core", "version": "2.14.1", "fixed_versions": ["2.17.1"]},
        )
        make_occurrence(connection, asset, number, rule=rule, component={"name": "later"})
    answer = await api.get("/api/v1/findings", params={"q": "is:open"})
    assert answer.status_code == 200
    FindingPage.model_validate(answer.json(), extra="forbid")
    (found,) = answer.json()["items"]
    assert answer.json() | {"items": []} == {
        "items": [],
        "next_cursor": None,
        "total": 1,
        "total_is_exact": True,
    }
    assert found == {
        "id": public("fnd", number),
        "asset": {"id": public("ast", asset.id), "name": "shop"},
        "kind": "sca",
        "title": "Log4Shell",
        "severity": "critical",
        "severity_reported": "critical",
        "priority": 5_097_000,
        "presence": "active",
        "triage": "open",
        "triage_reason": None,
        "vex_status": None,
        "identifiers": ["CVE-2021-44228"],
        "cwes": [502],
        "cvss": [{"score": 10.0, "version": "3.1"}],
        "epss": 0.97,
        "known_exploited": True,
        "rule_id": "log4j",
        "scanners": ["semgrep"],
        "locations": [],
        "components": [{"name": "log4j-core", "version": "2.14.1", "fixed_versions": ["2.17.1"]}],
        "first_seen_at": "2026-01-10T12:00:00.000Z",
        "last_seen_at": "2026-01-10T12:00:00.000Z",
        "due_at": None,
        "assignee": None,
        "tags": [],
        "is_reopened": False,
        "vulnerability": {"id": public("vul", vulnerability), "name": "CVE-2021-44228"},
        "occurrence_count": 2,
    }


async def test_without_a_query_all_findings_are_there_also_what_is_gone(api, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        make_finding(connection, asset)
        make_finding(connection, asset, is_active=False, location={"path": "gone.py"})
    everything = (await api.get("/api/v1/findings")).json()
    assert [each["presence"] for each in everything["items"]] == ["inactive", "active"]
    assert everything["items"][0]["locations"] == [{"path": "gone.py"}]
    assert everything["items"][0]["occurrence_count"] == 0
    assert (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"] == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (None, [3, 2, 1, 0]),
        ("-priority", [3, 2, 1, 0]),
        ("-severity", [3, 2, 1, 0]),
        ("first_seen_at", [2, 0, 3, 1]),
        ("-first_seen_at", [1, 3, 0, 2]),
        ("id", [0, 1, 2, 3]),
    ],
)
async def test_each_sort_orders_and_pages(api, rows, organization, public, sort, order):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        numbers = [
            make_finding(
                connection, asset, severity=severity, first_seen_at=SCANNED_AT + timedelta(days=days)
            )
            for severity, days in zip(list(Severity)[1:5], (2, 4, 1, 3), strict=True)
        ]
    parameters = {"limit": 3} | ({"sort": sort} if sort else {})
    first = (await api.get("/api/v1/findings", params=parameters)).json()
    rest = (await api.get("/api/v1/findings", params=parameters | {"cursor": first["next_cursor"]})).json()
    skipped = (await api.get("/api/v1/findings", params=parameters | {"offset": 3})).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [
        public("fnd", numbers[n]) for n in order
    ]
    assert rest["next_cursor"] is None
    assert rest["total"] == first["total"] == skipped["total"] == 4
    assert skipped["items"] == rest["items"]


@pytest.mark.long
async def test_a_walk_by_cursor_gives_each_row_once_while_rows_come_and_change(
    api, rows, organization, public
):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        numbers = [make_finding(connection, asset, severity=Severity.MEDIUM) for _ in range(60)]
    seen, cursor = [], None
    while True:
        parameters = {"limit": 7, "q": "is:active"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/api/v1/findings", params=parameters)).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        with rows() as connection:
            make_finding(connection, asset, severity=Severity.CRITICAL)
            change_finding(connection, numbers[0], triage=Triage.CONFIRMED.code)
    assert len(seen) == len(set(seen))
    assert {public("fnd", number) for number in numbers} <= set(seen)


@pytest.mark.long
async def test_a_page_takes_at_most_three_statements(api, context, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        for _ in range(60):
            make_finding(connection, asset, rule=make_rule(connection, organization.organization_id))
    with counted(context) as statements:
        answer = await api.get(
            "/api/v1/findings", params={"q": "injection asset:shop severity>=high", "limit": 50}
        )
    assert (len(answer.json()["items"]), answer.json()["total"]) == (50, 60)
    assert len(of_findings(statements)) <= 3
    assert len(statements) <= 7  # beside them: entering, the token and that it was used, the organization


async def test_the_last_sight_of_an_active_finding_is_its_scopes_newest_complete_scan(
    api, rows, organization
):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        make_finding(connection, asset, first_seen_at=SCANNED_AT - timedelta(days=90))
        connection.exec_driver_sql(
            f"update scope set last_complete_scan_at = '2026-02-03T04:05:06Z' where id = {asset.scope_id}"
        )
    (found,) = (await api.get("/api/v1/findings")).json()["items"]
    assert found["last_seen_at"] == "2026-02-03T04:05:06.000Z"


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"q": "severity:hihg"}, "/q"),
        ({"q": "x" * 2001}, "/q"),
        ({"q": "scan:scn_0"}, "/q"),
        ({"sort": "title"}, "/sort"),
        ({"limit": 0}, "/limit"),
        ({"limit": 201}, "/limit"),
        ({"offset": 10_001}, "/offset"),
        ({"offset": 1, "cursor": "x"}, "/offset"),
        ({"cursor": "nonsense"}, "/cursor"),
    ],
)
async def test_what_cannot_be_read_is_a_problem_that_points_to_it(api, parameters, pointer):
    answer = await api.get("/api/v1/findings", params=parameters)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_cursor_of_another_sort_is_refused(api, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        for _ in range(2):
            make_finding(connection, asset)
    cursor = (await api.get("/api/v1/findings", params={"limit": 1})).json()["next_cursor"]
    answer = await api.get("/api/v1/findings", params={"cursor": cursor, "sort": "-severity"})
    assert answer.status_code == 422


async def test_facets_say_where_assets_are_ranked_among_the_largest_alone(
    api, rows, organization, public, monkeypatch
):
    monkeypatch.setattr(facets, "MAX_RANKED", 1)
    with rows() as connection:
        shop = make_asset(connection, organization.organization_id, "shop")
        make_finding(connection, shop)

    async def ranked_among(query: str):
        answer = await api.get("/api/v1/findings/facets", params={"q": query})
        return answer.json()["assets_ranked_among"]

    assert await ranked_among("severity:high") is None, "there is no other"
    with rows() as connection:
        make_asset(connection, organization.organization_id, "blog")
    assert await ranked_among("severity:high") == 1
    assert await ranked_among("scanner:trivy severity:high") is None, "then all are looked at"


async def test_facets_count_what_choosing_each_value_would_give(api, rows, organization, public):
    with rows() as connection:
        shop = make_asset(connection, organization.organization_id, "shop")
        blog = make_asset(connection, organization.organization_id, "blog")
        make_finding(connection, shop, severity=Severity.HIGH)
        make_finding(connection, shop, severity=Severity.LOW, triage=Triage.CONFIRMED)
        make_finding(connection, blog, severity=Severity.HIGH, scanners=["trivy", "grype"])
        make_finding(connection, blog, severity=Severity.LOW, is_active=False)
    answer = await api.get("/api/v1/findings/facets", params={"q": "severity:high presence:active"})
    shown = answer.json()
    FacetsSchema.model_validate(shown, extra="forbid")

    def counts(facet):
        return {each["label"]: each["count"] for each in shown[facet] if each["count"]}

    assert counts("severity") == {"high": 2, "low": 1}
    assert counts("presence") == {"active": 2}
    assert counts("triage") == {"open": 2}
    assert counts("kind") == {"sast": 2}
    assert counts("scanner") == {"grype": 1, "semgrep": 1, "trivy": 1}
    assert counts("asset") == {"blog": 1, "shop": 1}
    assert public("ast", shop.id) in [each["value"] for each in shown["asset"]]
    assert [each["value"] for each in shown["severity"]] == [
        "critical", "high", "medium", "low", "info", "unknown",
    ]  # fmt: skip


async def test_a_scanner_that_reports_spell_in_two_ways_is_one_facet(api, rows, organization):
    with rows() as connection:
        shop = make_asset(connection, organization.organization_id, "shop")
        make_finding(connection, shop, scanners=["Grype"])
        make_finding(connection, shop, scanners=["grype", "trivy"])
        make_finding(connection, shop, scanners=["Grype", "grype"])
    for query in ("is:open", "is:open rule:*"):
        shown = (await api.get("/api/v1/findings/facets", params={"q": query})).json()["scanner"]
        told = {each["value"]: each["count"] for each in shown}
        assert told == {"Grype": 3, "trivy": 1}, query


async def test_what_is_counted_anyway_is_told_exactly_however_much_it_is(api, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        make_finding(connection, asset, severity=Severity.HIGH)
        finding_counts.fold(connection, organization.organization_id)
        connection.exec_driver_sql("update facet_count set n = 15000 where severity = 4")
    shown = (await api.get("/api/v1/findings/facets", params={"q": "is:open"})).json()
    told = {each["value"]: (each["count"], each["is_exact"]) for each in shown["severity"]}
    assert told["high"] == (15_000, True)


async def test_an_asset_that_is_being_deleted_takes_its_findings_along(api, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        make_finding(connection, asset)
        connection.exec_driver_sql(f"update asset set deleted_at = now() where id = {asset.id}")
    assert (await api.get("/api/v1/findings")).json()["total"] == 0


async def test_everybody_of_the_organization_reads_and_nobody_else(api, client_as, finding):
    viewer, nobody = await asyncio.gather(client_as(Role.VIEWER), client_as(None))
    assert (await viewer.get("/api/v1/findings")).json()["total"] == 1
    assert (await nobody.get("/api/v1/findings")).status_code == 401


@pytest.mark.parametrize(
    ("query", "now", "later"),
    [
        ("is:open due<7d", 0, 1),
        ("is:overdue", 0, 1),
        ("age>7d", 0, 1),
        ("is:new", 1, 0),
        ("is:open due>7d", 1, 0),
    ],
)
async def test_what_is_counted_from_now_is_found_by_the_time_of_each_request(
    api, rows, organization, monkeypatch, query, now, later
):
    began = clock.now()
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        make_finding(connection, asset, first_seen_at=began, due_at=began + timedelta(days=8))
    found = []
    for days in (0, 0, 9):  # a list is kept from the first time on
        monkeypatch.setattr(clock, "now", lambda days=days: began + timedelta(days=days, seconds=5))
        found.append((await api.get("/api/v1/findings", params={"q": query})).json()["total"])
    assert found == [now, now, later]
