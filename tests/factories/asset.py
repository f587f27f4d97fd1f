"""Assets, their refs and scopes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import Connection, insert

from hauberk.db.models.asset import Asset, AssetRef, Scope

SCANNED_AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
SCANNED_ON = SCANNED_AT.date()

_numbers = count(1)


@dataclass(frozen=True)
class MadeAsset:
    """An asset with its default ref and one scope on it."""

    organization_id: int
    id: int
    ref_id: int
    scope_id: int


def make_asset(
    connection: Connection,
    organization_id: int,
    name: str | None = None,
    *,
    kind: str = "repository",
    tags: tuple[str, ...] = (),
    scanner: str = "semgrep",
) -> MadeAsset:
    name = name or f"asset-{next(_numbers)}"
    asset_id = connection.scalar(
        insert(Asset)
        .values(
            organization_id=organization_id,
            name=name,
            name_key=name.casefold(),
            kind=kind,
            default_ref="main",
            tags=list(tags),
        )
        .returning(Asset.id)
    )
    ref_id = make_ref(connection, organization_id, asset_id, "main")
    scope_id = make_scope(connection, organization_id, asset_id, ref_id, scanner)
    return MadeAsset(organization_id, asset_id, ref_id, scope_id)


def make_ref(
    connection: Connection, organization_id: int, asset_id: int, name: str, *, is_tracked: bool = True
) -> int:
    return connection.scalar(
        insert(AssetRef)
        .values(organization_id=organization_id, asset_id=asset_id, name=name, is_tracked=is_tracked)
        .returning(AssetRef.id)
    )


def make_scope(
    connection: Connection,
    organization_id: int,
    asset_id: int,
    ref_id: int,
    scanner: str = "semgrep",
    *,
    last_scan_at: datetime = SCANNED_AT,
) -> int:
    return connection.scalar(
        insert(Scope)
        .values(
            organization_id=organization_id,
            asset_id=asset_id,
            ref_id=ref_id,
            scanner=scanner,
            last_scan_at=last_scan_at,
            last_complete_scan_at=last_scan_at,
        )
        .returning(Scope.id)
    )
