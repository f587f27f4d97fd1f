"""The disk of the whole product is full: uploads are refused, nothing half-done stays, and all goes on once there is room."""

import time
from pathlib import Path

import pytest

from faults.client import Client, Load
from faults.figures import FIGURES
from faults.processes import wait_for
from faults.whole import SEED, SETTINGS, check
from fixtures.whole_product import Product, gone, processes_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
DISK = 640 * 2**20
MIB = 2**20
FULL_SECONDS = 20


@pytest.fixture
def product(small_disk, tmp_path):
    """Database, queue, reports and spools lie on one disk, as where `hauberk up` runs; nothing is kept free beforehand."""
    with small_disk(tmp_path / "disk", DISK) as disk:
        (disk / ".env").write_text(f"{SETTINGS}HAUBERK_STORAGE_MIN_FREE=0\n")
        started = Product(disk / "home").until_ready()
        yield started
        started.interrupt()
        assert started.end() == 0
        assert gone(disk / "home"), processes_of(disk / "home")


def test_a_disk_without_a_byte_left_loses_nothing(product, reference):
    client = Client.of(product)
    sending = Load(client, "full", SEED, days=12).start()
    wait_for(lambda: len(client.accepted) >= 3, 60, "the first uploads")
    ballast = product.home.parent / "ballast"
    _fill(ballast)
    FIGURES.faults += 1
    until = time.monotonic() + FULL_SECONDS
    while time.monotonic() < until or not client.was_full:
        assert time.monotonic() < until + 60, "nobody was told that the disk is full"
        _fill(ballast)  # what others give back is taken too
        time.sleep(0.5)
    ballast.unlink()
    check(sending, reference, time.monotonic(), "a full disk")


def _fill(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file:
        for size in (MIB, 4096):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
