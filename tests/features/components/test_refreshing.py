"""Components follow every change of findings: imports, decisions, undoing, tracking of refs and deletion."""

import asyncio
import json
from functools import partial

import pytest
from sqlalchemy import text

from factories.asset import make_asset
from factories.finding import change_finding, make_finding
from factories.working import working
from factories.writing import writing
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.severity import Severity
from hauberk.features.components import refreshing, statements
from hauberk.jobs.invariant import Look, registered
from hauberk.jobs.outbox import relay
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


KEPT = """
select asset_id, component_id, finding_ids, fixed_in, fixed_version, unknown, info, low, medium, high, critical, settled,
    exploited, fixable from asset_component order by 1, 2
"""


@pytest.fixture
def rows(database_url, organization):
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def work(settings):
    with working(settings) as working_off:
        yield working_off


@pytest.fixture
def tell(work, rows, organization):
    """Works off what waits, tells the events, and works off what follows from them; then nothing may differ."""

    def told():
        work()
        while relay(work.engine):  # others have left events as well
            work()
        with rows() as connection:
            assert refreshing.next_marked(connection, organization.organization_id) is None
            assert refreshing.differences(connection, organization.organization_id) == 0
            assert violations(connection, organization.organization_id) == []
            as_told = connection.exec_driver_sql(KEPT).all()
            for asset in connection.exec_driver_sql("select id from asset").scalars().all():
                refreshing.refresh_asset(connection, organization.organization_id, asset)
            assert connection.exec_driver_sql(KEPT).all() == as_told

    return partial(asyncio.to_thread, told)


def violations(connection, tenant):
    assets = connection.exec_driver_sql("select id from asset").scalars().all()
    (holds,) = [each for each in registered() if each.name == "components_hold_the_findings_of_the_asset"]
    look = Look(organization_id=tenant, number=1, began_at=clock.now(), assets=assets)
    return list(holds.find(connection, look))


def assets(connection):
    return connection.exec_driver_sql("select id from asset").scalars()


def trivy(*packages) -> bytes:
    found = [
        {
            "VulnerabilityID": cve,
            "PkgName": name,
            "PkgIdentifier": {"PURL": f"pkg:npm/{name}@{version}"},
            "InstalledVersion": version,
            "FixedVersion": fixed,
            "Severity": "HIGH",
            "Title": f"Flaw in {name}",
        }
        for name, version, cve, fixed in packages
    ]
    results = [{"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": found}]
    return json.dumps(
        {"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "repository", "Results": results}
    ).encode()


async def send(api, *packages, **data) -> str:
    answer = await api.post(
        "/api/v1/scans", files={"file": ("trivy.json", trivy(*packages))}, data={"asset": "shop", **data}
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def shown(api, **parameters):
    items = (await api.get("/api/v1/components", params={"sort": "name", **parameters})).json()["items"]
    return {f"{each['name']}@{each['version']}": each["open_findings"] for each in items}


LODASH = ("lodash", "4.17.20", "CVE-2021-23337", "4.17.21")
REDOS = ("lodash", "4.17.20", "CVE-2020-28500", "4.17.21")
MINIMIST = ("minimist", "1.2.5", "CVE-2021-44906", "1.2.6")


@pytest.mark.long
async def test_they_follow_imports_their_undoing_and_deletion(api, tell):
    await send(api, LODASH, REDOS, MINIMIST)
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 2, "minimist@1.2.5": 1}
    second = await send(api, LODASH, ("minimist", "1.2.7", "CVE-2021-44906", "1.2.8"))
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 1, "minimist@1.2.7": 1}
    await api.post(f"/api/v1/scans/{second}/undo")
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 2, "minimist@1.2.5": 1}
    (asset,) = (await api.get("/api/v1/assets")).json()["items"]
    gone = await api.delete(f"/api/v1/assets/{asset['id']}", params={"confirm": "shop"})
    assert gone.status_code < 300, gone.text
    await tell()
    assert await shown(api) == {}


