"""Components: each version of each package that findings stand on, where it is, and how bad it is."""

import pytest

from factories.asset import make_asset
from factories.finding import make_finding, make_occurrence, make_rule
from factories.vulnerability import make_vulnerability
from factories.writing import writing
from fixtures.api import new_organization
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.severity import Severity
from hauberk.features.components import refreshing
from hauberk.features.components.schemas import ComponentDetail, ComponentSchema

pytestmark = pytest.mark.anyio

LOG4J = {
    "name": "org.apache.logging.log4j:log4j-core",
    "version": "2.14.1",
    "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
}
LODASH = {"name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"}


@pytest.fixture
def rows(database_url, organization):
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def public(context):
    return context.public_ids.encode


@pytest.fixture
def world(rows, organization):
    """log4j-core 2.14.1 in two assets and 2.9.1 in one, lodash with nothing open any more, and a tool without a purl."""
    tenant = organization.organization_id
    with rows() as connection:
        shop, blog = (
            make_asset(connection, tenant, "shop", tags=("payments",)),
            make_asset(connection, tenant, "blog"),
        )
        rule = make_rule(
            connection, tenant, "Log4Shell", identifiers=("CVE-2021-44228",), known_exploited=True
        )
        shell = make_vulnerability(connection, tenant, "CVE-2021-44228", rule=rule)
        beside = make_vulnerability(connection, tenant, "CVE-2021-45046")
        fixed = LOG4J | {"fixed_versions": ["2.12.2", "2.15.0"]}
        sca = {"kind": FindingKind.SCA}
        first = make_finding(
            connection,
            shop,
            rule=rule,
            severity=Severity.CRITICAL,
            component=fixed,
            vulnerability_id=shell,
            **sca,
        )
        make_occurrence(connection, shop, first, rule=rule, component=fixed | {"path": "b/pom.xml"})
        later = LOG4J | {"fixed_versions": ["2.16.0"]}
        make_finding(
            connection, shop, severity=Severity.HIGH, component=later, vulnerability_id=beside, **sca
        )
        make_finding(
            connection,
            blog,
            rule=rule,
            severity=Severity.CRITICAL,
            component=LOG4J,
            vulnerability_id=shell,
            **sca,
        )
        old = LOG4J | {"version": "2.9.1", "purl": LOG4J["purl"].replace("2.14.1", "2.9.1")}
        make_finding(connection, blog, severity=Severity.LOW, component=old, **sca)
        make_finding(connection, blog, component=LODASH, triage=Triage.RISK_ACCEPTED, **sca)
        make_finding(
            connection, blog, severity=Severity.MEDIUM, component={"name": "OpenSSH", "version": "8.2"}
        )
        make_finding(connection, blog, component=LODASH | {"version": "3"}, is_active=False, **sca)
        for asset in (shop, blog):
            refreshing.refresh_asset(connection, tenant, asset.id)
    return {"shop": shop, "blog": blog, "shell": shell, "beside": beside, "first": first}


async def listed(api, **parameters):
    answer = await api.get("/api/v1/components", params=parameters)
    assert answer.status_code == 200, answer.text
    return [f"{each['name'].rpartition(':')[2]} {each['version']}" for each in answer.json()["items"]]


async def the(api, q):
    (found,) = (await api.get("/api/v1/components", params={"q": q})).json()["items"]
    return found


async def test_one_row_for_each_version_the_worst_first(api, world, public):
    answer = (await api.get("/api/v1/components")).json()
    assert answer["total"] == 4
    for each in answer["items"]:
        ComponentSchema.model_validate(each, extra="forbid")
    log4j, ssh, old, settled = answer["items"]
    assert log4j.pop("id").startswith("cmp_")
    assert log4j == {
        "name": "org.apache.logging.log4j:log4j-core",
        "version": "2.14.1",
        "ecosystem": "maven",
        "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
        "severity": "critical",
        "severities": {"critical": 2, "high": 1, "medium": 0, "low": 0, "info": 0, "unknown": 0},
        "open_findings": 3,
        "settled_findings": 0,
        "known_exploited": True,
        "fixable_findings": 2,
        "fixed_version": "2.16.0",
        "asset_count": 2,
        "assets": [
            {"id": public("ast", world["shop"].id), "name": "shop", "fixed_version": "2.16.0"},
            {"id": public("ast", world["blog"].id), "name": "blog", "fixed_version": None},
        ],
        "vulnerabilities": [
            {"id": public("vul", world["shell"]), "name": "CVE-2021-44228"},
            {"id": public("vul", world["beside"]), "name": "CVE-2021-45046"},
        ],
    }
    assert (ssh["name"], ssh["ecosystem"], ssh["purl"]) == ("OpenSSH", None, None)
    assert (old["version"], old["severity"], old["fixed_version"]) == ("2.9.1", "low", None)
    assert (settled["severity"], settled["open_findings"], settled["settled_findings"]) == (None, 0, 1)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("log4j", ["log4j-core 2.14.1", "log4j-core 2.9.1"]),
        ("LOG4J apache", ["log4j-core 2.14.1", "log4j-core 2.9.1"]),
        ("ss", ["OpenSSH 8.2"]),
        ("nothing-of-it", []),
        ("component:log4j-core@2.14*", ["log4j-core 2.14.1"]),
        ("package:org.apache.logging.log4j:log4j-core@2.9.1", ["log4j-core 2.9.1"]),
        ("purl:pkg:npm/*", ["lodash 4.17.20"]),
        ("severity>=medium", ["log4j-core 2.14.1", "OpenSSH 8.2"]),
        ("not is:open", ["lodash 4.17.20"]),
        ("known_exploited:true or fix:true", ["log4j-core 2.14.1"]),
        ("asset:shop", ["log4j-core 2.14.1"]),
        ("asset.tag:payments", ["log4j-core 2.14.1"]),
        ("log4j not asset:SHOP", ["log4j-core 2.9.1"]),
    ],
)
async def test_words_and_keys_filter(api, world, q, found):
    assert await listed(api, q=q) == found


