"""What Prometheus sees of feeds. One that is switched off has no age."""

from typing import Final

from hauberk.db.metrics import looking
from hauberk.features.feeds.standing import standings
from hauberk.infra.metrics.observing import Samples, look, observed
from hauberk.infra.readiness import Installation

AGE: Final = observed("feed_age_seconds", "How long ago a feed's publisher was last heard", "feed")
ROWS: Final = observed("feed_rows", "Entries of a feed that are loaded", "feed")
LOST: Final = observed("feed_lost", "Whether what findings show of a feed is out of date", "feed")


@look(every=30)
async def feeds(installation: Installation) -> Samples:
    async with looking(installation) as session:
        found = await standings(session, installation.settings)
    samples = []
    for each in found:
        if each.age is not None:
            name = each.feed.name
            samples += [
                AGE(each.age.total_seconds(), name),
                ROWS(each.of("row_count"), name),
                LOST(each.loss is not None, name),
            ]
    return samples
