"""What a report is compared with: its asset, ref and scope, found or made, and the occurrences known there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, BinaryIO, Final

import msgspec
from sqlalchemy import Connection, text

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import ReportHeader
from hauberk.domain.subject import MAX_NAME_CHARS, usual_kind
from hauberk.ingest.known import KNOWN_COLUMNS, KNOWN_ORDER

AUTOMATIC: Final = "auto"
DEFAULT_REF: Final = "main"
NAMED_AFTER_FILE: Final = (
    "Neither the upload nor the report names an asset, so it counts for “{}”, after its file: reports of other things in files of"
    " this name replace each other there. Name the asset."
)
_WHOLE_REF: Final = re.compile(r"^refs/(heads|tags)/")


class Requested(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the uploader said; anything absent is taken from the report."""

    asset: str | None = None
    asset_id: int | None = None
    asset_kind: str | None = None
    ref: str | None = None
    format: str | None = None
    scope: str | None = None
    scanned_at: datetime | None = None
    is_partial: bool = False
    may_make_asset: bool = True


@dataclass(frozen=True)
class Place:
    """Where a report belongs, in words: equal places are one scope."""

    asset_id: int | None
    asset: str
    asset_kind: str
    ref: str | None
    ref_as_said: str | None
    scanner: str
    key: str


@dataclass(frozen=True)
class Scope:
    """The scope as it stands; `id` 0 when it does not exist yet."""

    id: int
    asset_id: int
    is_tracked: bool
    version: int
    open_occurrences: int
    tool_version: str | None
    last_scan_id: int | None
    last_scan_at: datetime | None
    last_complete_scan_at: datetime | None


def place_of(
    requested: Requested,
    header: ReportHeader,
    *,
    scanner: str,
    kinds: Iterable[FindingKind],
    file_name: str | None,
) -> Place:
    """From the form, else from the report, else from the file's name."""
    name = asset_name(requested.asset if requested.asset != AUTOMATIC else None, header, file_name)
    return Place(
        asset_id=requested.asset_id,
        asset=name,
        asset_kind=requested.asset_kind or header.asset_kind or usual_kind(*kinds),
        ref=ref_name(requested.ref or header.ref),
        ref_as_said=_bounded(requested.ref or header.ref),
        scanner=scanner[:MAX_NAME_CHARS],
        key=scope_key(requested, header),
    )


def asset_name(named: str | None, header: ReportHeader, file_name: str | None) -> str:
    """What names no asset belongs to what the report, else its file, is called after."""
    name = named or header.asset or PurePath(file_name or "report").stem
    return name.strip()[:MAX_NAME_CHARS] or "report"


def ref_name(said: str | None) -> str | None:
    """Pipelines say `refs/heads/main` and people `main`: one branch."""
    return _bounded(_WHOLE_REF.sub("", said or ""))


def scope_key(requested: Requested, header: ReportHeader) -> str:
    return _bounded(requested.scope if requested.scope is not None else header.scope) or ""


def _bounded(value: str | None) -> str | None:
    return None if not value else value.replace("\x00", "")[:MAX_NAME_CHARS]


def effective_date(
    requested: Requested, header: ReportHeader, accepted_at: datetime
) -> tuple[datetime, str | None]:
    """When the report is from, never later than its acceptance; and what was wrong with its date."""
    said = requested.scanned_at or header.scanned_at
    if said is None:
        return accepted_at, None
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    if said > accepted_at:
        return (
            accepted_at,
            f"The report is dated {said.isoformat()}, after it was accepted; it counts from acceptance.",
        )
    return said, None


def comes_late(at: datetime, last_scan_at: datetime | None) -> bool:
    """Whether a newer report of its scope was applied: an older one enters history only."""
    return last_scan_at is not None and at < last_scan_at


_LIVING: Final = """a.organization_id = :organization and a.deleted_at is null
    and case when cast(:asset_id as int8) is null then a.name_key = :name_key else a.id = :asset_id end"""
