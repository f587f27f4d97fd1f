"""Joining and splitting findings over HTTP: the answer, the trail, the list, the explanation, and who may."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update

from factories.asset import make_asset
from factories.finding import make_finding, make_occurrence, make_rule
from hauberk.db.models.finding import Finding, FindingKey, Occurrence
from hauberk.domain.permissions import Role
from hauberk.features.findings.explain_schemas import Explanation
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def two(rows, organization, public):
    """Two findings of one asset, each with its key; the first has a second place."""
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        rules = [
            make_rule(connection, organization.organization_id, title) for title in ("Rule one", "Rule two")
        ]
        numbers = [make_finding(connection, asset, rule=rule) for rule in rules]
        further = make_occurrence(
            connection, asset, numbers[0], rule=rules[0], location={"path": "b.py", "line": 9}
        )
        connection.execute(update(Finding).where(Finding.id == numbers[0]).values(open_occurrences=2))
        for number in numbers:
            connection.execute(
                insert(FindingKey).values(
                    organization_id=asset.organization_id,
                    asset_id=asset.id,
                    identity_version=1,
                    fingerprint=UUID(int=number),
                    finding_id=number,
                )
            )
    return [public("fnd", number) for number in numbers], public("occ", further)


async def explained(api, finding):
    answer = await api.get(f"/api/v1/findings/{finding}/explanation")
    Explanation.model_validate(answer.json(), extra="forbid")
    return answer.json()


async def total(api, query=""):
    return (await api.get("/api/v1/findings", params={"q": query})).json()["total"]


async def test_a_join_is_shown_explained_told_and_undone(api, two):
    (first, second), _ = two
    joined = await api.post(
        f"/api/v1/findings/{first}/join", json={"findings": [second], "reason": "One flaw."}
    )
    assert joined.status_code == 200
    assert joined.json()["occurrence_count"] == 3
    assert joined.json()["history"][0]["action"] == "finding.joined"
    assert await total(api) == await total(api, "is:open") == 1
    part = (await api.get(f"/api/v1/findings/{second}")).json()
    assert (part["joined_into"], part["presence"], part["occurrences"]) == (first, "inactive", [])
    found = await explained(api, first)
    (act,) = found["regroupings"]
    assert (act["act"], act["cause"], act["other"], act["reason"]) == ("join", "person", second, "One flaw.")
    assert [each["regrouping"] for each in found["occurrences"]].count(act["id"]) == 1
    undone = await api.post(f"/api/v1/findings/{first}/regroupings/{act['id']}/undo")
    assert undone.json()["occurrence_count"] == 2
    assert await total(api, "is:open") == 2
    assert (await explained(api, second))["regroupings"][0]["undone_at"] is not None
    again = await api.post(f"/api/v1/findings/{first}/regroupings/{act['id']}/undo")
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "undone_already")


@pytest.mark.parametrize("decided", ["open", "false_positive"])
async def test_what_was_the_other_one_s_duplicate_is_looked_at_again_when_both_are_one(api, two, decided):
    (first, second), _ = two
    said = {"triage": "duplicate", "duplicate_of": second, "covers_all_places": True}
    assert (await api.patch(f"/api/v1/findings/{first}", json=said)).status_code == 200
    await api.patch(f"/api/v1/findings/{second}", json={"triage": decided, "reason": "Seen."})
    joined = (await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})).json()
    assert (joined["triage"], joined["duplicate_of"]) == ("open", None)
    assert await total(api, "is:open") == 1
    (act,) = (await explained(api, first))["regroupings"]
    await api.post(f"/api/v1/findings/{first}/regroupings/{act['id']}/undo")
    found = (await api.get(f"/api/v1/findings/{first}")).json()
    assert (found["triage"], found["duplicate_of"]) == ("duplicate", second)


@pytest.mark.long
async def test_a_look_at_the_past_knows_what_a_join_and_its_undoing_changed(api, two):
    (first, second), _ = two
    await api.patch(f"/api/v1/findings/{first}", json={"triage": "false_positive", "reason": "Test code"})
    decided = clock.now().isoformat()
    await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})
    joined = clock.now().isoformat()
    (act,) = (await explained(api, first))["regroupings"]
    await api.post(f"/api/v1/findings/{first}/regroupings/{act['id']}/undo")

    async def triage(**when):
        items = (await api.get("/api/v1/findings", params=when)).json()["items"]
        return next((each["triage"], each["triage_reason"]) for each in items if each["id"] == first)

    found = [await triage(as_of=decided), await triage(as_of=joined), await triage()]
    assert found == [("false_positive", "Test code"), ("open", None), ("false_positive", "Test code")]

    await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})
    await api.patch(f"/api/v1/findings/{first}", json={"triage": "confirmed", "reason": "It is real"})
    confirmed = clock.now().isoformat()
    (act,) = (each for each in (await explained(api, first))["regroupings"] if each["undone_at"] is None)
    await api.post(f"/api/v1/findings/{first}/regroupings/{act['id']}/undo")
    assert await triage(as_of=confirmed) == await triage() == ("confirmed", "It is real")


async def test_comments_and_history_of_what_was_joined_are_there_too_and_stay_its_own(api, two):
    (first, second), _ = two
    await api.post(f"/api/v1/findings/{second}/comments", json={"body": "Seen in the lab."})
    await api.patch(f"/api/v1/findings/{second}", json={"triage": "confirmed"})
    joined = (await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})).json()
    assert [each["body"] for each in joined["comments"]] == ["Seen in the lab."]
    assert [each["action"] for each in joined["history"] if each["actor"]] == [
        "finding.joined",
        "finding.triaged",
    ]
    (act,) = (await explained(api, first))["regroupings"]
    alone = (await api.post(f"/api/v1/findings/{second}/regroupings/{act['id']}/undo")).json()
    assert (alone["triage"], len(alone["comments"])) == ("confirmed", 1)
    assert (await api.get(f"/api/v1/findings/{first}")).json()["comments"] == []


async def test_a_split_makes_a_finding_that_is_explained_and_undone(api, two):
    (first, _), further = two
    made = await api.post(
        f"/api/v1/findings/{first}/split", json={"occurrences": [further], "reason": "Other input."}
    )
    assert made.status_code == 201
    assert [each["path"] for each in made.json()["locations"]] == ["b.py"]
    assert await total(api, "is:open") == 3
    found = await explained(api, made.json()["id"])
    (act,) = found["regroupings"]
    assert (act["act"], act["is_kept"], act["other"]) == ("split", False, first)
    assert found["occurrences"][0]["regrouping"] == act["id"]
    assert [(key["made_from"], key["inputs"]) for key in found["keys"]] == [("split", {"act": act["id"]})]
    undone = await api.post(f"/api/v1/findings/{first}/regroupings/{act['id']}/undo")
    assert undone.json()["occurrence_count"] == 2
    assert (await api.get(f"/api/v1/findings/{made.json()['id']}")).json()["joined_into"] == first


async def test_scopes_concerned_get_another_version_and_counts_follow(api, two, rows):
    (first, second), _ = two
    with rows() as connection:
        before = connection.scalar(text("select version from scope"))
    await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})
    with rows() as connection:
        assert connection.scalar(text("select version from scope")) == before + 1
        assert connection.scalar(text("select sum(n) from count_delta")) == 1
        assert connection.scalar(select(Occurrence.finding_id).distinct()) is not None


@pytest.mark.parametrize(
    ("path", "payload", "pointer"),
    [
        ("join", {"findings": []}, "/findings"),
        ("join", {"findings": ["fnd_wrong"]}, "/findings/0"),
        ("split", {"occurrences": ["occ_wrong"]}, "/occurrences/0"),
        ("split", {"reason": "x"}, "/occurrences"),
    ],
)
async def test_what_cannot_be_joined_or_split_is_named(api, two, path, payload, pointer):
    (first, _), _ = two
    answer = await api.post(f"/api/v1/findings/{first}/{path}", json=payload)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_finding_that_was_joined_is_not_worked_on_any_more(api, two):
    (first, second), further = two
    await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})
    answers = [
        await api.patch(f"/api/v1/findings/{second}", json={"triage": "confirmed"}),
        await api.post(f"/api/v1/findings/{second}/split", json={"occurrences": [further]}),
    ]
    assert {each.status_code for each in answers} == {404}
    assert (await api.post(f"/api/v1/findings/{first}/join", json={"findings": [second]})).status_code == 409


async def test_only_who_may_write_findings_regroups_them(client_as, two):
    (first, second), further = two
    viewer = await client_as(Role.VIEWER)
    for path, payload in (("join", {"findings": [second]}), ("split", {"occurrences": [further]})):
        assert (await viewer.post(f"/api/v1/findings/{first}/{path}", json=payload)).status_code == 403
