"""A name that is one flaw with another has what feeds say of that one, too."""

from sqlalchemy import Connection

from hauberk.domain.events import AliasesGrouped
from hauberk.features.feeds.jobs import apply
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.events import on

SERIAL_KEY = "feeds.aliases"


@on(AliasesGrouped)
def aliases_grouped(connection: Connection, event: AliasesGrouped) -> None:
    enqueue(
        connection, apply, organization_id=event.organization_id, serial_key=SERIAL_KEY, names=event.names
    )
