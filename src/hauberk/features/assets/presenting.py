"""Assets as they are shown."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from hauberk.domain import known_by
from hauberk.features.assets.repository import ShownAsset
from hauberk.features.assets.schemas import (
    AddedBySchema,
    AssetDetailSchema,
    AssetSchema,
    BySeverity,
    IdentifierSchema,
    RefSchema,
)
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import Ids


def detail_schema(shown: ShownAsset, identifiers: Sequence[Row[Any]], context: Context) -> AssetDetailSchema:
    ids = Ids(context.public_ids)
    stays = timedelta(days=context.settings.retention.identifier_days)
    return AssetDetailSchema(
        **dict(asset_schema(shown, context)),
        identifiers=[
            IdentifierSchema(
                kind=row.kind,
                value=row.value,
                scanner=row.scanner,
                scan_id=None if row.scan_id is None else ids.encode("scn", row.scan_id),
                added_by=None
                if row.added_by is None
                else AddedBySchema(id=ids.encode("usr", row.added_by), name=row.added_by_name or "somebody"),
                first_seen_at=row.first_seen_at,
                last_seen_at=row.last_seen_at,
                tells_until=row.last_seen_at + stays
                if row.kind in known_by.PASSING and row.added_by is None
                else None,
                is_shared=row.is_shared,
            )
            for row in identifiers
        ],
    )


def asset_schema(shown: ShownAsset, context: Context) -> AssetSchema:
    asset, ids = shown.asset, Ids(context.public_ids)
    stays = timedelta(days=context.settings.retention.ref_days)
    return AssetSchema(
        id=ids.encode("ast", asset.id),
        name=asset.name,
        kind=asset.kind,
        default_ref=asset.default_ref,
        tags=asset.tags,
        refs=[
            RefSchema(
                name=ref.name,
                is_tracked=ref.is_tracked,
                is_default=ref.name == asset.default_ref,
                last_scan_at=ref.last_scan_at,
                expires_at=None
                if ref.is_tracked or ref.name == asset.default_ref or ref.idle_since is None
                else ref.idle_since + stays,
            )
            for ref in shown.refs
        ],
        open_findings=sum(shown.by_severity.values()),
        by_severity=BySeverity.of(shown.by_severity),
        scanners=sorted(shown.scanners),
        last_scan_at=shown.last_scan_at,
        created_at=asset.created_at,
    )