# As it was called before in so many words, else by its short name, which the default ref may have as well.
_REF: Final = r"""coalesce((select n.name from asset_ref n where n.organization_id = a.organization_id and n.asset_id = a.id
        and n.name = cast(:ref_as_said as text)),
    case when cast(:ref as text) is null or :ref = regexp_replace(a.default_ref, '^refs/(heads|tags)/', '')
        then a.default_ref else :ref end)"""
_FIND = text(f"""
select s.id, a.id as asset_id, r.is_tracked, s.version, s.open_occurrences, s.tool_version, s.last_scan_id,
    s.last_scan_at, s.last_complete_scan_at
from asset a
join asset_ref r on r.organization_id = a.organization_id and r.asset_id = a.id
    and r.name = {_REF}
join scope s on s.organization_id = a.organization_id and s.asset_id = a.id and s.ref_id = r.id
    and s.scanner = :scanner and s.key = :key
where {_LIVING}
""")  # noqa: S608 — the condition above, here and below
_MAKE_ASSET = text("""
insert into asset (organization_id, name, name_key, kind, default_ref)
values (:organization, :name, :name_key, :kind, coalesce(:ref, :default_ref))
on conflict (organization_id, name_key) do nothing
""")
_ASSET = text(f"select a.id from asset a where {_LIVING}")  # noqa: S608
_MAKE_REF = text(f"""
insert into asset_ref (organization_id, asset_id, name, is_tracked)
select a.organization_id, a.id, {_REF}, {_REF} = a.default_ref
from asset a where {_LIVING}
on conflict (organization_id, asset_id, name) do nothing
""")  # noqa: S608
_MAKE_SCOPE = text(f"""
insert into scope (organization_id, asset_id, ref_id, scanner, key)
select a.organization_id, a.id, r.id, :scanner, :key
from asset a
join asset_ref r on r.organization_id = a.organization_id and r.asset_id = a.id
    and r.name = {_REF}
where {_LIVING}
on conflict (organization_id, asset_id, ref_id, scanner, key) do nothing
""")  # noqa: S608


def find(connection: Connection, organization_id: int, place: Place) -> Scope | None:
    """The scope of this place; None when no report of it was ever applied."""
    row = connection.execute(_FIND, _parameters(organization_id, place)).one_or_none()
    return None if row is None else Scope(*row)


def asset_of(
    connection: Connection, organization_id: int, place: Place, *, may_make_asset: bool
) -> int | None:
    """The asset of this place, made where a name has none yet. A new asset's first ref is its default."""
    parameters = _parameters(organization_id, place)
    if place.asset_id is None and may_make_asset:
        more = {"name": place.asset, "kind": place.asset_kind, "default_ref": DEFAULT_REF}
        connection.execute(_MAKE_ASSET, parameters | more)
    found: int | None = connection.scalar(_ASSET, parameters)
    return found


def make(connection: Connection, organization_id: int, place: Place) -> None:
    """Ref and scope, each only where it does not exist yet. The caller holds the asset's lock."""
    parameters = _parameters(organization_id, place)
    connection.execute(_MAKE_REF, parameters)
    connection.execute(_MAKE_SCOPE, parameters)


def _parameters(organization_id: int, place: Place) -> dict[str, Any]:
    return {
        "organization": organization_id,
        "asset_id": place.asset_id,
        "name_key": place.asset.casefold(),
        "ref": place.ref,
        "ref_as_said": place.ref_as_said,
        "scanner": place.scanner,
        "key": place.key,
    }


def export_known(connection: Connection, organization_id: int, scope_id: int, file: BinaryIO) -> None:
    """The scope's open occurrences as a binary COPY (index-only), for the child to compare with."""
    driver = connection.connection.driver_connection
    assert driver is not None
    query = (
        f"copy (select {KNOWN_COLUMNS} from occurrence"  # noqa: S608 — constants and integers of ours
        f" where organization_id = {int(organization_id)} and scope_id = {int(scope_id)} and closed_at is null"
        f" order by {KNOWN_ORDER}) to stdout (format binary)"
    )
    with driver.cursor() as cursor, cursor.copy(query) as copy:
        file.writelines(copy)
    file.flush()
