"""Which asset a report is about that nobody named one for, by what reports and people said assets are known by; and what is learned.

What a person names counts, whatever the report says: then the report's identifiers are learned of that asset.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.domain import known_by
from hauberk.domain.known_by import Known
from hauberk.ingest.scope import Place

MAX_ASSETS: Final = 50
"""With one identifier: what tells so many tells none."""
MAX_NAMED: Final = 3
MAX_LEARNED: Final = 32
_SPLIT: Final = "select split_part(n, ':', 1), substr(n, strpos(n, ':') + 1) from unnest(cast(:identifiers as text[])) as n"
_KNOWN = text(f"""
select i.asset_id, a.kind, i.kind, i.value, i.added_by is not null, i.first_seen_at, i.last_seen_at, a.name
from asset_identifier i
join asset a on a.organization_id = i.organization_id and a.id = i.asset_id and a.deleted_at is null
where i.organization_id = :organization and i.removed_at is null and i.asset_id in (
    select w.asset_id from asset_identifier w
    where w.organization_id = :organization and w.removed_at is null and (w.kind, w.value) in ({_SPLIT})
    order by w.last_seen_at desc limit :at_most)
""")  # noqa: S608 — the constant above
_EXISTS = text(
    "select exists (select from asset where organization_id = :organization and name_key = :name_key"
    " and deleted_at is null)"
)
# What a person took away is not learned again. An identifier that goes on being seen is noted once an hour.
_LEARN = text(f"""
insert into asset_identifier as i (organization_id, asset_id, kind, value, scanner, scan_id, first_seen_at, last_seen_at)
select :organization, :asset, n.kind, n.value, :scanner, :scan, :at, :at from ({_SPLIT}) as n(kind, value) order by 3, 4
on conflict (organization_id, kind, value, asset_id) do update set
    first_seen_at = least(i.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at)
where i.removed_at is null and (excluded.last_seen_at > i.last_seen_at + interval '1 hour'
    or excluded.first_seen_at < i.first_seen_at)
""")  # noqa: S608

_UNLEARN = text("""
delete from asset_identifier i using scan s
where i.organization_id = :organization and i.scan_id = :scan and i.added_by is null and i.removed_at is null
    and s.organization_id = i.organization_id and s.id = i.scan_id and i.last_seen_at <= s.scanned_at
""")


def told(
    connection: Connection,
    organization_id: int,
    place: Place,
    identifiers: Collection[str],
    *,
    is_named: bool,
    at: datetime,
    stays_days: int,
) -> tuple[Place, str | None]:
    """Where no asset has the name: the place of the one that these identifiers tell. Where they tell several, the name counts.

    `is_named`: a person named the asset; then it is only said, of an asset that is to be made, which others are known by the
    same. The second of the answer is what is to be said to whoever wonders where the report went.
    """
    if place.asset_id is not None or not identifiers or _exists(connection, organization_id, place):
        return place, None
    parameters = {
        "organization": organization_id,
        "identifiers": list(identifiers),
        "at_most": MAX_ASSETS,
    }
    rows = connection.execute(_KNOWN, parameters).all()
    assets = known_by.assets_told(
        [Known(*row[:-1]) for row in rows],
        set(identifiers),
        asset_kind=place.asset_kind,
        at=at,
        stays=timedelta(days=stays_days),
    )
    names = {row[0]: row[-1] for row in rows if row[0] in assets}
    shared = _words(identifiers, {(row[2], row[3]) for row in rows if row[0] in assets})
    if not names:
        return place, None
    if is_named:
        return place, (
            f"A new asset “{place.asset}” was made, as it was named, though {shared} is known of {_listed(names)}."
            " If that is the same, send it there, or name no asset."
        )
    if len(names) > 1:
        return (
            place,
            f"As {shared} is known of several assets ({_listed(names)}), the report's own name counts.",
        )
    return replace(place, asset_id=next(iter(names))), None


def unlearn(connection: Connection, organization_id: int, scan_id: int) -> None:
    """Of a scan that is taken back: what only it said."""
    connection.execute(_UNLEARN, {"organization": organization_id, "scan": scan_id})


def learn(
    connection: Connection,
    organization_id: int,
    asset_id: int,
    identifiers: Collection[str],
    *,
    scan_id: int,
    scanner: str,
    at: datetime,
) -> None:
    """What the asset is known by from now on, as this scanner said."""
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "asset": asset_id,
        "identifiers": sorted(identifiers)[:MAX_LEARNED],
        "scan": scan_id,
        "scanner": scanner,
        "at": at,
    }
    if parameters["identifiers"]:
        connection.execute(_LEARN, parameters)


def _exists(connection: Connection, organization_id: int, place: Place) -> bool:
    parameters = {"organization": organization_id, "name_key": place.asset.casefold()}
    return bool(connection.scalar(_EXISTS, parameters))


def _words(identifiers: Collection[str], known: set[tuple[str, str]]) -> str:
    """The most telling of them, which is enough to look it up."""
    shared = [each.partition(":")[::2] for each in identifiers]
    kind, value = min(
        (each for each in shared if each in known),
        key=lambda each: known_by.KINDS.index(each[0]),
        default=("", ""),
    )
    return f"the {'address' if kind == known_by.IP else kind} {value[:100]}"


def _listed(names: dict[int, str]) -> str:
    shown = sorted(names.values())[:MAX_NAMED]
    more = len(names) - len(shown)
    return ", ".join(f"“{name}”" for name in shown) + (f" and {more} more" if more else "")