@pytest.mark.long
async def test_a_scan_that_changes_little_derives_little(api, tell, work, rows, organization):
    """What is beside the change is derived whole: a new flaw of a known component, and one that stands on two."""
    twice = [("lodash", version, "CVE-2021-23337", "4.17.21") for version in ("4.17.19", "4.17.20")]
    await send(api, *twice, REDOS, MINIMIST)
    await tell()
    assert await shown(api) == {"lodash@4.17.19": 1, "lodash@4.17.20": 2, "minimist@1.2.5": 1}
    await send(api, *twice, REDOS, MINIMIST, ("lodash", "4.17.19", "CVE-2019-10744", "4.17.20"))
    await asyncio.to_thread(work)
    with rows() as connection:
        (changed,) = connection.exec_driver_sql("select finding_ids from component_mark").scalars()
        assert len(changed) == 1
        assert (
            refreshing.refresh_asset(connection, organization.organization_id, next(assets(connection))) == 1
        )
    await tell()
    assert await shown(api) == {"lodash@4.17.19": 2, "lodash@4.17.20": 2, "minimist@1.2.5": 1}


@pytest.mark.long
async def test_what_leaves_a_component_for_another_version_is_on_the_other(api, tell):
    await send(api, LODASH, REDOS, MINIMIST)
    await tell()
    await send(api, ("lodash", "4.17.21", "CVE-2021-23337", "4.18.0"), REDOS, MINIMIST)
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 1, "lodash@4.17.21": 1, "minimist@1.2.5": 1}
    await send(api, MINIMIST)
    await tell()
    assert await shown(api) == {"minimist@1.2.5": 1}


@pytest.mark.long
async def test_an_untracked_branch_shows_nothing_until_it_is_tracked(api, tell):
    await send(api, LODASH)
    await send(api, LODASH, MINIMIST, ref="feature")
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 1}
    (asset,) = (await api.get("/api/v1/assets")).json()["items"]
    await api.patch(f"/api/v1/assets/{asset['id']}", json={"refs": [{"name": "feature", "is_tracked": True}]})
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 1, "minimist@1.2.5": 1}


@pytest.mark.long
async def test_a_decision_settles_and_the_component_stays(api, tell):
    await send(api, LODASH)
    await tell()
    (finding,) = (await api.get("/api/v1/findings")).json()["items"]
    await api.patch(
        f"/api/v1/findings/{finding['id']}", json={"triage": "risk_accepted", "reason": "Not reached."}
    )
    await tell()
    assert await shown(api) == {"lodash@4.17.20": 0}
    assert await shown(api, q="is:open") == {}
    (row,) = (await api.get("/api/v1/components")).json()["items"]
    assert (row["severity"], row["settled_findings"], row["fixed_version"]) == (None, 1, None)


@pytest.mark.long
async def test_a_component_that_is_gone_is_still_known_by_its_id(api, tell):
    await send(api, LODASH, MINIMIST)
    await tell()
    (row,) = (await api.get("/api/v1/components", params={"q": "minimist"})).json()["items"]
    await send(api, LODASH)
    await tell()
    answer = (await api.get(f"/api/v1/components/{row['id']}")).json()
    assert (answer["asset_count"], answer["assets"], answer["vulnerabilities"], answer["versions"]) == (
        0,
        [],
        [],
        [],
    )


@pytest.mark.long
async def test_changes_of_many_assets_wake_one_job_and_a_report_without_changes_none(api, work, rows):
    def refreshes(connection):
        return connection.exec_driver_sql(
            "select count(*), count(*) filter (where state = 'done') from job where kind = 'components.refresh'"
        ).one()

    await send(api, LODASH)
    await send(api, MINIMIST, asset="blog")
    await asyncio.to_thread(work)
    await asyncio.to_thread(relay, work.engine)
    with rows() as connection:
        assert refreshes(connection) == (1, 0)
        assert connection.exec_driver_sql("select count(distinct asset_id) from component_mark").scalar() == 2
    await asyncio.to_thread(work)
    await send(api, LODASH)
    await asyncio.to_thread(work)
    await asyncio.to_thread(relay, work.engine)
    with rows() as connection:
        assert refreshes(connection) == (1, 1)
        assert connection.exec_driver_sql("select count(*) from component_mark").scalar() == 0
    assert await shown(api) == {"lodash@4.17.20": 1, "minimist@1.2.5": 1}


