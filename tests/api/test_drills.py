"""What a drill says when something that it waits for does not come."""

import httpx2
import pytest

from hauberk.api.drills.node import Node, WaitedInVainError

pytestmark = pytest.mark.anyio


def _answering(*answers: httpx2.Response) -> httpx2.AsyncClient:
    left = iter(answers)
    return httpx2.AsyncClient(
        base_url="http://node", transport=httpx2.MockTransport(lambda _: next(left, answers[-1]))
    )


async def _refused(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


async def test_it_names_what_it_waited_for_and_what_readiness_said_instead():
    degraded = httpx2.Response(200, json={"degraded": ["cache"]})
    async with _answering(degraded) as http:
        node = Node(None, 0, http)

        async def has_lost_both() -> bool:
            return {"cache", "queue"} <= set((await node.ready())[1])

        with pytest.raises(
            WaitedInVainError, match="waited 0 seconds for both to be lost; readiness said 200, without cache"
        ):
            await node.until(has_lost_both, 0, "both to be lost")


async def test_a_node_that_cannot_be_reached_is_said_to_give_no_answer():
    async with httpx2.AsyncClient(base_url="http://node", transport=httpx2.MockTransport(_refused)) as http:
        node = Node(None, 0, http)

        async def is_ready() -> bool:
            return (await node.ready())[0] == 200

        with pytest.raises(WaitedInVainError, match=r"readiness said no answer \(ConnectError\)"):
            await node.until(is_ready, 0, "the node")


async def test_what_came_in_the_end_is_told_by_its_seconds():
    answers = httpx2.Response(503, json={"degraded": []}), httpx2.Response(200, json={"degraded": []})
    async with _answering(*answers) as http:
        node = Node(None, 0, http)

        async def is_ready() -> bool:
            return (await node.ready())[0] == 200

        assert 0 < await node.until(is_ready, 5, "the node") < 5
