"""What feeds say is shown and asked for as what scanners say."""

import pytest

from fixtures.api import browser, new_member, serving, unlimited
from hauberk.domain.permissions import Role

pytestmark = pytest.mark.anyio
LOG4J, LEFT = "CVE-2021-44228", "CVE-2024-1001"


@pytest.mark.long
async def test_lists_show_it_and_filters_find_it(world, publisher):
    world.report(LOG4J, LEFT)
    publisher.publish_epss({LOG4J: 0.94358, LEFT: 0.001})
    publisher.publish_kev(LOG4J)
    world.sync("epss")
    world.sync("kev")
    async with serving(unlimited(world.settings)) as app:
        member = await new_member(app.state.context, 1, Role.VIEWER)
        async with browser(app, **member.headers) as client:

            async def found(path, query):
                items = (await client.get(f"/api/v1/{path}", params={"q": query})).json()["items"]
                return [(each["identifiers"], each["epss"], each["known_exploited"]) for each in items]

            exploited, other = ([LOG4J], 0.94358, True), ([LEFT], 0.001, None)
            assert await found("findings", "is:open") == [exploited, other]
            assert await found("findings", "known_exploited:true") == [exploited]
            assert await found("findings", "known_exploited:false") == [other]
            assert await found("findings", "epss>0.5") == [exploited]
            assert await found("vulnerabilities", "known_exploited:true") == [exploited]
