"""Narrowed to somebody or to a rare act, the audit trail is read by an index, however long it is."""

import psycopg
import pytest

from plans.conftest import FEW_BUFFERS, ORGANIZATION

pytestmark = pytest.mark.anyio


@pytest.mark.long
@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        ({"user": "{rare}"}, "event_actor_idx"),
        ({"action": "token.revoked"}, "event_action_idx"),
        ({"action": "token."}, "event_action_idx"),
    ],
    ids=["who", "what", "a family of acts"],
)
async def test_what_is_rare_in_the_trail_is_found_by_an_index(watched, asking, trail, narrowed, index):
    client, _, app = asking
    rare = app.state.context.public_ids.encode("usr", 2)
    with watched.during() as plans:
        answer = await client.get(
            "/api/v1/audit", params={name: value.format(rare=rare) for name, value in narrowed.items()}
        )
    assert answer.status_code == 200, answer.text
    assert 0 < len(answer.json()["items"]) < 60
    scans = {scan for plan in plans for scan in plan.scans_of("event")}
    assert any(index in scan for scan in scans), scans
    assert max(plan.buffers for plan in plans) < FEW_BUFFERS


@pytest.fixture(scope="module")
def trail(watched):
    """Very many events of one person, a few of another, and a few of a rare act."""
    with psycopg.connect(watched.settings.database.owner_url, autocommit=True) as connection:
        connection.execute("select set_config('hauberk.organization_id', %s, false)", [str(ORGANIZATION)])
        connection.execute(
            "insert into event (organization_id, actor_type, actor_id, actor_name, action, subject_type, subject_id, detail)"
            " select %s, 'user', case when n %% 1500 = 7 then 2 else 1 end, 'person',"
            " case when n %% 1500 = 9 then 'token.revoked' else 'finding.triaged' end, 'finding', n, '{}'"
            " from generate_series(1, 60000) n",
            [ORGANIZATION],
        )
        connection.execute("vacuum analyze event")
