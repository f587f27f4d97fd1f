"""The network between a worker and its servers: replies that are lost, a cable that is cut; and clocks that are wrong.

The worker lives in a network namespace of its own, so that a cut is one that nobody tells it about: no packet arrives, and
no connection ends. The product's own workers stand still meanwhile.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest

from faults.client import Load
from faults.database import looking
from faults.figures import FIGURES
from faults.processes import children, command, descendants, environment_of, wait_for
from faults.whole import SEED, check
from faults.wire import Wire
from fixtures.nodes import answer, free_port, installed, serve_command, started
from fixtures.whole_product import Product
from hauberk.infra.settings.home import Home

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
HERE, THERE = "10.213.7.1", "10.213.7.2"
CUT_SECONDS = 40
INSTANTS = (
    "created_at", "accepted_at", "started_at", "finished_at", "opened_at", "closed_at", "first_seen_at", "changed_at",
    "decided_at", "at", "applied_at",
)  # fmt: skip


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    """Its name; connected to us by a cable whose end here is `cable`."""
    installed("ip")
    if os.geteuid() != 0:
        pytest.skip("A network namespace takes root.")
    name = f"hauberk{os.getpid()}"

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    ip("netns", "add", name)
    try:
        ip("link", "add", "cable", "type", "veth", "peer", "name", "far", "netns", name)
        ip("addr", "add", f"{HERE}/24", "dev", "cable")
        ip("link", "set", "cable", "up")
        for words in (
            ("addr", "add", f"{THERE}/24", "dev", "far"),
            ("link", "set", "far", "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", name, *words)
        yield name
    finally:
        subprocess.run(["ip", "link", "del", "cable"], check=False)
        ip("netns", "del", name)


@pytest.fixture
def still(product: Product) -> Iterator[None]:
    """Its own workers do nothing, and hold nothing."""
    with looking(product) as database:
        wait_for(lambda: not database.execute("select from job where state = 'running'").fetchall(), 120)
    workers = [
        pid
        for pid in descendants(product.process.pid)
        if re.search(r"hauberk(\.worker\.process| worker)", command(pid))
    ]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in workers:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def wires(product: Product) -> Iterator[dict[str, Wire]]:
    """One to each server, by the setting that names the server; the addresses are those that the worker is given."""
    servers = Home(product.home).running().servers
    with ExitStack() as stack:

        def wire(there: str) -> Wire:
            return stack.enter_context(Wire((HERE, 0), there))

        yield {
            "HAUBERK_DATABASE_URL": wire(f"{_query(servers['database']['url'])['host']}/.s.PGSQL.5432"),
            "HAUBERK_QUEUE_URL": wire(urlsplit(servers["queue"]["url"]).path),
            "HAUBERK_CACHE_URL": wire(urlsplit(servers["cache"]["url"]).path),
        }


def through(product: Product, wired: dict[str, Wire]) -> dict[str, str]:
    """The settings of whoever is at the other end of the wires."""
    servers = Home(product.home).running().servers
    database = urlsplit(servers["database"]["url"])
    found = {"HAUBERK_DATABASE_URL": f"postgresql://{database.netloc}{{at}}{database.path}"}
    for role in ("queue", "cache"):
        password = _query(servers[role]["url"])["password"]
        found[f"HAUBERK_{role.upper()}_URL"] = f"redis://:{password}@{{at}}/0"
    return {name: url.format(at=f"{wired[name].host}:{wired[name].port}") for name, url in found.items()}


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory) -> Callable[[int], dict[str, str]]:
    """`wrong(600)`: the settings of a process whose clock is ten minutes ahead."""
    built = tmp_path_factory.mktemp("clock") / "wrong_clock.so"
    source = Path(__file__).with_name("wrong_clock.c")
    subprocess.run([installed("cc"), "-shared", "-fPIC", "-o", built, source, "-ldl"], check=True)
    return lambda seconds: {"LD_PRELOAD": str(built), "WRONG_CLOCK_SECONDS": str(seconds)}


@contextmanager
def worker(product: Product, *around: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    log = product.home.parent / f"worker.{time.monotonic_ns()}.log"
    given = {**environment_of(product), "HAUBERK_WORKER_PROCESSES": "2", **more}
    with started(
        [*around, sys.executable, "-m", "hauberk", "worker"], given, cwd=product.home.parent, log=log
    ) as process:
        ready = int(given["HAUBERK_WORKER_PROCESSES"])
        wait_for(
            lambda: log.read_text().count("worker_started") == ready or process.poll() is not None,
            90,
            "a ready worker",
        )
        assert process.poll() is None, log.read_text()
        yield process


def test_replies_that_are_lost(product, namespace, still, load, reference, chance):
    """What the queue, the cache or the database has done is not told to the worker."""
    with (
        wires(product) as wired,
        worker(product, "ip", "netns", "exec", namespace, **through(product, wired)),
    ):
        sending = load(days=10)
        for _ in range(40):
            time.sleep(chance.uniform(0.05, 0.4))
            chance.choice(list(wired.values())).lose_replies(1)
            FIGURES.faults += 1
        check(sending, reference, time.monotonic(), "lost replies")
        assert sum(wire.lost for wire in wired.values()) >= 30


def test_connections_that_break(product, namespace, still, load, reference, chance):
    with (
        wires(product) as wired,
        worker(product, "ip", "netns", "exec", namespace, **through(product, wired)),
    ):
        sending = load(days=10)
        for _ in range(20):
            time.sleep(chance.uniform(0.05, 0.4))
            chance.choice(list(wired.values())).reset()
            FIGURES.faults += 1
        check(sending, reference, time.monotonic(), "broken connections")


def test_a_cut_that_nobody_is_told_of(product, namespace, still, load, reference):
    """Nothing waits for the dead connections for longer than 35 seconds after the cable is in again."""
    with (
        wires(product) as wired,
        worker(product, "ip", "netns", "exec", namespace, **through(product, wired)) as process,
    ):
        sending = load(days=12, size=180)
        wait_for(lambda: _reads(process), 60, "an import")
        subprocess.run(["ip", "link", "set", "cable", "down"], check=True)
        FIGURES.faults += 1
        time.sleep(CUT_SECONDS)
        subprocess.run(["ip", "link", "set", "cable", "up"], check=True)
        since = time.monotonic()
        with looking(product) as database:
            done = "select count(*) from job where state = 'done' and kind = 'ingest.import_scan'"
            before = database.execute(done).fetchone()
            wait_for(lambda: database.execute(done).fetchone() > before, 35, "another import")
        check(sending, reference, since, f"a cut of {CUT_SECONDS} s")


def _reads(process: subprocess.Popen[str]) -> bool:
    """Somebody reads a report this moment: the child of a worker's zygote."""
    workers = [pid for pid in descendants(process.pid) if "hauberk.worker.process" in command(pid)]
    return any(children(zygote) for each in workers for zygote in children(each))


