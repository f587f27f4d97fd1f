"""Priority: the order in which findings want attention, as one integer that an index can hold.

Read its seven decimal digits from the left, `S K EE CCC`: the effective severity's rank (5 critical … 0 unknown), 1
where the vulnerability is known to be exploited, the EPSS probability in whole per cent, ten times the CVSS score.
So a severity is never passed by a lower one; within it what is attacked comes first, then what probably will be,
then what would hurt more. What is not known counts as nothing. `ingest.feed_words` says the same in SQL.
"""

from functools import lru_cache

from hauberk.domain.severity import Severity

PER_SEVERITY = 1_000_000
EXPLOITED = 100_000
PER_CENT = 1_000
MAX_PER_CENT = 99
MAX_CVSS = 100


@lru_cache(maxsize=4096)
def priority(
    severity: Severity,
    *,
    cvss: float | None = None,
    known_exploited: bool | None = None,
    epss: float | None = None,
) -> int:
    return (
        severity.rank * PER_SEVERITY
        + (EXPLOITED if known_exploited else 0)
        + min(int((epss or 0) * 100), MAX_PER_CENT) * PER_CENT
        + min(round((cvss or 0) * 10), MAX_CVSS)
    )


def least_of(rank: int) -> int:
    """The lowest priority a finding of this severity rank can have; one severity's range ends where the next begins."""
    return rank * PER_SEVERITY
