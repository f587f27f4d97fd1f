"""Names of one vulnerability over HTTP: one row with all its names, found under each, and a person's word on them."""

import pytest
from sqlalchemy import text

from factories.asset import make_asset
from factories.finding import make_finding, make_rule
from factories.vulnerability import also_has, make_vulnerability
from factories.writing import writing
from hauberk.domain.finding import FindingKind
from hauberk.domain.permissions import Role
from hauberk.domain.severity import Severity
from hauberk.features.vulnerabilities import grouping
from hauberk.features.vulnerabilities.schemas import VulnerabilityDetail, VulnerabilitySchema

pytestmark = pytest.mark.anyio

CVE, GHSA = "CVE-2020-8203", "GHSA-p6mc-m468-83gw"


@pytest.fixture
def rows(database_url, organization):
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def world(rows, organization, context):
    """A flaw under two names: one finding by each, and one that has both."""
    tenant = organization.organization_id
    with rows() as connection:
        shop, blog = make_asset(connection, tenant, "shop"), make_asset(connection, tenant, "blog")
        numbers = {}
        for name, title in ((CVE, "Pollution"), (GHSA, "Prototype pollution")):
            rule = make_rule(connection, tenant, title, identifiers=(name,))
            numbers[name] = make_vulnerability(connection, tenant, name, rule=rule)
            asset = shop if name == CVE else blog
            make_finding(
                connection,
                asset,
                rule=rule,
                kind=FindingKind.SCA,
                vulnerability_id=numbers[name],
                severity=Severity.LOW,
            )
        both = make_finding(
            connection,
            blog,
            rule=rule,
            kind=FindingKind.SCA,
            vulnerability_id=numbers[GHSA],
            severity=Severity.HIGH,
        )
        also_has(connection, tenant, both, numbers[CVE])
    return {name: context.public_ids.encode("vul", number) for name, number in numbers.items()}


@pytest.fixture
def apply(rows, organization):
    def run():
        with rows() as connection:
            grouping.group_names(connection, organization.organization_id)

    return run


async def listed(api, query=""):
    answer = await api.get("/api/v1/vulnerabilities", params={"q": query})
    for each in answer.json()["items"]:
        VulnerabilitySchema.model_validate(each, extra="forbid")
    return {each["name"]: each for each in answer.json()["items"]}


async def test_names_that_a_person_says_are_one_are_one_row_that_counts_each_finding_once(api, world, apply):
    before = await listed(api)
    assert {name: each["open_findings"] for name, each in before.items()} == {CVE: 2, GHSA: 2}
    said = await api.post(
        f"/api/v1/vulnerabilities/{world[GHSA]}/aliases", json={"name": CVE, "reason": "Advisory."}
    )
    assert said.status_code == 200
    apply()
    (row,) = (await listed(api)).values()
    assert (row["name"], row["aliases"], row["severity"]) == (CVE, [GHSA], "high")
    assert (row["open_findings"], row["asset_count"]) == (3, 2)
    detail = (await api.get(f"/api/v1/vulnerabilities/{world[GHSA]}")).json()
    VulnerabilityDetail.model_validate(detail, extra="forbid")
    assert (detail["id"], detail["open_findings"], len(detail["assets"])) == (world[CVE], 3, 2)
    (statement,) = detail["statements"]
    assert (statement["asserter_kind"], statement["is_same"], statement["reason"]) == (
        "person",
        True,
        "Advisory.",
    )


async def test_it_and_its_findings_are_found_under_each_name(api, world, apply):
    await api.post(f"/api/v1/vulnerabilities/{world[CVE]}/aliases", json={"name": GHSA.lower()})
    apply()
    for query in (GHSA, f"cve:{GHSA}", "p6mc", f"cve:{CVE}"):
        assert list(await listed(api, query)) == [CVE]
    for query in (f"cve:{CVE}", f"cve:{GHSA}", f"vulnerability:{world[CVE]}", f"vulnerability:{GHSA}"):
        assert (await api.get("/api/v1/findings", params={"q": query})).json()["total"] == 3, query


async def test_saying_the_opposite_takes_them_apart(api, world, apply, rows):
    for is_same in (True, False):
        await api.post(
            f"/api/v1/vulnerabilities/{world[CVE]}/aliases", json={"name": GHSA, "is_same": is_same}
        )
        apply()
    assert set(await listed(api)) == {CVE, GHSA}
    with rows() as connection:
        assert connection.scalar(text("select count(*) from alias_assertion")) == 1
        acts = text("select count(*) from event where action = 'vulnerability.alias_stated'")
        assert connection.scalar(acts) == 2


@pytest.mark.parametrize("name", ["not a name", "RHSA-2024:1234", CVE])
async def test_what_is_no_other_name_is_refused(api, world, name):
    answer = await api.post(f"/api/v1/vulnerabilities/{world[CVE]}/aliases", json={"name": name})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_a_viewer_says_nothing(client_as, world):
    viewer = await client_as(Role.VIEWER)
    answer = await viewer.post(f"/api/v1/vulnerabilities/{world[CVE]}/aliases", json={"name": GHSA})
    assert answer.status_code == 403
