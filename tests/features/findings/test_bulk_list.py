"""Changes of many findings have a lasting place: what was made, by whom, and what taking it back would do now."""

import pytest

from hauberk.domain.permissions import Role

pytestmark = pytest.mark.anyio

DISMISS = {"triage": "false_positive", "reason": "The scanner guesses"}


@pytest.fixture
def listed(api):
    async def read(**params):
        answer = await api.get("/api/v1/findings/bulk", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


@pytest.fixture
def change(bulk):
    return lambda change, **which: bulk(change=change, **which)


@pytest.fixture
def undo(bulk):
    return lambda job: bulk(f"/{job}/undo")


async def test_a_change_says_who_made_it_of_what_and_that_it_stands(
    api, organization, many, change, listed, public
):
    me = public("usr", organization.user_id)
    job = await change({**DISMISS, "assignee": me}, q="is:open", expected_total=5)
    [made] = (await listed())["items"]
    assert (made["id"], made["state"], made["q"], made["selected"], made["changed"]) == (
        job,
        "done",
        "is:open",
        5,
        5,
    )
    mine = (await api.get("/api/v1/audit", params={"action": "finding.bulk_requested"})).json()["items"]
    assert made["made_by"] == mine[0]["actor"]["name"]
    assert made["change"]["sets"] == ["triage", "assignee"]
    assert (made["change"]["triage"], made["change"]["reason"]) == ("false_positive", "The scanner guesses")
    assert made["change"]["assignee"]["id"] == me
    assert (made["can_undo"], made["undone_by"], made["undoes"]) == (True, None, None)


@pytest.mark.long
async def test_a_change_leads_to_what_it_changed_until_it_is_taken_back(api, many, change, undo):
    async def changed_by(job):
        found = await api.get("/api/v1/findings", params={"q": f"change:{job}"})
        return {each["id"] for each in found.json()["items"]}

    first = await change(DISMISS, ids=many[:3])
    assert await changed_by(first) == set(many[:3])
    await api.patch(f"/api/v1/findings/{many[0]}", json={"triage": "confirmed"})
    assert await changed_by(first) == set(many[:3])
    rest = await api.get("/api/v1/findings", params={"q": f"-change:{first}"})
    assert {each["id"] for each in rest.json()["items"]}.isdisjoint(many[:3])
    second = await undo(first)
    assert (await changed_by(first), await changed_by(second)) == (set(), set(many[1:3]))


async def test_what_is_cleared_is_told_apart_from_what_is_left_alone(many, change, listed):
    await change({"assignee": None, "severity": None}, ids=many)
    [made] = (await listed())["items"]
    assert made["change"]["sets"] == ["assignee", "severity"]
    assert (made["q"], made["selected"]) == (None, 5)


async def test_what_was_taken_back_names_the_job_that_did_it_and_that_stands_instead(
    many, change, undo, listed
):
    first = await change(DISMISS, ids=many)
    second = await undo(first)
    newest, oldest = (await listed())["items"]
    assert (oldest["id"], oldest["can_undo"], oldest["undone_by"]) == (first, False, second)
    assert (newest["undoes"], newest["change"], newest["can_undo"]) == (first, None, True)
    assert (newest["changed"], newest["kept"]) == (5, 0)


@pytest.mark.long
async def test_before_it_is_taken_back_it_is_counted_what_would_and_what_was_changed_since(
    api, many, change, undo
):
    job = await change({**DISMISS, "severity": "low", "severity_reason": "Inside"}, ids=many)
    where = f"/api/v1/findings/bulk/{job}/standing"
    assert (await api.get(where)).json() == {"would_undo": 5, "changed_since": 0}
    await api.patch(f"/api/v1/findings/{many[2]}", json={"triage": "confirmed"})
    assert (await api.get(where)).json() == {"would_undo": 4, "changed_since": 1}
    done = (await api.get(f"/api/v1/jobs/{await undo(job)}")).json()
    assert (done["counts"]["changed"], done["counts"]["kept"]) == (4, 1)
    assert (await api.get(where)).json() == {"would_undo": 0, "changed_since": 0}


@pytest.mark.long
async def test_tags_of_many_are_added_beside_others_and_taken_back_where_they_are_as_they_were_left(
    api, many, change, undo, listed
):
    async def tags():
        return [(await api.get(f"/api/v1/findings/{each}")).json()["tags"] for each in many]

    await api.patch(f"/api/v1/findings/{many[0]}", json={"add_tags": ["mine"]})
    job = await change({"add_tags": ["sprint"], "remove_tags": ["old"]}, ids=many)
    assert await tags() == [["mine", "sprint"], *[["sprint"]] * 4]
    [made] = (await listed())["items"]
    assert (made["change"]["sets"], made["change"]["add_tags"], made["change"]["remove_tags"]) == (
        ["tags"],
        ["sprint"],
        ["old"],
    )
    await api.patch(f"/api/v1/findings/{many[2]}", json={"add_tags": ["since"]})
    where = f"/api/v1/findings/bulk/{job}/standing"
    assert (await api.get(where)).json() == {"would_undo": 4, "changed_since": 1}
    done = (await api.get(f"/api/v1/jobs/{await undo(job)}")).json()
    assert (done["counts"]["changed"], done["counts"]["kept"]) == (4, 1)
    assert await tags() == [["mine"], [], ["sprint", "since"], [], []]


async def test_the_list_has_pages_newest_first(many, change, listed):
    jobs = [await change({"triage": triage}, ids=many) for triage in ("confirmed", "open", "in_triage")]
    page = await listed(limit=2)
    rest = await listed(limit=2, cursor=page["next_cursor"])
    assert [each["id"] for each in page["items"] + rest["items"]] == jobs[::-1]
    assert (page["total"], page["total_is_exact"]) == (3, True)


async def test_who_may_not_change_findings_does_not_read_the_list(client_as):
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.get("/api/v1/findings/bulk")).status_code == 403


async def test_another_job_is_no_change_of_many_findings(api, public):
    answer = await api.get(f"/api/v1/findings/bulk/{public('job', 999)}/standing")
    assert answer.status_code == 404
