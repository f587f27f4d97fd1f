"""GET /findings/{id}/explanation: why each occurrence is in the finding, and which keys lead to it."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from factories.asset import make_asset
from factories.finding import make_finding, make_occurrence, make_rule
from factories.scan import make_scan
from hauberk.db.models.finding import FindingKey, MatchLog, Occurrence
from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.permissions import Role
from hauberk.features.findings.explain_schemas import Explanation

pytestmark = pytest.mark.anyio

PACKAGE = {
    "name": "lodash",
    "version": "4.17.13",
    "purl": "pkg:npm/lodash@4.17.13",
    "path": "package-lock.json",
}
KEYS = {
    name: UUID(bytes=fingerprint.key_of(("package", "pkg:npm/lodash", name)))
    for name in ("CVE-2020-8203", "GHSA-p6mc-m468-83gw")
}
CODE = {
    path: UUID(bytes=fingerprint.key_of(("code", "semgrep:sqli", path, "query(x)")))
    for path in ("a.py", "b.py")
}


def add_keys(connection, asset, finding_id, keys):
    for key in keys:
        connection.execute(
            insert(FindingKey).values(
                organization_id=asset.organization_id,
                asset_id=asset.id,
                identity_version=fingerprint.IDENTITY_VERSION,
                fingerprint=key,
                finding_id=finding_id,
            )
        )


@pytest.fixture
def package(rows, organization):
    """Two scanners name one flaw differently; each gives one key more than the other."""
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        first = make_rule(
            connection, organization.organization_id, rule_id=None, identifiers=("CVE-2020-8203",)
        )
        finding = make_finding(connection, asset, rule=first, kind=FindingKind.SCA, component=PACKAGE)
        second = make_rule(
            connection,
            organization.organization_id,
            rule_id=None,
            scanner="grype",
            identifiers=tuple(reversed(KEYS)),
        )
        make_occurrence(connection, asset, finding, rule=second, component=PACKAGE)
        for rule, key in ((first, "CVE-2020-8203"), (second, "GHSA-p6mc-m468-83gw")):
            connection.execute(
                update(Occurrence).where(Occurrence.rule_text_id == rule).values(fingerprint=KEYS[key])
            )
        add_keys(connection, asset, finding, KEYS.values())
    return finding


@pytest.fixture
def renamed(rows, organization):
    """A finding whose file was renamed by the newest scan."""
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        rule = make_rule(connection, organization.organization_id, rule_id="sqli")
        scan = make_scan(connection, asset)
        places = {path: {"path": path, "line": 7, "snippet": "query(x)"} for path in CODE}
        finding = make_finding(connection, asset, rule=rule, location=places["a.py"], is_active=False)
        old = connection.scalar(select(Occurrence.id).where(Occurrence.finding_id == finding))
        connection.execute(update(Occurrence).values(fingerprint=CODE["a.py"], close_reason="moved"))
        new = make_occurrence(connection, asset, finding, rule=rule, location=places["b.py"], scan=scan)
        connection.execute(
            update(Occurrence).where(Occurrence.id == new).values(fingerprint=CODE["b.py"], previous_id=old)
        )
        add_keys(connection, asset, finding, CODE.values())
        connection.execute(
            insert(MatchLog).values(
                organization_id=organization.organization_id,
                scan_id=scan,
                finding_id=finding,
                occurrence_id=old,
                pass_name="file_renamed",
                detail={"was": {"path": "a.py"}, "now": {"path": "b.py"}, "keys": [CODE["b.py"].hex]},
            )
        )
    return finding


async def explained(api, public, number):
    answer = await api.get(f"/api/v1/findings/{public('fnd', number)}/explanation")
    assert answer.status_code == 200
    Explanation.model_validate(answer.json(), extra="forbid")
    return answer.json()


async def test_two_scanners_are_one_finding_by_the_key_that_both_give(api, public, package):
    found = await explained(api, public, package)
    assert [len(each["keys"]) for each in found["occurrences"]] == [1, 2]
    assert found["occurrences"][1]["keys"][0]["inputs"] == {
        "package": "pkg:npm/lodash", "identifier": "GHSA-p6mc-m468-83gw"
    }  # fmt: skip
    by_identifier = {key["inputs"]["identifier"]: key for key in found["keys"]}
    assert len(by_identifier["CVE-2020-8203"]["occurrences"]) == 2
    assert len(by_identifier["GHSA-p6mc-m468-83gw"]["occurrences"]) == 1
    assert {key["added_by"] for key in found["keys"]} == {None}


async def test_a_match_without_its_key_says_how_it_was_made(api, public, renamed):
    found = await explained(api, public, renamed)
    (occurrence,) = found["occurrences"]
    (match,) = occurrence["matches"]
    assert (match["pass_name"], match["was"], match["now"]) == (
        "file_renamed",
        {"path": "a.py"},
        {"path": "b.py"},
    )
    assert match["scan_id"].startswith("scn_")
    keys = {key["inputs"]["path"]: key for key in found["keys"]}
    assert (keys["a.py"]["added_by"], keys["b.py"]["added_by"]) == (None, "file_renamed")
    assert keys["a.py"]["occurrences"] == []
    assert keys["b.py"]["occurrences"] == [occurrence["id"]]
    assert keys["b.py"]["inputs"] == {"rule": "semgrep:sqli", "path": "b.py", "code": "query(x)"}


async def test_a_place_that_drifted_under_its_key_shows_both_places(api, public, renamed, rows):
    with rows() as connection:
        connection.execute(MatchLog.__table__.delete())
    ((match,),) = [each["matches"] for each in (await explained(api, public, renamed))["occurrences"]]
    assert (match["pass_name"], match["was"], match["keys_added"]) == (
        "moved",
        {"path": "a.py", "line": 7},
        [],
    )


async def test_a_leaked_secret_shows_its_rule_and_never_its_value(api, public, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        rule = make_rule(connection, organization.organization_id, rule_id="aws-key", scanner="gitleaks")
        finding = make_finding(connection, asset, rule=rule, kind=FindingKind.SECRET)
        add_keys(connection, asset, finding, [UUID(int=finding)])
    (key,) = (await explained(api, public, finding))["keys"]
    assert (key["made_from"], key["inputs"]["rule"]) == ("secret", "gitleaks:aws-key")
    assert "not kept" in key["inputs"]["value"]


async def test_only_who_may_read_the_finding_reads_why(api, client_as, public, package):
    assert (await api.get("/api/v1/findings/fnd_0000000000000/explanation")).status_code == 404
    viewer, nobody = await client_as(Role.VIEWER), await client_as(None)
    answers = [
        await each.get(f"/api/v1/findings/{public('fnd', package)}/explanation") for each in (viewer, nobody)
    ]
    assert [each.status_code for each in answers] == [200, 401]