def test_clocks_that_are_wrong(product, still, client, reference, wrong):
    """A worker ten minutes ahead, one as much behind, an API ahead: leases are the database's, and nothing is from the future."""
    with looking(product) as database:
        ((before,),) = database.execute("select coalesce(max(id), 0) from job").fetchall()
    port = free_port()
    own = environment_of(product) | {"HAUBERK_PORT": str(port), "HAUBERK_WORKERS": "1"} | wrong(600)
    log = product.home.parent / "ahead.log"
    with (
        worker(product, HAUBERK_WORKER_PROCESSES="1", **wrong(600)),
        worker(product, HAUBERK_WORKER_PROCESSES="1", **wrong(-600)),
        started(serve_command(), own, cwd=product.home.parent, log=log) as process,
    ):
        assert answer(f"http://127.0.0.1:{port}/health/ready", process)[0] == 200
        ahead = replace(client, product=SimpleNamespace(port=port, home=product.home), accepted={})
        sending = Load(ahead, "wrong clocks", SEED, days=10).start()
        check(sending, reference, time.monotonic(), "wrong clocks")
        with looking(product) as database:
            again = "select count(*) from job where kind = 'ingest.import_scan' and attempts > 1 and id > %s"
            assert database.execute(again, [before]).fetchone() == (0,)
            columns = database.execute(
                "select table_name, column_name from information_schema.columns where table_schema = 'public'"
                " and data_type like 'timestamp%%' and column_name = any(%s)"
                " and table_name not like 'readiness%%'",  # there a machine says when it looked, and that its clock is wrong
                [list(INSTANTS)],
            ).fetchall()
            assert len(columns) > 30
            from_the_future = [
                f"{table}.{column}"
                for table, column in columns
                if database.execute(
                    f"select from {table} where {column} > now() + interval '1 min' limit 1"
                ).fetchall()
            ]
            assert from_the_future == []
