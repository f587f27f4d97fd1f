"""The whole product is killed in every way, and comes back with its data."""

import os
import signal
import subprocess
import time
import urllib.error

import pytest

from fixtures.whole_product import Product, gone, processes_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    yield home
    assert gone(home), processes_of(home)


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_works(home):
    first = Product(home).until_ready()
    assert len(processes_of(home)) > 6
    first.kill()
    assert gone(home), processes_of(home)
    again = Product(home).until_ready()
    assert again.get("/health/ready")[0] == 200
    again.interrupt()
    assert again.end() == 0


def test_a_killed_database_is_back_without_a_restart_of_anything_else(home):
    product = Product(home).until_ready()
    pid = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    product.until("postgres ended unexpectedly")
    deadline = time.monotonic() + 60
    while not _is_ready(product):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "serve ended unexpectedly" not in product.said
    product.interrupt()
    assert product.end() == 0


@pytest.mark.parametrize("role", ["serve", "worker", "scheduler", "queue", "cache"])
def test_any_process_that_is_killed_is_started_again(home, role):
    product = Product(home).until_ready()
    words = f"m hauberk {role}" if role in ("serve", "worker", "scheduler") else f"{role}/valkey.conf"
    shim = next(line for line in _all(product) if "shim.py" in line and words in line)
    os.kill(int(shim.split()[0]), signal.SIGKILL)
    product.until(f"{role} ended unexpectedly")
    deadline = time.monotonic() + 60
    while not _is_ready(product):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    product.interrupt()
    assert product.end() == 0


def test_a_second_ctrl_c_stops_at_once(home):
    product = Product(home).until_ready()
    began = time.monotonic()
    product.interrupt()
    product.until("Stopping")
    product.interrupt()
    assert product.end() == 0
    assert time.monotonic() - began < 15


def _is_ready(product: Product) -> bool:
    try:
        return product.get("/health/ready")[0] == 200
    except (urllib.error.URLError, OSError):
        return False


def _all(product: Product) -> list[str]:
    """The shims of this product's supervisor."""
    told = subprocess.run(
        ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in told.splitlines() if line.split()[1] == str(product.process.pid)]
