"""Assets: made, found, renamed, tracked and deleted, and how that shows in findings and counts."""

import asyncio

import pytest
from sqlalchemy import func, select

from factories.asset import make_asset, make_ref, make_scope
from factories.finding import make_finding, make_occurrence, make_rule
from factories.writing import writing
from hauberk.db import counts
from hauberk.db.models.asset import Asset, Scope
from hauberk.db.models.finding import Finding, Occurrence
from hauberk.db.models.job import Job
from hauberk.domain.finding import Triage
from hauberk.domain.permissions import Role
from hauberk.domain.severity import Severity
from hauberk.features.assets import deletion
from hauberk.features.assets.schemas import AssetDetailSchema
from hauberk.ingest import known_as
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def rows(database_url, organization):
    return lambda: writing(database_url, organization.organization_id)


@pytest.fixture
def public(context):
    return context.public_ids.encode


async def test_a_new_asset_has_its_default_ref_tracked(api):
    answer = await api.post("/api/v1/assets", json={"name": " Shop ", "tags": ["pci", "pci"]})
    assert answer.status_code == 201
    AssetDetailSchema.model_validate(answer.json(), extra="forbid")
    made = answer.json()
    assert (made["name"], made["kind"], made["tags"]) == ("Shop", "repository", ["pci"])
    assert made["refs"] == [
        {"name": "main", "is_tracked": True, "is_default": True, "last_scan_at": None, "expires_at": None}
    ]
    assert (made["open_findings"], made["scanners"], made["last_scan_at"]) == (0, [], None)
    assert (await api.get(f"/api/v1/assets/{made['id']}")).json() == made


async def test_a_name_is_taken_whatever_its_case(api):
    await api.post("/api/v1/assets", json={"name": "Straße"})
    other = (await api.post("/api/v1/assets", json={"name": "other"})).json()
    assert (await api.post("/api/v1/assets", json={"name": "STRASSE"})).status_code == 409
    renamed = await api.patch(f"/api/v1/assets/{other['id']}", json={"name": "strasse"})
    assert renamed.status_code == 409
    assert (await api.patch(f"/api/v1/assets/{other['id']}", json={"name": "OTHER"})).json()[
        "name"
    ] == "OTHER"


