"""How often a kept answer was found."""

from typing import Final

from prometheus_client import Counter

CACHE_READS: Final = Counter("cache_reads_total", "Look-ups of kept answers: hit or miss", ["outcome"])
