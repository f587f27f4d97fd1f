"""Work on findings: triage, assignment, override, comments; what each needs, writes and tells."""

import asyncio

import pytest
from sqlalchemy import select, update

from factories.asset import make_asset
from factories.finding import make_finding
from hauberk.db.locks import MOST_WAITING, lock_asset
from hauberk.db.models.count import CountDelta
from hauberk.db.models.finding import Decision, Finding
from hauberk.domain.finding import Triage
from hauberk.domain.permissions import Actor, Role
from hauberk.domain.severity import Severity
from hauberk.features.findings.change import Change, checked
from hauberk.features.findings.schemas import CommentSchema, FindingDetail
from hauberk.features.findings.writing import apply_change

pytestmark = pytest.mark.anyio


def deltas(rows):
    """Summed by (severity, triage), without what is nothing in the end."""
    with rows() as connection:
        found = connection.execute(
            select(CountDelta.severity, CountDelta.triage, CountDelta.n, CountDelta.opened, CountDelta.closed)
        ).all()
    assert sum(each.closed for each in found) == 0
    sums = {}
    for each in found:
        key = (Severity.of_rank(each.severity), Triage.of_code(each.triage))
        sums[key] = sums.get(key, 0) + each.n
    return {key: n for key, n in sums.items() if n}


async def test_a_finding_in_full(api, finding):
    answer = await api.get(f"/api/v1/findings/{finding}")
    FindingDetail.model_validate(answer.json(), extra="forbid")
    found = answer.json()
    assert found["title"] == "SQL injection"
    assert found["locations"] == [{"path": "src/app.py", "line": 7}]
    (occurrence,) = found["occurrences"]
    assert (occurrence["ref"], occurrence["scanner"], occurrence["is_open"]) == ("main", "semgrep", True)
    assert [each["action"] for each in found["history"]] == ["first_seen"]


@pytest.mark.parametrize("path", ["fnd_0000000000000", "ast_0000000000000", "nonsense"])
async def test_what_is_not_there_is_404(api, path):
    for answer in (
        await api.get(f"/api/v1/findings/{path}"),
        await api.patch(f"/api/v1/findings/{path}", json={"triage": "confirmed"}),
        await api.post(f"/api/v1/findings/{path}/comments", json={"body": "Hello"}),
    ):
        assert answer.status_code == 404


async def test_a_triage_is_decided_counted_and_told(api, finding, rows):
    answer = await api.patch(
        f"/api/v1/findings/{finding}", json={"triage": "risk_accepted", "reason": "Only reachable inside"}
    )
    assert answer.status_code == 200
    FindingDetail.model_validate(answer.json(), extra="forbid")
    assert (answer.json()["triage"], answer.json()["triage_reason"]) == (
        "risk_accepted",
        "Only reachable inside",
    )
    assert (await api.get("/api/v1/findings", params={"q": "is:open"})).json()["total"] == 0
    assert deltas(rows) == {(Severity.HIGH, Triage.RISK_ACCEPTED): 1}
    told = answer.json()["history"][0]
    assert told["action"] == "finding.triaged"
    assert told["actor"]["name"]
    assert (
        told["detail"].items()
        >= {"from": "open", "to": "risk_accepted", "reason": "Only reachable inside"}.items()
    )


async def test_the_same_change_again_writes_nothing(api, finding, rows):
    change = {"triage": "false_positive", "reason": "Test code"}
    await api.patch(f"/api/v1/findings/{finding}", json=change)
    again = await api.patch(f"/api/v1/findings/{finding}", json=change)
    assert [each["action"] for each in again.json()["history"]].count("finding.triaged") == 1
    with rows() as connection:
        assert len(connection.scalars(select(Decision.id)).all()) == 1


async def test_that_a_decision_holds_everywhere_is_said_with_the_same_reason_too(api, finding, rows):
    change = {"triage": "false_positive", "reason": "Test code"}
    for everywhere in (False, True, True, False):
        await api.patch(f"/api/v1/findings/{finding}", json=change | {"covers_all_places": everywhere})
        with rows() as connection:
            standing = connection.scalar(
                select(Decision.covers_all_places).join(Finding, Finding.decision_id == Decision.id)
            )
        assert standing is everywhere
    with rows() as connection:
        assert len(connection.scalars(select(Decision.id)).all()) == 3


async def test_null_clears(api, finding, organization, public):
    me = public("usr", organization.user_id)
    changed = await api.patch(
        f"/api/v1/findings/{finding}",
        json={
            "triage": "confirmed",
            "assignee": me,
            "severity": "low",
            "severity_reason": "No way in from outside",
        },
    )
    assert changed.json()["assignee"] == {"id": me, "name": "Administrator"}
    assert changed.json()["severity_override"]["reason"] == "No way in from outside"
    cleared = await api.patch(
        f"/api/v1/findings/{finding}", json={"triage": None, "assignee": None, "severity": None}
    )
    shown = cleared.json()
    assert (shown["triage"], shown["assignee"], shown["severity"]) == ("open", None, "high")
    assert shown["severity_override"] is None
    assert {each["action"] for each in shown["history"]} == {
        "first_seen",
        "finding.triaged",
        "finding.assigned",
        "finding.severity_changed",
    }


