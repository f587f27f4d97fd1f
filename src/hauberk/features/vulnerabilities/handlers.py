"""What was learned about names is applied soon after the commit that brought it."""

from sqlalchemy import Connection

from hauberk.domain.events import AliasesLearned
from hauberk.features.vulnerabilities.jobs import SERIAL_KEY, apply_aliases
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.events import on


@on(AliasesLearned)
def aliases_learned(connection: Connection, event: AliasesLearned) -> None:
    enqueue(connection, apply_aliases, organization_id=event.organization_id, serial_key=SERIAL_KEY)
