"""Scans."""

from datetime import datetime

from sqlalchemy import Connection, insert

from factories.asset import SCANNED_AT, MadeAsset
from hauberk.db.models.scan import Scan


def make_scan(
    connection: Connection, asset: MadeAsset, *, state: str = "done", accepted_at: datetime | None = None
) -> int:
    return connection.scalar(
        insert(Scan)
        .values(
            organization_id=asset.organization_id,
            asset_id=asset.id,
            scope_id=asset.scope_id,
            state=state,
            requested={},
            format="semgrep-json",
            scanner="semgrep",
            file_name="report.json",
            size_bytes=2,
            sha256="00",
            scanned_at=SCANNED_AT,
            finished_at=SCANNED_AT,
            **({"accepted_at": accepted_at} if accepted_at else {}),
        )
        .returning(Scan.id)
    )
