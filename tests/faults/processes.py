"""Processes, as the faults need them: who is whose child, and one that is about to be born."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import redis

from fixtures.whole_product import Product
from hauberk.infra.settings.home import Home

Found = TypeVar("Found")


def children(pid: int) -> list[int]:
    """The direct ones; none when it has ended."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(each) for each in (task / "children").read_text().split()]
    return found


def descendants(pid: int) -> list[int]:
    found = children(pid)
    for each in list(found):
        found += descendants(each)
    return found


def command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return ""


def wait_for(
    condition: Callable[[], Found], seconds: float = 60, what: str = "it", *, pause: float = 0.02
) -> Found:
    """The condition's answer, once it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(pause)
    return found


@contextmanager
def killing_children(parents: Callable[[], Iterable[int | None]], times: int) -> Iterator[list[int]]:
    """The next so many children of any of `parents()` are killed as soon as they are seen; answers who they were."""
    killed: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        known, looked_at = [], 0.0
        while not stop.wait(0.001) and len(killed) < times:
            if time.monotonic() - looked_at > 0.1:  # who they are takes as long as all they do
                known, looked_at = [parent for parent in parents() if parent], time.monotonic()
            for pid in [each for parent in known for each in children(parent)]:
                if pid not in killed and len(killed) < times:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield killed
    finally:
        stop.set()
        watching.join()


def environment_of(product: Product) -> dict[str, str]:
    """For commands on the same home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")}
    return {**kept, "HAUBERK_HOME": str(product.home), "HAUBERK_PORT": str(product.port)}


def process_of(product: Product, *words: str) -> int:
    """The product's process that was started with all these words in its command; 0 while there is none."""
    for shim in children(
        product.process.pid
    ):  # it was told the command; a server may call itself something else
        if all(word in command(shim) for word in words):
            return next(iter(children(shim)), 0)
    return 0


def workers_of(product: Product) -> list[int]:
    """The worker processes, not their supervisor."""
    return [pid for pid in descendants(product.process.pid) if "hauberk.worker.process" in command(pid)]


def api_of(product: Product) -> int:
    """The process that serves, not the one that starts it again; 0 while there is none."""
    main = process_of(product, "-m hauberk serve")
    return next((pid for pid in children(main) if "resource_tracker" not in command(pid)), 0)


def postmaster_of(product: Product) -> int:
    return int((product.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def valkey_of(product: Product, role: str) -> redis.Redis:
    """A client of the queue's or the cache's server."""
    return redis.Redis.from_url(Home(product.home).running().servers[role]["url"])