async def test_tags_are_added_and_taken_off_and_never_replaced(api, finding):
    async def change(**values):
        return await api.patch(f"/api/v1/findings/{finding}", json=values)

    await change(add_tags=["sprint 12", "audit"])
    tagged = (await change(add_tags=["audit", " pci "], remove_tags=["sprint 12", "never there"])).json()
    assert tagged["tags"] == ["audit", "pci"]
    assert [
        each["detail"]["added"] + ["-"] + each["detail"]["removed"]
        for each in tagged["history"]
        if each["action"] == "finding.tagged"
    ] == [["pci", "-", "sprint 12"], ["sprint 12", "audit", "-"]]
    assert (await api.get("/api/v1/findings", params={"q": "tag:pci"})).json()["total"] == 1
    assert (await api.get("/api/v1/findings", params={"q": 'tag:"sprint 12"'})).json()["total"] == 0


async def test_what_is_wrong_with_tags_is_named(api, finding):
    many = [[f"tag {number}" for number in range(first, first + 20)] for first in range(0, 120, 20)]
    for some in many[:-1]:
        assert (await api.patch(f"/api/v1/findings/{finding}", json={"add_tags": some})).status_code == 200
    for change, pointer in (
        ({"add_tags": ["one more"]}, "/add_tags"),
        ({"add_tags": ["a"], "remove_tags": ["a"]}, "/remove_tags"),
        ({"add_tags": many[0] + ["x"]}, "/add_tags"),
        ({"add_tags": [" "]}, "/add_tags/0"),
        ({"add_tags": [], "remove_tags": []}, ""),
    ):
        refused = await api.patch(f"/api/v1/findings/{finding}", json=change)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    changed = await api.patch(
        f"/api/v1/findings/{finding}", json={"add_tags": ["one more"], "remove_tags": ["tag 0"]}
    )
    assert len(changed.json()["tags"]) == 100


async def test_an_override_changes_severity_priority_and_counts_but_not_what_was_reported(api, finding, rows):
    changed = (
        await api.patch(
            f"/api/v1/findings/{finding}", json={"severity": "critical", "severity_reason": "Pays out money"}
        )
    ).json()
    assert (changed["severity"], changed["severity_reported"], changed["priority"]) == (
        "critical",
        "high",
        5_000_081,
    )
    assert deltas(rows) == {(Severity.CRITICAL, Triage.OPEN): 1}


async def test_a_duplicate_names_the_other_and_never_goes_in_a_circle(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        a, b, c = (public("fnd", make_finding(connection, asset)) for _ in range(3))
    first = await api.patch(f"/api/v1/findings/{a}", json={"duplicate_of": b})
    assert (first.json()["triage"], first.json()["duplicate_of"]) == ("duplicate", b)
    await api.patch(f"/api/v1/findings/{b}", json={"triage": "duplicate", "duplicate_of": c})
    for target in (a, c):
        circle = await api.patch(f"/api/v1/findings/{c}", json={"duplicate_of": target})
        assert [error["pointer"] for error in circle.json()["errors"]] == ["/duplicate_of"]
    back = await api.patch(f"/api/v1/findings/{a}", json={"duplicate_of": None})
    assert (back.json()["triage"], back.json()["duplicate_of"]) == ("open", None)


async def test_two_that_name_each_other_at_the_same_moment_make_no_circle(
    api, rows, organization, public, context
):
    with rows() as connection:
        one, other = (
            make_finding(connection, make_asset(connection, organization.organization_id, name))
            for name in ("shop", "blog")
        )
    actor = Actor(organization.organization_id, organization.user_id, None, Role.ADMIN, frozenset(), "Ann")
    with rows() as connection:
        (asset,) = connection.scalars(select(Finding.asset_id).where(Finding.id == one))
        change = checked(Change(duplicate_of_id=other))
        apply_change(connection, actor, context.public_ids, asset_id=asset, finding_ids=[one], change=change)
        address = f"/api/v1/findings/{public('fnd', other)}"
        waiting = asyncio.create_task(api.patch(address, json={"duplicate_of": public("fnd", one)}))
        await asyncio.sleep(0.5)
        assert not waiting.done()
    answer = await waiting
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/duplicate_of"]


async def test_what_a_new_place_opened_again_is_shown_as_no_duplicate(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        duplicate, other = (make_finding(connection, asset) for _ in range(2))
    address = f"/api/v1/findings/{public('fnd', duplicate)}"
    await api.patch(address, json={"duplicate_of": public("fnd", other)})
    with rows() as connection:  # as an import does it
        opened = update(Finding).where(Finding.id == duplicate).values(triage=0, decision_id=None)
        connection.execute(opened)
    found = (await api.get(address)).json()
    assert (found["triage"], found["duplicate_of"]) == ("open", None)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({}, ""),
        ({"triage": "false_positive"}, "/reason"),
        ({"triage": "risk_accepted", "reason": "  "}, "/reason"),
        ({"triage": "closed"}, "/triage"),
        ({"reason": "because"}, "/reason"),
        ({"severity": "low"}, "/severity_reason"),
        ({"severity_reason": "because"}, "/severity"),
        ({"triage": "confirmed", "duplicate_of": "fnd_0000000000000"}, "/duplicate_of"),
        ({"duplicate_of": "nonsense"}, "/duplicate_of"),
        ({"assignee": "usr_nonsense"}, "/assignee"),
        ({"presence": "inactive"}, "/presence"),
    ],
)
async def test_a_change_that_lacks_something_names_the_field(api, finding, change, pointer):
    answer = await api.patch(f"/api/v1/findings/{finding}", json=change)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_only_people_of_the_organization_are_assigned(api, finding, public, organization):
    answer = await api.patch(
        f"/api/v1/findings/{finding}", json={"assignee": public("usr", organization.user_id + 1000)}
    )
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/assignee"]


