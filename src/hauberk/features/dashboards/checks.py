"""What is read often is kept in the cache: found again, not found for another version, within its time, per tenant."""

import re
import secrets
from typing import Final

from hauberk.features.dashboards.cache import LONGEST_SECONDS, SHORTEST_SECONDS, kept
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped

FAMILY: Final = "hauberk:dashboard"
FEWEST_READS: Final = 100
SAMPLED: Final = 200
_ASKED: Final = "/api/v1/findings?limit=1"
_OF_ONE_TENANT: Final = re.compile(r"hauberk:dashboard:\d+:")
_COUNTED: Final = re.compile(r'^cache_reads_total\{outcome="(\w+)"\} (\S+)$', re.MULTILINE)
_FAULT: Final = "Report this; it is a fault of the product."


@readiness("PERF-1", timeout=10)
async def what_is_read_often_is_cached(probe: Probe) -> Answer:
    cache, computed = probe.inside.cache, []
    family = f"{FAMILY}:0:probe-{secrets.token_hex(4)}"

    async def look_up(version: int) -> str:
        async def compute() -> str:
            computed.append(version)
            return str(version)

        return await kept(cache, f"{family}:{version}", compute)

    try:
        # A write makes another version, which is another key.
        answers = [await look_up(version) for version in (1, 1, 2)]
        lives = [await cache.ttl(f"{family}:{version}") for version in (1, 2)]
    finally:
        await cache.delete(f"{family}:1", f"{family}:2")
    if answers != ["1", "1", "2"] or computed != [1, 2]:
        return failed(f"Asked for versions 1, 1, 2: answered {answers}, computed {computed}.", _FAULT)
    found = [key async for key in cache.scan_iter(f"{FAMILY}:*", count=SAMPLED)][:SAMPLED]
    sampled = [await cache.ttl(key) for key in found if not key.endswith(":computing")]
    if not all(SHORTEST_SECONDS <= each <= LONGEST_SECONDS for each in lives):
        return failed(f"A new answer is kept for {lives} seconds.", _FAULT)
    if wrong := [each for each in sampled if not (0 <= each <= LONGEST_SECONDS or each == -2)]:
        return failed(f"{len(wrong)} of {len(sampled)} keys are kept for {wrong[0]} seconds.", _FAULT)
    seen = (
        f"Miss, hit, write, miss on a probe key; kept for {min(lives)} to {max(lives)} s; {len(sampled)} keys"
        f" sampled, none above {LONGEST_SECONDS} s"
    )
    return await _with_ratio(probe, seen)


@readiness("PERF-5")
async def costly_results_are_cached_per_tenant(probe: Probe) -> Answer:
    found = [key async for key in probe.inside.cache.scan_iter(f"{FAMILY}:*", count=SAMPLED)][:SAMPLED]
    if foreign := [key for key in found if not _OF_ONE_TENANT.match(key)]:
        return failed(f"{len(foreign)} keys name no organization, such as {foreign[0]}.", _FAULT)
    if await _is_kept_in_front(probe):
        return failed(
            f"{_ASKED} was answered twice with one answer: something in front keeps answers, and hands them to anybody.",
            "Switch the cache of the proxy off for everything below /api/ ('hauberk render').",
        )
    if not found:
        return skipped("No costly result is in the cache now.", "Open the overview, and ask again.")
    tenants = {key.split(":")[2] for key in found}
    return await _with_ratio(probe, f"{len(found)} keys, each below one of {len(tenants)} organization(s)")


async def _is_kept_in_front(probe: Probe) -> bool:
    """By a proxy: each answer of the application names a request of its own, and nobody signed in gets none."""
    headers = (await probe.tenant()).headers
    answers = [await probe.site.http.get(_ASKED, headers=headers) for _ in range(2)]
    async with probe.site.stranger() as nobody:
        foreign = await nobody.get(_ASKED)
    named = {each.headers.get("x-request-id") for each in answers if "x-request-id" in each.headers}
    return len(named) == 1 or foreign.status_code == 200


async def _with_ratio(probe: Probe, seen: str) -> Answer:
    """Hits of all reads, as the processes that serve have counted them."""
    answer = await probe.metrics()
    counts = {name: float(n) for name, n in _COUNTED.findall(answer.text)}
    reads = counts.get("hit", 0) + counts.get("miss", 0)
    if reads < FEWEST_READS:
        return skipped(
            f"{seen}. Hit ratio: only {reads:.0f} reads of {FEWEST_READS} needed.", "Use it for a while."
        )
    return passed(f"{seen}. Hit ratio {counts.get('hit', 0) / reads:.0%} of {reads:,.0f} reads.")
