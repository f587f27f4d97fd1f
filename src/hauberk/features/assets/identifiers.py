"""What assets are known by besides their names: shown, added and taken away by people, and forgotten.

What a person adds counts before what reports say; what a person takes away stays away, whatever reports say.
"""

from typing import Any, Final

from sqlalchemy import Connection, Row, text

from hauberk.db.audit import record
from hauberk.db.repository import DbSession
from hauberk.domain import known_by
from hauberk.domain.permissions import Actor
from hauberk.features.assets.repository import AssetRepository
from hauberk.features.assets.schemas import NewIdentifier
from hauberk.kit.errors import Conflict, Invalid, NotFound

MAX_SHOWN: Final = 200
FORGOTTEN_AT_ONCE: Final = 2_000
_SHAPES: Final = {
    known_by.REPOSITORY: "https://git.example/team/shop",
    known_by.IMAGE: "registry.example/team/shop:1.4",
    known_by.DIGEST: "sha256: and 64 hexadecimal digits",
    known_by.UUID: "c0ffee00-1111-2222-3333-444455556666",
    known_by.CLOUD: "a cloud's id without spaces",
    known_by.MAC: "00:16:3e:5e:6c:00",
    known_by.IP: "192.0.2.17",
}
_SHOWN = text("""
select i.kind, i.value, i.scanner, s.id as scan_id, i.added_by, u.name as added_by_name, i.first_seen_at, i.last_seen_at,
    exists (select from asset_identifier o
        join asset a on a.organization_id = o.organization_id and a.id = o.asset_id and a.deleted_at is null
        where o.organization_id = i.organization_id and o.kind = i.kind and o.value = i.value
            and o.asset_id <> i.asset_id and o.removed_at is null
            and (o.added_by is not null) >= (i.added_by is not null)) as is_shared
from asset_identifier i
left join user_account u on u.id = i.added_by
left join scan s on s.organization_id = i.organization_id and s.id = i.scan_id
where i.organization_id = :organization and i.asset_id = :asset and i.removed_at is null
order by i.last_seen_at desc, i.id desc limit :at_most
""")
_TAKEN = text("""
select a.name from asset_identifier o
join asset a on a.organization_id = o.organization_id and a.id = o.asset_id and a.deleted_at is null
where o.organization_id = :organization and o.kind = :kind and o.value = :value and o.asset_id <> :asset
    and o.removed_at is null and o.added_by is not null
""")
_ADD = text("""
insert into asset_identifier as i (organization_id, asset_id, kind, value, added_by)
values (:organization, :asset, :kind, :value, :person)
on conflict (organization_id, kind, value, asset_id) do update
    set added_by = excluded.added_by, removed_at = null, last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at)
where i.added_by is null or i.removed_at is not null
""")
_REMOVE = text("""
update asset_identifier set removed_at = now(), added_by = null
where organization_id = :organization and asset_id = :asset and kind = :kind and value = :value and removed_at is null
""")
_FORGET = text("""
delete from asset_identifier where organization_id = :organization and id in (
    select id from asset_identifier where organization_id = :organization and kind = any(:kinds) and added_by is null
        and last_seen_at < now() - make_interval(days => :days) limit :at_once)
""")


async def of_asset(session: DbSession, actor: Actor, asset_id: int) -> list[Row[Any]]:
    """Of an asset that the actor may see; that was looked at before."""
    parameters = {"organization": actor.organization_id, "asset": asset_id, "at_most": MAX_SHOWN}
    return list((await session.execute(_SHOWN, parameters)).all())


async def add(session: DbSession, actor: Actor, asset_id: int, wanted: NewIdentifier) -> None:
    await AssetRepository(session).get(actor, asset_id)
    value = known_by.spelled(wanted.kind, wanted.value)
    if value is None:
        raise Invalid([("/value", f"That is no {wanted.kind}; one looks like this: {_SHAPES[wanted.kind]}.")])
    parameters = _parameters(actor, asset_id, wanted.kind, value)
    taken = await session.scalar(_TAKEN, parameters)
    if taken is not None:
        raise Conflict(
            f"Somebody added it to the asset “{taken}”; take it away there first.", code="identifier_taken"
        )
    done: Any = await session.execute(_ADD, parameters)
    if done.rowcount:
        detail = {"kind": wanted.kind, "value": value}
        await record(session, actor, "asset.identifier_added", "asset", asset_id, detail)


async def remove(session: DbSession, actor: Actor, asset_id: int, kind: str, value: str) -> None:
    await AssetRepository(session).get(actor, asset_id)
    done: Any = await session.execute(_REMOVE, _parameters(actor, asset_id, kind, value))
    if not done.rowcount:
        raise NotFound("identifier", f"{kind}:{value}"[:100])
    await record(
        session, actor, "asset.identifier_removed", "asset", asset_id, {"kind": kind, "value": value}
    )


def forget(connection: Connection, organization_id: int, days: int) -> int:
    """A portion of what passes from one asset to another and no report named for so long; how much that was."""
    parameters = {
        "organization": organization_id,
        "kinds": list(known_by.PASSING),
        "days": days,
        "at_once": FORGOTTEN_AT_ONCE,
    }
    return connection.execute(_FORGET, parameters).rowcount


def _parameters(actor: Actor, asset_id: int, kind: str, value: str) -> dict[str, Any]:
    return {
        "organization": actor.organization_id,
        "asset": asset_id,
        "kind": kind,
        "value": value,
        "person": actor.user_id,
    }
