"""Another policy may hold for an asset that has other tags."""

from sqlalchemy import Connection

from hauberk.domain.events import AssetTagsChanged
from hauberk.features.policies.jobs import SERIAL_KEY, apply
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.events import on


@on(AssetTagsChanged)
def tags_changed(connection: Connection, event: AssetTagsChanged) -> None:
    enqueue(
        connection,
        apply,
        organization_id=event.organization_id,
        serial_key=SERIAL_KEY,
        asset_id=event.asset_id,
    )
