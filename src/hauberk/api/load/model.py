"""What a concurrent user does: one open event stream, a request every 15 seconds, and signing in once in half an hour."""

import random
from dataclasses import dataclass
from typing import Final, Literal

THINK_SECONDS: Final = 15.0
WAVE_SECONDS: Final = 1800.0
MINUTES: Final = 10
WHOLE: Final = 1_000
"""So many users for so many minutes are measured whole; fewer say little of more."""
MAX_ERRORS: Final = 0.001
MAX_P95_MS: Final = 300.0
UPLOAD_FINDINGS: Final = 500
ASSETS: Final = tuple(f"load {number}" for number in range(10))

LOAD: Final = "load"
STREAMS: Final = "load-streams"
"""The records: with more streams open than people work, it proves nothing about the requests of so many."""
ACCOUNTS: Final = "accounts"

Act = Literal["list", "detail", "dashboard", "write", "upload", "sign-in"]
_SHARES: Final[dict[Act, int]] = {"list": 45, "detail": 25, "dashboard": 20, "write": 9, "upload": 1}


@dataclass(frozen=True, slots=True)
class Planned:
    """When it is meant to begin, in seconds from the start: an open loop, in which a slow answer delays no next one."""

    at: float
    user: int
    act: Act


def acts_of(user: int, seconds: float, seed: int = 1) -> list[Planned]:
    """One person's, in order of time."""
    chance = random.Random(f"{seed} {user}")  # noqa: S311 - the same load again for the same seed
    names, weights = list(_SHARES), list(_SHARES.values())
    planned = []
    at = chance.uniform(0, THINK_SECONDS)
    while at < seconds:
        planned.append(Planned(at, user, chance.choices(names, weights)[0]))
        at += THINK_SECONDS * chance.uniform(0.8, 1.2)
    at = chance.uniform(0, WAVE_SECONDS)
    if at < seconds:
        planned.append(Planned(at, user, "sign-in"))
    return sorted(planned, key=lambda each: each.at)


def report(number: int) -> bytes:
    """500 findings in SARIF; another set for each number of ten."""
    rules = [f'{{"id":"R{rule}"}}' for rule in range(20)]
    results = [
        f'{{"ruleId":"R{place % 20}","level":"warning","message":{{"text":"load {place}"}},"locations":'
        f'[{{"physicalLocation":{{"artifactLocation":{{"uri":"src/{number % 10}/{place}.py"}},'
        f'"region":{{"startLine":{place + 1}}}}}}}]}}'
        for place in range(UPLOAD_FINDINGS)
    ]
    return (
        '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"load","rules":['
        + ",".join(rules)
        + ']}},"results":['
        + ",".join(results)
        + "]}]}"
    ).encode()
