"""Finds every job, event handler, invariant and metric: the files `jobs.py`, `handlers.py`, `invariants.py` and
`metrics.py` of `ingest` and of each feature."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from hauberk.kit import discover

FILES = ("jobs", "handlers", "invariants", "metrics")


@cache
def load() -> None:
    """Once in a process; a file that does not import stops the start."""
    for name in ("metrics.valkey", "http.metrics"):
        import_module(f"hauberk.infra.{name}")
    for name in ("upkeep", "invariants", "metrics"):
        import_module(f"hauberk.jobs.{name}")
    for name in FILES:
        if find_spec(f"hauberk.ingest.{name}") is not None:
            import_module(f"hauberk.ingest.{name}")
        discover.modules("hauberk.features", name)