async def test_an_inactive_finding_is_triaged_without_touching_counts(api, rows, organization, public):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id)
        gone = public("fnd", make_finding(connection, asset, is_active=False))
    answer = await api.patch(f"/api/v1/findings/{gone}", json={"triage": "confirmed"})
    assert (answer.json()["triage"], answer.json()["presence"]) == ("confirmed", "inactive")
    assert deltas(rows) == {}


async def test_comments_are_kept_in_order(api, finding):
    written = await api.post(f"/api/v1/findings/{finding}/comments", json={"body": "Looks real."})
    assert written.status_code == 201
    CommentSchema.model_validate(written.json(), extra="forbid")
    await api.post(f"/api/v1/findings/{finding}/comments", json={"body": "Fixed in 2.1."})
    shown = (await api.get(f"/api/v1/findings/{finding}")).json()["comments"]
    assert [each["body"] for each in shown] == ["Looks real.", "Fixed in 2.1."]
    assert shown[0]["author"]["name"] == "Administrator"
    assert (await api.post(f"/api/v1/findings/{finding}/comments", json={"body": " "})).status_code == 422


async def test_a_viewer_changes_nothing(client_as, finding):
    viewer = await client_as(Role.VIEWER)
    answers = [
        await viewer.patch(f"/api/v1/findings/{finding}", json={"triage": "confirmed"}),
        await viewer.post(f"/api/v1/findings/{finding}/comments", json={"body": "Hello"}),
        await viewer.post(
            "/api/v1/findings/bulk", json={"ids": [finding], "change": {"triage": "confirmed"}}
        ),
    ]
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.long
async def test_a_change_waits_while_an_import_writes_to_the_asset(api, finding, rows, organization, context):
    number = context.public_ids.decode("fnd", finding)
    with rows() as importing:
        asset_id = importing.scalar(select(Finding.asset_id).where(Finding.id == number))
        lock_asset(importing, organization.organization_id, asset_id)
        change = asyncio.create_task(api.patch(f"/api/v1/findings/{finding}", json={"triage": "confirmed"}))
        await asyncio.sleep(0.5)
        assert not change.done()
    assert (await change).json()["triage"] == "confirmed"


@pytest.mark.long
async def test_those_who_wait_for_one_asset_take_no_connections_from_all_others(
    api, finding, rows, organization
):
    patch = {"json": {"triage": "confirmed"}}
    with rows() as importing:
        (asset_id,) = importing.scalars(select(Finding.asset_id)).all()
        lock_asset(importing, organization.organization_id, asset_id)
        asked = [
            asyncio.create_task(api.patch(f"/api/v1/findings/{finding}", **patch))
            for _ in range(MOST_WAITING + 4)
        ]
        done, waiting = await asyncio.wait(asked, timeout=1.5)
        assert [each.result().status_code for each in done] == [503] * 4
        refused = next(iter(done)).result()
        assert refused.json()["type"] == "urn:hauberk:problem:busy"
        assert refused.headers["retry-after"] == "2"
        assert (await api.get("/api/v1/findings")).status_code == 200
        (late, *_), _ = await asyncio.wait(waiting, timeout=8, return_when=asyncio.FIRST_COMPLETED)
        assert (late.result().status_code, late.result().json()["type"]) == (503, "urn:hauberk:problem:busy")
    await asyncio.gather(*asked)
    assert (await api.patch(f"/api/v1/findings/{finding}", **patch)).status_code == 200
