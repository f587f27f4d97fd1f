"""Findings of other kinds that belong together: shown on both, dismissed and restored, and never counted as one."""

import pytest

from factories.asset import make_asset
from factories.finding import make_finding, make_rule
from factories.vulnerability import make_vulnerability
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.permissions import Role
from hauberk.features.findings.grouping_schemas import RelatedFindings

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(rows, organization, public):
    tenant = organization.organization_id
    with rows() as connection:
        shop, blog = make_asset(connection, tenant, "shop"), make_asset(connection, tenant, "blog")
        flaw = make_vulnerability(connection, tenant, "CVE-2021-44228")
        rule = make_rule(connection, tenant, "Log4Shell", identifiers=("CVE-2021-44228",))
        about = {"rule": rule, "vulnerability_id": flaw}
        password = make_rule(connection, tenant, "Hard-coded password", cwes=(798,))
        made = {
            "package": make_finding(connection, shop, kind=FindingKind.SCA, **about),
            "server": make_finding(
                connection, shop, kind=FindingKind.INFRASTRUCTURE, location={"host": "a"}, **about
            ),
            "elsewhere": make_finding(connection, blog, kind=FindingKind.INFRASTRUCTURE, **about),
            "decided": make_finding(
                connection, shop, kind=FindingKind.INFRASTRUCTURE, triage=Triage.FALSE_POSITIVE, **about
            ),
            "code": make_finding(connection, shop, rule=password, location={"path": "a.py", "line": 7}),
            "secret": make_finding(
                connection,
                shop,
                rule=password,
                kind=FindingKind.SECRET,
                location={"path": "a.py", "line": 90},
            ),
            "other file": make_finding(
                connection, shop, rule=password, kind=FindingKind.SECRET, location={"path": "b.py", "line": 7}
            ),
        }
    return {name: public("fnd", number) for name, number in made.items()}


async def related(api, finding):
    answer = await api.get(f"/api/v1/findings/{finding}/related")
    assert answer.status_code == 200
    RelatedFindings.model_validate(answer.json(), extra="forbid")
    return answer.json()["items"]


async def test_open_findings_of_other_kinds_are_shown_on_both_with_the_reason(api, world):
    for one, other, rule in (
        ("package", "server", "same_vulnerability"),
        ("code", "secret", "same_file_and_weakness"),
    ):
        for this, that in ((one, other), (other, one)):
            (found,) = await related(api, world[this])
            assert (found["id"], [each["rule"] for each in found["reasons"]]) == (world[that], [rule])
    assert await related(api, world["other file"]) == []


async def test_it_changes_no_count_and_no_finding(api, world):
    before = (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"]
    await related(api, world["package"])
    assert (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"] == before == 6


async def test_dismissed_it_says_by_whom_on_both_sides_and_can_be_restored(api, world):
    address = f"/api/v1/findings/{world['package']}/related/{world['server']}/dismissal"
    assert (await api.put(address)).status_code == 204
    assert (await api.put(address)).status_code == 204
    (found,) = await related(api, world["server"])
    assert found["dismissed_at"] is not None
    assert found["dismissed_by"] is not None
    assert (await api.delete(address)).status_code == 204
    (found,) = await related(api, world["server"])
    assert found["dismissed_at"] is None
    history = (await api.get(f"/api/v1/findings/{world['package']}")).json()["history"]
    acts = [each["action"] for each in history if each["actor"]]
    assert acts == ["finding.correlation_restored", "finding.correlation_dismissed"]


async def test_only_findings_of_one_asset_and_only_by_who_may_write(api, client_as, world):
    address = f"/api/v1/findings/{world['package']}/related"
    assert (await api.put(f"{address}/{world['elsewhere']}/dismissal")).status_code == 422
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.put(f"{address}/{world['server']}/dismissal")).status_code == 403
