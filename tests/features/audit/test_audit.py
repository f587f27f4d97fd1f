"""The audit trail: written with the change, readable by administrators, and nobody changes it unnoticed."""

import csv
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.permissions import Role
from hauberk.features.audit import chain, export

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine(database_url):
    engine = sync_engine(database_url, pool=Pool(size=1, max_overflow=0))
    yield engine
    engine.dispose()


@pytest.fixture
def owner(owner_url):
    """The role that owns the tables, which row-level security does not stop from editing history."""
    engine = sync_engine(owner_url, pool=Pool(size=1, max_overflow=0))
    yield engine
    engine.dispose()


async def _make_some_history(api, n=4):
    for number in range(n):
        made = await api.post("/api/v1/tokens", json={"name": f"token {number}", "scopes": ["*"]})
        assert made.status_code == 201


async def test_a_write_tells_who_did_what(api, organization):
    await _make_some_history(api, 1)
    newest = (await api.get("/api/v1/audit")).json()["items"][0]
    assert newest["action"] == "token.created"
    assert newest["actor"]["type"] == "token"
    assert newest["subject"]["id"].startswith("tok_")
    assert newest["detail"]["name"] == "token 0"
    assert newest["detail"]["token_id"].startswith("tok_")
    assert newest["request_id"]


async def test_a_refused_write_leaves_no_event(api):
    before = (await api.get("/api/v1/audit")).json()["total"]
    assert (await api.post("/api/v1/tokens", json={"name": "x", "scopes": ["nothing"]})).status_code == 422
    assert (await api.get("/api/v1/audit")).json()["total"] == before


async def test_only_administrators_read_it(client_as):
    for role, expected in ((Role.ADMIN, 200), (Role.MEMBER, 403), (Role.VIEWER, 403)):
        client = await client_as(role)
        assert (await client.get("/api/v1/audit")).status_code == expected


async def test_it_can_be_narrowed(api):
    await _make_some_history(api, 2)
    found = (await api.get("/api/v1/audit", params={"action": "token."})).json()
    assert {each["action"] for each in found["items"]} == {"token.created"}
    assert (await api.get("/api/v1/audit", params={"action": "scan."})).json()["total"] == 0


