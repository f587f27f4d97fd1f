"""Vulnerabilities: one row each, the worst first, counted over the open findings that are there now."""

import pytest

from factories.asset import SCANNED_AT, make_asset
from factories.finding import make_finding, make_rule
from factories.vulnerability import also_has, make_vulnerability
from factories.writing import writing
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.severity import Severity
from hauberk.features.vulnerabilities.schemas import VulnerabilityDetail, VulnerabilitySchema

pytestmark = pytest.mark.anyio


@pytest.fixture
def rows(database_url, organization):
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def public(context):
    return context.public_ids.encode


@pytest.fixture
def world(rows, organization):
    """Log4Shell in two assets, a second CVE beside it in one of them, a rule, and one that nothing open is about."""
    tenant = organization.organization_id
    with rows() as connection:
        shop, blog = make_asset(connection, tenant, "shop"), make_asset(connection, tenant, "blog")
        rule = make_rule(
            connection,
            tenant,
            "Log4Shell",
            identifiers=("CVE-2021-44228",),
            cwes=(502,),
            cvss_score=10.0,
            cvss=[{"score": 10.0}],
            known_exploited=True,
            has_fix=True,
            description="Remote code execution",
            references=["https://example.org/log4j"],
        )
        first = make_vulnerability(connection, tenant, "CVE-2021-44228", rule=rule)
        second = make_vulnerability(connection, tenant, "CVE-2021-45046", rule=rule)
        weak = make_vulnerability(connection, tenant, "semgrep:weak-hash", is_rule=True)
        past = make_vulnerability(connection, tenant, "CVE-2000-1", rule=rule)
        about = {"rule": rule, "kind": FindingKind.SCA, "vulnerability_id": first}
        both = make_finding(connection, shop, severity=Severity.CRITICAL, epss=0.9, **about)
        also_has(connection, tenant, both, second)
        make_finding(connection, shop, severity=Severity.HIGH, epss=0.5, **about)
        make_finding(connection, blog, severity=Severity.HIGH, **about)
        make_finding(connection, blog, triage=Triage.FALSE_POSITIVE, **about)
        for _ in range(4):
            make_finding(connection, blog, severity=Severity.LOW, vulnerability_id=weak)
        make_finding(connection, blog, severity=Severity.MEDIUM, vulnerability_id=past, is_active=False)
    return {"first": first, "second": second, "weak": weak, "past": past, "shop": shop, "blog": blog}


async def names(api, **parameters):
    return [
        each["name"] for each in (await api.get("/api/v1/vulnerabilities", params=parameters)).json()["items"]
    ]


async def test_one_row_for_each_with_open_findings_the_worst_first(api, world, public):
    answer = await api.get("/api/v1/vulnerabilities")
    assert answer.json()["total"] == 3
    for each in answer.json()["items"]:
        VulnerabilitySchema.model_validate(each, extra="forbid")
    log4shell, beside, weak = answer.json()["items"]
    assert log4shell == {
        "id": public("vul", world["first"]),
        "name": "CVE-2021-44228",
        "title": "Log4Shell",
        "severity": "critical",
        "open_findings": 3,
        "asset_count": 2,
        "identifiers": ["CVE-2021-44228"],
        "aliases": [],
        "cwes": [502],
        "cvss": [{"score": 10.0, "vector": None, "version": None, "source": None}],
        "epss": 0.9,
        "known_exploited": True,
        "has_fix": True,
        "first_seen_at": "2026-01-10T12:00:00.000Z",
        "assets": [
            {"id": public("ast", world["shop"].id), "name": "shop"},
            {"id": public("ast", world["blog"].id), "name": "blog"},
        ],
    }
    assert (beside["name"], beside["open_findings"]) == ("CVE-2021-45046", 1)
    assert (weak["name"], weak["title"], weak["open_findings"]) == ("semgrep:weak-hash",) * 2 + (4,)


async def test_pages_by_cursor_and_by_offset_agree(api, world):
    first = (await api.get("/api/v1/vulnerabilities", params={"limit": 2})).json()
    rest = (await api.get("/api/v1/vulnerabilities", params={"cursor": first["next_cursor"]})).json()
    skipped = (await api.get("/api/v1/vulnerabilities", params={"offset": 2})).json()
    assert rest["items"] == skipped["items"]
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None


async def test_words_and_keys_filter(api, world):
    assert await names(api, q="log4") == ["CVE-2021-44228", "CVE-2021-45046"]
    assert await names(api, q="weak-hash") == ["semgrep:weak-hash"]
    assert await names(api, q="severity:low") == ["semgrep:weak-hash"]
    assert await names(api, q="severity>=high cve:cve-2021-45046") == ["CVE-2021-45046"]
    assert await names(api, q="known_exploited:false or fix:false") == ["semgrep:weak-hash"]
    refused = await api.get("/api/v1/vulnerabilities", params={"q": "triage:open"})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/q"]


async def test_one_in_full_also_when_nothing_is_open_any_more(api, world, public):
    answer = await api.get(f"/api/v1/vulnerabilities/{public('vul', world['first'])}")
    VulnerabilityDetail.model_validate(answer.json(), extra="forbid")
    found = answer.json()
    assert (found["description"], found["references"]) == (
        "Remote code execution",
        ["https://example.org/log4j"],
    )
    assert [(each["name"], each["open_findings"]) for each in found["assets"]] == [("shop", 2), ("blog", 1)]
    gone = (await api.get(f"/api/v1/vulnerabilities/{public('vul', world['past'])}")).json()
    assert (gone["open_findings"], gone["assets"], gone["severity"]) == (0, [], "medium")
    assert gone["first_seen_at"].startswith(SCANNED_AT.date().isoformat())
    findings = await api.get(
        "/api/v1/findings", params={"q": f"vulnerability:{public('vul', world['second'])}"}
    )
    assert findings.json()["total"] == 1


@pytest.mark.parametrize("path", ["vul_0000000000000", "fnd_0000000000000"])
async def test_what_is_not_there_is_404(api, path):
    assert (await api.get(f"/api/v1/vulnerabilities/{path}")).status_code == 404
