"""The quick run of the whole product under load: one death of everything that needs no lease to run out."""

import os
import signal

import pytest

from faults.client import Client, Load
from faults.figures import FIGURES
from faults.processes import (
    api_of,
    children,
    killing_children,
    postmaster_of,
    process_of,
    valkey_of,
    wait_for,
    workers_of,
)
from fixtures.whole_product import Product, gone, processes_of

pytestmark = pytest.mark.timeout(300)
SETTINGS = """
HAUBERK_RATE_LIMIT_DEFAULT=100000/minute
HAUBERK_RATE_LIMIT_UPLOADS=100000/minute
HAUBERK_WORKER_PROCESSES=1
HAUBERK_WORKERS=1
"""


@pytest.fixture
def product(tmp_path):
    (tmp_path / ".env").write_text(SETTINGS)
    started = Product(tmp_path / "home").until_ready()
    yield started
    started.interrupt()
    assert started.end() == 0
    assert gone(tmp_path / "home"), processes_of(tmp_path / "home")


def test_parser_api_scheduler_database_queue_and_cache_die_and_nothing_is_lost(product, reference):
    load = Load(Client.of(product), "smoke", 1, assets=2, days=3, size=40).start()
    with killing_children(lambda: _zygotes(product), times=1) as killed:
        wait_for(lambda: killed, 60, "an import")
    _kill(wait_for(lambda: api_of(product), 60, "an API process"), signal.SIGKILL)
    _kill(process_of(product, "-m hauberk scheduler"), signal.SIGKILL)
    for role in ("queue", "cache"):
        with valkey_of(product, role) as server:
            server.flushall()
    _kill(postmaster_of(product), signal.SIGQUIT)  # "immediate": as after a crash
    FIGURES.faults += 6
    load.end()
    assert load.state() == reference(*load.reports)


def _kill(pid: int, number: int) -> None:
    assert pid
    os.kill(pid, number)


def _zygotes(product: Product) -> list[int]:
    return [zygote for worker in workers_of(product) for zygote in children(worker)]