async def test_the_product_itself_cannot_change_an_event(context, api, organization):
    await _make_some_history(api, 1)
    for change in ("update event set action = 'nothing'", "delete from event"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with context.sessions.transaction(organization.organization_id) as session:
                await session.execute(text(change))


async def test_a_sealed_trail_verifies_and_goes_on(api, organization, engine):
    number = organization.organization_id
    await _make_some_history(api)
    with transaction(engine, number) as connection:
        sealed = chain.seal(connection, number)
    await _make_some_history(api, 2)
    with transaction(engine, number) as connection:
        longer = chain.seal(connection, number)
        assert chain.verify(connection, number) == longer
    assert longer.length == sealed.length + 2


@pytest.mark.parametrize(
    "tampering",
    [
        "update event set detail = '{}' where chain_position = 3",
        "update event set actor_name = 'Somebody Else' where chain_position = 3",
        "delete from event where chain_position = 3",
        "update event set chain_position = 1000 where chain_position = 3",
    ],
)
async def test_tampering_is_found_at_its_link(api, organization, engine, owner, tampering):
    number = organization.organization_id
    await _make_some_history(api)
    with transaction(engine, number) as connection:
        chain.seal(connection, number)
    with owner.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        connection.execute(text(f"{tampering} and organization_id = {number}"))
    with transaction(engine, number) as connection:
        assert chain.verify(connection, number).broken_at == 3


async def test_it_can_be_narrowed_to_one_subject_to_a_kind_of_caller_and_to_a_time(api):
    made = [
        (await api.post("/api/v1/tokens", json={"name": f"t {n}", "scopes": ["*"]})).json() for n in (1, 2)
    ]
    of_one = (await api.get("/api/v1/audit", params={"subject": made[0]["id"]})).json()
    assert [(each["action"], each["subject"]["id"]) for each in of_one["items"]] == [
        ("token.created", made[0]["id"])
    ]
    newest = of_one["items"][0]
    by_system = await api.get("/api/v1/audit", params={"actor_type": "system", "action": "token."})
    by_token = await api.get("/api/v1/audit", params={"actor_type": "token", "action": "token."})
    assert (by_system.json()["total"], by_token.json()["total"]) == (0, 2)
    before = await api.get("/api/v1/audit", params={"until": newest["at"], "subject": made[0]["id"]})
    from_then = await api.get("/api/v1/audit", params={"since": newest["at"], "subject": made[0]["id"]})
    assert (before.json()["total"], from_then.json()["total"]) == (0, 1)
    assert (await api.get("/api/v1/audit", params={"subject": "nothing_1"})).status_code == 404


async def test_the_chain_is_said_to_be_whole_and_where_it_is_not(api, organization, engine, owner):
    number = organization.organization_id
    await _make_some_history(api)
    with transaction(engine, number) as connection:
        sealed = chain.seal(connection, number)
    await _make_some_history(api, 1)
    whole = (await api.get("/api/v1/audit/chain")).json()
    assert (whole["length"], whole["newest_hash"], whole["broken_at"]) == (
        sealed.length,
        sealed.head.hex(),
        None,
    )
    assert whole["waiting"] >= 1
    with owner.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        connection.execute(
            text("update event set detail = '{}' where organization_id = :o and chain_position = 2"),
            {"o": number},
        )
    assert (await api.get("/api/v1/audit/chain")).json()["broken_at"] == 2
    links = {each["link"] for each in (await api.get("/api/v1/audit")).json()["items"]}
    assert {None, 1, 2} <= links


async def test_only_administrators_see_the_chain(client_as):
    for role, expected in ((Role.ADMIN, 200), (Role.MEMBER, 403), (Role.VIEWER, 403)):
        assert (await (await client_as(role)).get("/api/v1/audit/chain")).status_code == expected


async def test_all_of_it_is_exported_newest_first_and_narrowed_like_the_list(api, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 2)
    await _make_some_history(api, 5)
    listed = (await api.get("/api/v1/audit", params={"action": "token."})).json()["items"]
    answer = await api.get("/api/v1/audit/export", params={"action": "token."})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="audit.csv"' in answer.headers["content-disposition"]
    found = list(csv.DictReader(answer.text.splitlines()))
    assert [row["id"] for row in found] == [each["id"] for each in listed]
    assert {row["action"] for row in found} == {"token.created"}
    assert json.loads(found[0]["detail"])["name"] == "token 4"
    lines = await api.get("/api/v1/audit/export", params={"action": "token.", "format": "jsonl"})
    assert [json.loads(line) for line in lines.text.splitlines()] == listed


async def test_what_was_typed_is_no_formula_of_whoever_opens_the_export(api):
    await api.post("/api/v1/assets", json={"name": "=cmd|' /C calc'!A1", "kind": "repository"})
    text = (await api.get("/api/v1/audit/export", params={"action": "asset."})).text
    assert "\n=" not in text
    assert ",=" not in text


async def test_that_the_trail_was_exported_is_in_it_with_what_was_asked(api):
    await api.get("/api/v1/audit/export", params={"action": "token.", "format": "jsonl"})
    newest = (await api.get("/api/v1/audit")).json()["items"][0]
    assert newest["action"] == "audit.exported"
    assert newest["detail"]["action"] == "token."
    assert newest["detail"]["format"] == "jsonl"


async def test_only_administrators_export_it(client_as):
    for role, expected in ((Role.ADMIN, 200), (Role.MEMBER, 403), (Role.VIEWER, 403)):
        client = await client_as(role)
        assert (await client.get("/api/v1/audit/export")).status_code == expected