async def test_what_components_are_not_filtered_by_is_said_with_what_they_are(api, world):
    for q in ("triage:open", "is:overdue"):
        refused = (await api.get("/api/v1/components", params={"q": q})).json()
        (error,) = refused["errors"]
        assert error["pointer"] == "/q"
        assert "component, purl, severity" in error["message"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("-severity", "log4j-core 2.14.1"),
        ("-open_findings", "log4j-core 2.14.1"),
        ("-asset_count", "log4j-core 2.14.1"),
        ("name", "lodash 4.17.20"),
    ],
)
async def test_every_sort_pages_by_cursor_as_by_offset(api, world, sort, first):
    whole = await listed(api, sort=sort)
    assert (whole[0], len(whole)) == (first, 4)
    paged, cursor = [], None
    while True:
        asked = {"sort": sort, "limit": 1} | ({"cursor": cursor} if cursor else {})
        answer = (await api.get("/api/v1/components", params=asked)).json()
        paged += [f"{each['name'].rpartition(':')[2]} {each['version']}" for each in answer["items"]]
        if not (cursor := answer["next_cursor"]):
            break
    assert paged == whole
    assert await listed(api, sort=sort, offset=2) == whole[2:]


async def test_versions_are_listed_as_they_were_released(api, world):
    assert await listed(api, sort="name") == [
        "lodash 4.17.20",
        "OpenSSH 8.2",
        "log4j-core 2.9.1",
        "log4j-core 2.14.1",
    ]


async def test_one_in_full_with_its_versions_assets_and_vulnerabilities(api, world, public):
    row = await the(api, "component:log4j-core@2.14.1")
    answer = (await api.get(f"/api/v1/components/{row['id']}")).json()
    ComponentDetail.model_validate(answer, extra="forbid")
    assert [(each["version"], each["open_findings"]) for each in answer["versions"]] == [
        ("2.9.1", 1),
        ("2.14.1", 3),
    ]
    assert answer["assets"] == [
        {
            "id": public("ast", world["shop"].id),
            "name": "shop",
            "open_findings": 2,
            "severity": "critical",
            "fixed_version": "2.16.0",
        },
        {
            "id": public("ast", world["blog"].id),
            "name": "blog",
            "open_findings": 1,
            "severity": "critical",
            "fixed_version": None,
        },
    ]
    shell, beside = answer["vulnerabilities"]
    assert shell == {
        "id": public("vul", world["shell"]),
        "name": "CVE-2021-44228",
        "title": "Log4Shell",
        "severity": "critical",
        "known_exploited": True,
        "open_findings": 2,
        "fixed_versions": ["2.15.0"],
    }
    assert (beside["name"], beside["open_findings"], beside["fixed_versions"]) == (
        "CVE-2021-45046",
        1,
        ["2.16.0"],
    )


async def test_names_of_one_flaw_are_one_vulnerability_of_it(api, world, rows, organization):
    with rows() as connection:
        connection.exec_driver_sql(
            "update vulnerability set group_id = %(one)s where id in (%(one)s, %(other)s)",
            {"one": world["shell"], "other": world["beside"]},
        )
    row = await the(api, "component:log4j-core@2.14.1")
    assert [each["name"] for each in row["vulnerabilities"]] == ["CVE-2021-44228"]
    (flaw,) = (await api.get(f"/api/v1/components/{row['id']}")).json()["vulnerabilities"]
    assert (flaw["open_findings"], flaw["fixed_versions"]) == (3, ["2.15.0", "2.16.0"])


async def test_the_findings_of_a_component_are_found_by_its_id(api, world):
    row = await the(api, "component:log4j-core@2.14.1")
    found = (await api.get("/api/v1/findings", params={"q": f"component:{row['id']}"})).json()
    assert found["total"] == 3
    both = (await api.get("/api/v1/findings", params={"q": f"component:{row['id']},lodash"})).json()
    assert both["total"] == 5
    rest = (await api.get("/api/v1/findings", params={"q": f"not component:{row['id']}"})).json()
    assert rest["total"] == 4
    wrong = await api.get("/api/v1/findings", params={"q": "component:cmp_nonsense"})
    assert wrong.status_code == 422


async def test_a_finding_leads_to_what_is_known_of_its_component_everywhere(api, world, rows, public):
    row = await the(api, "component:log4j-core@2.14.1")
    finding = f"/api/v1/findings/{public('fnd', world['first'])}"
    shown = (await api.get(finding)).json()["components"]
    assert {(each["version"], each["component_id"]) for each in shown} == {("2.14.1", row["id"])}
    with rows() as connection:
        for name in ("shop", "blog"):
            connection.exec_driver_sql("delete from asset_component where asset_id = %s", (world[name].id,))
        connection.exec_driver_sql("update component set assets = 0")
    assert {each["component_id"] for each in (await api.get(finding)).json()["components"]} == {None}


async def test_others_see_none_of_it(client_as, context, world, api):
    row = await the(api, "component:log4j-core@2.14.1")
    stranger = await client_as(None, member=await new_organization(context))
    assert (await stranger.get("/api/v1/components", params={"q": "log4j"})).json()["total"] == 0
    assert (await stranger.get(f"/api/v1/components/{row['id']}")).status_code == 404
    assert (await stranger.get("/api/v1/findings", params={"q": f"component:{row['id']}"})).json()[
        "total"
    ] == 0
