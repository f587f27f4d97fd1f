"""Assets as they are shown."""

from datetime import timedelta

from hauberk.features.assets.repository import ShownAsset
from hauberk.features.assets.schemas import AssetSchema, BySeverity, RefSchema
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import Ids


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