async def test_of_two_who_make_the_same_asset_at_once_one_is_told(api):
    answers = await asyncio.gather(*(api.post("/api/v1/assets", json={"name": "shop"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        ({}, "/name"),
        ({"name": "  "}, "/name"),
        ({"name": "x", "kind": "Bad kind"}, "/kind"),
        ({"name": "x", "colour": "red"}, "/colour"),
    ],
)
async def test_a_wrong_asset_is_refused(api, payload, pointer):
    answer = await api.post("/api/v1/assets", json=payload)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_the_list_shows_open_findings_scanners_and_the_last_scan(api, rows, organization):
    with rows() as connection:
        shop = make_asset(connection, organization.organization_id, "shop", tags=("pci",))
        make_asset(connection, organization.organization_id, "Blog", kind="image", scanner="trivy")
        make_finding(connection, shop, severity=Severity.HIGH)
        make_finding(connection, shop, severity=Severity.LOW)
        counts.fold(connection, organization.organization_id)
        make_finding(connection, shop, severity=Severity.LOW)
        make_finding(connection, shop, severity=Severity.LOW, triage=Triage.DUPLICATE)
        make_finding(connection, shop, is_active=False)
    page = (await api.get("/api/v1/assets")).json()
    blog, shown = page["items"]
    assert (blog["name"], blog["open_findings"], blog["scanners"]) == ("Blog", 0, ["trivy"])
    assert shown["open_findings"] == 3
    assert shown["by_severity"] == {
        "critical": 0, "high": 1, "medium": 0, "low": 2, "info": 0, "unknown": 0,
    }  # fmt: skip
    assert shown["last_scan_at"] == "2026-01-10T12:00:00.000Z"
    assert page["total"] == 2

    async def found(q):
        return [each["name"] for each in (await api.get("/api/v1/assets", params={"q": q})).json()["items"]]

    assert (
        await found("SHO") == await found("asset.tag:pci") == await found("not asset.kind:image") == ["shop"]
    )
    assert await found("scanner:trivy or asset:nothing") == ["Blog"]
    refused = await api.get("/api/v1/assets", params={"q": "severity:high"})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/q"]


async def test_the_list_begins_with_the_asset_on_which_the_worst_or_the_most_is_open(api, rows, organization):
    found = {
        "calm": [],
        "quiet": [Severity.INFO],
        "two high": [Severity.HIGH] * 2,
        "one critical": [Severity.CRITICAL],
        "one critical and more": [Severity.CRITICAL, Severity.LOW],
        "many low": [Severity.LOW] * 5,
    }
    with rows() as connection:
        for name, severities in found.items():
            asset = make_asset(connection, organization.organization_id, name)
            for severity in severities:
                make_finding(connection, asset, severity=severity)
            make_finding(connection, asset, severity=Severity.CRITICAL, triage=Triage.FALSE_POSITIVE)
            if name == "many low":
                counts.fold(connection, organization.organization_id)

    async def listed(**asked):
        names, cursor = [], {}
        while cursor is not None:
            page = (await api.get("/api/v1/assets", params={"limit": 2, **asked, **cursor})).json()
            names += [each["name"] for each in page["items"]]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
            assert page["total"] == len(found) or "q" in asked
        return names

    worst_first = ["one critical and more", "one critical", "two high", "many low", "quiet", "calm"]
    assert await listed(sort="-severity") == worst_first
    assert await listed(sort="-severity", q="critical") == worst_first[:2]
    assert (await listed(sort="-open_findings"))[:3] == ["many low", "one critical and more", "two high"]
    assert sorted(await listed(sort="-open_findings")) == sorted(found)


async def test_what_is_seen_on_a_ref_is_active_only_while_the_ref_is_tracked(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        ref = make_ref(connection, organization.organization_id, asset.id, "feature/x", is_tracked=False)
        scope = make_scope(connection, organization.organization_id, asset.id, ref)
        rule = make_rule(connection, organization.organization_id)
        elsewhere = make_finding(connection, asset, rule=rule, severity=Severity.MEDIUM, is_active=False)
        both = make_finding(connection, asset, rule=rule, severity=Severity.MEDIUM)
        for number in (elsewhere, both):
            make_occurrence(connection, asset, number, rule=rule, scope_id=scope, severity=Severity.CRITICAL)

    def states():
        with rows() as connection:
            columns = (Finding.open_occurrences, Finding.severity, Finding.reopened_at)
            found = connection.execute(select(Finding.id, *columns).order_by(Finding.id)).all()
            version = connection.scalar(select(Scope.version).where(Scope.id == scope))
            assert counts.differences(connection, organization.organization_id) == []
            return [tuple(each[1:]) for each in found], version

    path = f"/api/v1/assets/{public('ast', asset.id)}"
    tracked = await api.patch(f"{path}/refs/feature/x", json={"is_tracked": True})
    assert tracked.status_code == 200
    assert tracked.json()["by_severity"]["critical"] == 2
    critical, medium = Severity.CRITICAL.rank, Severity.MEDIUM.rank
    assert states() == ([(1, critical, None), (2, critical, None)], 1)
    again = await api.patch(path, json={"refs": [{"name": "feature/x", "is_tracked": True}]})
    assert again.status_code == 200
    assert states()[1] == 1
    untracked = await api.patch(path, json={"refs": [{"name": "feature/x", "is_tracked": False}]})
    assert untracked.json()["by_severity"]["medium"] == 1
    assert states() == ([(0, critical, None), (1, medium, None)], 2)
    assert (await api.patch(f"{path}/refs/unknown", json={"is_tracked": True})).status_code == 404


async def test_another_default_ref_is_tracked(api):
    made = (await api.post("/api/v1/assets", json={"name": "shop"})).json()
    changed = await api.patch(f"/api/v1/assets/{made['id']}", json={"default_ref": "trunk"})
    assert [(ref["name"], ref["is_tracked"], ref["is_default"]) for ref in changed.json()["refs"]] == [
        ("trunk", True, True),
        ("main", True, False),
    ]


async def test_deleting_needs_the_name_and_takes_everything_along(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        for _ in range(3):
            make_finding(connection, asset)
        counts.fold(connection, organization.organization_id)
        make_finding(connection, asset)
    path = f"/api/v1/assets/{public('ast', asset.id)}"
    refused = await api.delete(path, params={"confirm": "Shop"})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/confirm"]
    assert (await api.delete(path, params={"confirm": "shop"})).status_code == 204
    assert (await api.get(path)).status_code == 404
    assert (await api.get("/api/v1/findings")).json()["total"] == 0
    assert (await api.post("/api/v1/assets", json={"name": "shop"})).status_code == 201
    with rows() as connection:
        assert counts.differences(connection, organization.organization_id) == []
        assert connection.scalar(select(Job.kind)) == "assets.remove_asset"
        assert deletion.remove_portion(connection, organization.organization_id, asset.id) == 4
        assert deletion.remove_portion(connection, organization.organization_id, asset.id) == 0
        deletion.remove_asset(connection, organization.organization_id, asset.id)
        assert connection.scalar(select(func.count()).select_from(Occurrence)) == 0
        assert connection.scalar(select(func.count()).select_from(Asset)) == 1
        assert counts.differences(connection, organization.organization_id) == []


async def test_a_viewer_reads_and_changes_nothing(client_as, api):
    made = (await api.post("/api/v1/assets", json={"name": "shop"})).json()
    viewer = await client_as(Role.VIEWER)
    path = f"/api/v1/assets/{made['id']}"
    assert (await viewer.get(path)).status_code == 200
    refused = [
        await viewer.post("/api/v1/assets", json={"name": "x"}),
        await viewer.patch(path, json={"name": "x"}),
        await viewer.patch(f"{path}/refs/main", json={"is_tracked": False}),
        await viewer.delete(path, params={"confirm": "shop"}),
    ]
    assert {answer.status_code for answer in refused} == {403}


async def test_what_an_asset_is_known_by_is_added_shown_and_taken_away_and_the_trail_says_who(api):
    asset = (await api.post("/api/v1/assets", json={"name": "shop"})).json()
    at = f"/api/v1/assets/{asset['id']}"
    wanted = {"kind": "repository", "value": "https://me:secret@git.example/team/shop.git"}
    for _ in range(2):
        answer = await api.post(f"{at}/identifiers", json=wanted)
        assert answer.status_code == 201, answer.text
    AssetDetailSchema.model_validate(answer.json(), extra="forbid")
    (shown,) = (await api.get(at)).json()["identifiers"]
    assert (shown["kind"], shown["value"], shown["scanner"]) == ("repository", "git.example/team/shop", None)
    assert shown["added_by"]["name"]
    assert (shown["tells_until"], shown["is_shared"]) == (None, False)
    gone = f"{at}/identifiers/repository/git.example/team/shop"
    assert [(await api.delete(gone)).status_code for _ in range(2)] == [204, 404]
    assert (await api.get(at)).json()["identifiers"] == []
    events = (await api.get("/api/v1/audit", params={"q": "", "limit": 10})).json()["items"]
    acts = [
        (each["action"].rpartition("_")[2], each["detail"]["value"])
        for each in events
        if "identifier" in each["action"]
    ]
    assert acts == [("removed", "git.example/team/shop"), ("added", "git.example/team/shop")]


async def test_an_identifier_that_is_none_or_somebody_elses_is_refused_in_words(api):
    first, second = [
        (await api.post("/api/v1/assets", json={"name": name})).json()["id"] for name in ("shop", "till")
    ]
    wrong = await api.post(
        f"/api/v1/assets/{first}/identifiers", json={"kind": "digest", "value": "sha256:1"}
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/value"
    mine = {"kind": "mac", "value": "00-16-3E-00-00-01"}
    assert (await api.post(f"/api/v1/assets/{first}/identifiers", json=mine)).status_code == 201
    refused = await api.post(f"/api/v1/assets/{second}/identifiers", json=mine)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "identifier_taken")
    assert "“shop”" in refused.json()["detail"]


async def test_what_a_person_took_away_no_report_brings_back(rows, organization, api, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
    at = f"/api/v1/assets/{public('ast', asset.id)}"
    await api.post(f"{at}/identifiers", json={"kind": "ip", "value": "192.0.2.7"})
    await api.delete(f"{at}/identifiers/ip/192.0.2.7")
    with rows() as connection:
        said = ["ip:192.0.2.7", "ip:192.0.2.8"]
        known_as.learn(
            connection, asset.organization_id, asset.id, said, scan_id=1, scanner="Nmap", at=clock.now()
        )
    shown = (await api.get(at)).json()["identifiers"]
    assert [(each["value"], each["scanner"]) for each in shown] == [("192.0.2.8", "Nmap")]
    assert shown[0]["tells_until"] > shown[0]["last_seen_at"]
