"""The one way out: what is tried again, how often, and when a destination that fails is left alone."""

import asyncio

import pytest

from factories.outbound import HOOK, client
from fixtures.http_servers import Listener, answering, listening
from hauberk.infra.http import CircuitOpen
from hauberk.infra.http.breaker import OPEN_SECONDS, THRESHOLD, Breakers
from hauberk.infra.redis import cache_client

pytestmark = pytest.mark.anyio


def failing_first(times: int, status: str = "503 Busy", **headers: str):
    async def behave(listener: Listener, writer: asyncio.StreamWriter) -> None:
        is_failing = len(listener.requests) <= times
        await answering(status=status if is_failing else "200 OK", **headers)(listener, writer)

    return behave


async def test_what_may_be_repeated_is_tried_again_and_nothing_else():
    async with listening(failing_first(2)) as listener:
        http = client()
        url = f"http://127.0.0.1:{listener.port}/"
        assert (await http.send(HOOK, "POST", url, json={})).status == 503
        assert len(listener.requests) == 1
        assert (await http.send(HOOK, "GET", url)).status == 200
        assert len(listener.requests) == 3
        await http.aclose()


async def test_a_pause_that_is_asked_for_and_too_long_ends_the_call():
    async with listening(failing_first(9, Retry_After="60")) as listener:
        http = client()
        assert (await http.send(HOOK, "GET", f"http://127.0.0.1:{listener.port}/")).status == 503
        assert len(listener.requests) == 1
        await http.aclose()


@pytest.mark.long
async def test_retries_have_a_budget():
    async with listening(answering(status="429 Slow down")) as listener:
        http = client()
        for _ in range(20):
            await http.send(HOOK, "GET", f"http://127.0.0.1:{listener.port}/")
        assert 20 < len(listener.requests) <= 20 + 5 + 20 * 0.2
        await http.aclose()


async def test_a_circuit_opens_lets_one_try_and_closes_again():
    now = [1000.0]
    breakers = Breakers(clock=lambda: now[0])
    async with listening(failing_first(THRESHOLD, "500 Broken")) as listener:
        http = client(breakers=breakers)
        url = f"http://127.0.0.1:{listener.port}/"
        for _ in range(THRESHOLD):
            assert (await http.send(HOOK, "POST", url)).status == 500
        with pytest.raises(CircuitOpen) as refused:
            await http.send(HOOK, "POST", url)
        assert refused.value.retry_after == OPEN_SECONDS
        assert len(listener.requests) == THRESHOLD
        (circuit,) = (await breakers.all()).values()
        assert (circuit.state(now[0]), circuit.trips, circuit.last_failure) == ("open", 1, "status 500")
        now[0] += OPEN_SECONDS
        assert circuit.state(now[0]) == "half_open"
        assert (await http.send(HOOK, "POST", url)).status == 200
        (circuit,) = (await breakers.all()).values()
        assert (circuit.state(now[0]), circuit.trips, circuit.last_trip_at) == ("closed", 1, 1000.0)
        await http.aclose()


async def test_half_open_lets_one_through_and_its_failure_opens_for_longer():
    now = [1000.0]
    breakers = Breakers(clock=lambda: now[0])
    for _ in range(THRESHOLD):
        await breakers.enter("x")
        await breakers.leave("x", "unreachable")
    now[0] += OPEN_SECONDS
    await breakers.enter("x")
    with pytest.raises(CircuitOpen):
        await breakers.enter("x")
    await breakers.leave("x", "unreachable")
    now[0] += OPEN_SECONDS
    with pytest.raises(CircuitOpen):
        await breakers.enter("x")


async def test_circuits_are_shared_by_all_processes_and_outlive_the_cache(settings):
    cache = cache_client(settings)
    await cache.delete("hauberk:circuits")
    one, other, alone = (
        Breakers(cache),
        Breakers(cache),
        Breakers(
            cache_client(
                settings.model_copy(
                    update={"cache": settings.cache.model_copy(update={"url": "redis://127.0.0.1:1/0"})}
                )
            )
        ),
    )
    for breakers in (one, alone):
        for _ in range(THRESHOLD):
            await breakers.enter("x")
            await breakers.leave("x", "timed_out")
    for breakers in (one, other, alone):
        with pytest.raises(CircuitOpen):
            await breakers.enter("x")
    assert (await other.all())["x"].trips == 1
    assert 0 < await cache.ttl("hauberk:circuits") <= 7 * 86_400
    await cache.delete("hauberk:circuits")
    await cache.aclose()
