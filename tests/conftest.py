"""What every test can ask for: real servers, a database of its own, settings that point to them, the application."""

import gc
import os

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

# A worker holds a million objects that stay; to look through them often finds nothing.
gc.set_threshold(100_000, 20, 50)

# How soon examples are there says only what else the machine does.
examples.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("suite")

pytest_plugins = [
    "fixtures.servers",
    "fixtures.publishers",
    "fixtures.receivers",
    "fixtures.api",
    "fixtures.readiness",
    "fixtures.crashes",
    "faults.figures",
    "hauberk.testing.plugin",
]

# A file goes to one worker as a whole, with what it shares; these take the longest, and begin first.
LONGEST = (
    "ingest/test_identity.py",
    "faults/test_smoke.py",
    "hostile/test_catalogue.py",
    "infra/test_point_in_time.py",
    "parsers/test_formats.py",
    "cli/test_serve.py",
    "worker/test_worker.py",
    "ingest/test_undo.py",
    "proxy/test_nginx.py",
    "ingest/test_drift.py",
    "cli/test_upload.py",
    "ingest/test_concurrency.py",
    "cli/test_user.py",
    "parsers/test_conformance.py",
    "contract/test_contract.py",
    "faults/test_import.py",
    "hostile/test_behaviour.py",
)


def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: nearly half of its time a test waits for processes, answers and limits of time."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    last = len(LONGEST)
    ranks = {f"tests/{name}": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], last))