async def test_one_package_however_reports_spell_it(rows, organization):
    tenant = organization.organization_id
    plain = {
        "name": "log4j-core",
        "version": "2.14.1",
        "purl": "pkg:maven/org.apache/log4j-core@2.14.1?type=jar",
    }
    grouped = {
        "name": "org.apache:log4j-core",
        "version": None,
        "purl": "pkg:maven/org.apache/log4j-core@2.14.1",
    }
    with rows() as connection:
        asset = make_asset(connection, tenant)
        for component in (plain, grouped):
            make_finding(connection, asset, kind=FindingKind.SCA, component=component)
        assert refreshing.refresh_asset(connection, tenant, asset.id) == 1
        row = connection.exec_driver_sql("select name, version, purl, high, assets from component").one()
    assert row == ("org.apache:log4j-core", "2.14.1", "pkg:maven/org.apache/log4j-core@2.14.1", 2, 1)


async def test_what_a_hostile_report_calls_a_package_is_cut_and_kept_apart(rows, organization):
    tenant = organization.organization_id
    long = "x" * 5_000
    with rows() as connection:
        asset = make_asset(connection, tenant)
        for last in ("a", "b"):
            component = {"name": long + last, "version": long, "purl": None, "fixed_versions": [long]}
            make_finding(connection, asset, kind=FindingKind.SCA, component=component)
        make_finding(connection, asset, component={"name": "p", "purl": "pkg:%%%/?#@"})
        assert refreshing.refresh_asset(connection, tenant, asset.id) == 3
        lengths = connection.exec_driver_sql(
            "select max(length(name)), max(length(version)), max(length(words)) from component"
        ).one()
    assert lengths[0] <= refreshing.MAX_NAME_CHARS
    assert lengths[1] <= refreshing.MAX_VERSION_CHARS
    assert lengths[2] <= refreshing.MAX_NAME_CHARS + refreshing.MAX_PACKAGE_CHARS


async def test_what_is_as_it_was_is_not_written_again(rows, organization):
    tenant = organization.organization_id
    with rows() as connection:
        asset = make_asset(connection, tenant)
        finding = make_finding(
            connection, asset, component={"name": "a", "version": "1"}, severity=Severity.LOW
        )
        refreshing.refresh_asset(connection, tenant, asset.id)
        versions = "select c.xmin, a.xmin from component c, asset_component a"
    with rows() as connection:
        before = connection.exec_driver_sql(versions).one()
        refreshing.refresh_asset(connection, tenant, asset.id)
        assert connection.exec_driver_sql(versions).one() == before
        change_finding(connection, finding, triage=Triage.FALSE_POSITIVE.code)
        refreshing.refresh_asset(connection, tenant, asset.id)
        assert connection.exec_driver_sql(versions).one() != before


@pytest.mark.parametrize("statement", [statements.STANDING, statements.STANDING_OF])
async def test_claims_are_looked_up_one_by_one_whatever_the_planner_believes(rows, organization, statement):
    """After a first large import it believes that there is next to nothing, and would join all with all."""
    parameters = {"organization": organization.organization_id, "asset": 1, "findings": [1]}
    with rows() as connection:
        for way in ("nestloop", "seqscan", "bitmapscan"):
            connection.exec_driver_sql(f"set local enable_{way} = off")
        plan = "\n".join(connection.scalars(text(f"explain {statement}"), parameters))
    claim = "id = o.finding_id" if statement is statements.STANDING else "finding_id = f.id"
    for looked_up in (claim, "id = f.rule_text_id"):
        assert f"({looked_up})" in plan, plan
