"""What Prometheus sees of notices: whether they leave, and how many alerts fire."""

from typing import Final

from prometheus_client import Counter
from sqlalchemy import text

from hauberk.db.metrics import looking
from hauberk.domain.alert import AlertSeverity
from hauberk.infra.metrics.observing import Samples, look, observed
from hauberk.infra.readiness import Installation

DELIVERIES: Final = observed("notification_deliveries", "Notices that wait, and that were given up", "state")
OLDEST: Final = observed("notification_oldest_waiting_seconds", "How long the oldest notice has been due")
FIRING: Final = observed("alerts_firing", "Alerts of the built-in rules that fire", "severity")

TRIED: Final = Counter(
    "webhook_deliveries_total",
    "Attempts to hand a notice to a channel or, by mail, to a person, by what came of them",
    ["kind", "result"],
)

_STATE: Final = text("select waiting, dead, oldest_seconds from notification_state()")
_FIRING: Final = text("select severity, n from firing_alerts()")


@look(every=15)
async def notices(installation: Installation) -> Samples:
    async with looking(installation) as session:
        row = (await session.execute(_STATE)).one()
        firing = {each.severity: each.n for each in await session.execute(_FIRING)}
    return [
        DELIVERIES(row.waiting, "waiting"),
        DELIVERIES(row.dead, "dead"),
        OLDEST(row.oldest_seconds),
        *(FIRING(firing.get(each.value, 0), each.value) for each in AlertSeverity),
    ]
