"""One whole product for the tests of a file, what kills its processes, and what judges it afterwards."""

import os
import random
import signal
import time
from contextlib import suppress

import pytest

from faults.client import Client, Load
from faults.figures import FIGURES
from faults.processes import children, wait_for, workers_of
from fixtures.whole_product import Product, gone, processes_of

SEED = 20260122
PASSWORD = "quiet harbour lantern 42"
SETTINGS = f"""
HAUBERK_ADMIN_PASSWORD={PASSWORD}
HAUBERK_RATE_LIMIT_DEFAULT=100000/minute
HAUBERK_RATE_LIMIT_UPLOADS=100000/minute
HAUBERK_WORKER_PROCESSES=2
HAUBERK_WORKERS=1
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """One for all of these tests: each heals what it broke."""
    folder = tmp_path_factory.mktemp("product")
    (folder / ".env").write_text(SETTINGS)
    started = Product(folder / "home").until_ready()
    yield started
    if started.process.poll() is None:
        started.interrupt()
        started.end()
    assert gone(folder / "home"), processes_of(folder / "home")


@pytest.fixture
def client(product):
    return Client.of(product)


@pytest.fixture
def load(client, request):
    """Starts to send; `end` compares with the reference."""
    return lambda **more: Load(client, more.pop("name", request.node.name), SEED, **more).start()


@pytest.fixture
def chance(request):
    return random.Random(f"{SEED} {request.node.name}")


def kill(pid: int, number: int = signal.SIGKILL) -> float:
    """When it was done."""
    assert pid
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    FIGURES.faults += 1
    return time.monotonic()


def check(load: Load, reference, since: float, what: str) -> None:
    load.end()
    FIGURES.recovered(what, time.monotonic() - since)
    assert load.state() == reference(*load.reports)


def busy_worker(product: Product) -> int:
    """A worker process (not their supervisor) that has a report read this moment."""

    def busy() -> int:
        return next(
            (pid for pid in workers_of(product) if any(children(zygote) for zygote in children(pid))), 0
        )

    return wait_for(busy, 60, "an import")
