"""`kill -9` of the worker at each statement of the two long ways: what PostgreSQL compares, and what is read again.

A small number in the suite would say little and take long: all of it is for `make faults`.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from factories import reports
from faults.figures import FIGURES
from faults.reference import Sent
from faults.site import ORGANIZATION, Site
from hauberk.db.session import transaction
from hauberk.domain.permissions import Actor
from hauberk.features.scans.acting import Order
from hauberk.features.scans.jobs import undo_scan
from hauberk.jobs.enqueue import enqueue

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
TESTS = Path(__file__).parents[1]
FIRST = reports.packages(20)
SECOND = reports.packages(20, skip=(4, 5), severity="LOW")
THIRD = reports.packages(21, skip=(5,))


def killed_at(site: Site, number: int) -> bool:
    """One worker until it dies; whether it did."""
    file = site.settings.home / "settings.pickle"
    file.write_bytes(pickle.dumps(site.settings))
    path = os.pathsep.join((str(TESTS), str(TESTS.parent / "src")))
    ended = subprocess.run(
        [sys.executable, "-m", "faults.dying_worker", file, str(number)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr[-2000:]
    return ended.returncode != 0


def recover(site: Site, what: str) -> None:
    """As after the lease: somebody else takes it up."""
    began = time.monotonic()
    site.run("update job_lease set expires_at = now() - interval '1 second'")
    site.sweep()
    site.work_off()
    FIGURES.recovered(what, time.monotonic() - began)
    FIGURES.faults += 1
    assert site.rows("select 1 from job where state <> 'done'") == []
    assert list((site.settings.home / "spool").glob("*")) == []


def shown(site: Site, asset: str):
    return [[row[1:] for row in rows] for rows in vars(site.state().of_assets([asset])).values()]


def large(site: Site) -> None:
    """From here on nothing fits into memory, and PostgreSQL compares."""
    parser = site.settings.parser.model_copy(update={"comparison": 0})
    site.settings = site.settings.model_copy(update={"parser": parser})
    site.workplaces = [replace(each, settings=site.settings) for each in site.workplaces]


def sent(site: Site, asset: str, *all_of_them) -> list[int]:
    made = []
    for day, report in enumerate(all_of_them):
        made.append(site.accept(Sent(report, asset=asset, day=day)))
        site.work_off()
    return made


def take_back(site: Site, scan_id: int, asset: str) -> None:
    """As the API orders it; the scans after it are read again without it."""
    actor = Actor.system(ORGANIZATION)
    order = Order(scan_id, None, actor.name, None, actor.role.value, "done")
    with transaction(site.engine, ORGANIZATION) as connection:
        enqueue(
            connection,
            undo_scan,
            organization_id=ORGANIZATION,
            serial_key=f"asset:{asset}",
            **asdict(order),
        )


def each_kill(site: Site, order, states, what: str) -> int:
    """A fresh asset for each: after the kill it is as before or whole, after the recovery it is whole."""
    for met, number in enumerate(range(1, 10_000)):
        asset = f"shop {number}"
        order(asset)
        has_died = killed_at(site, number)
        assert shown(site, asset) in states, f"killed at {number}: half of it is there"
        recover(site, what)
        assert shown(site, asset) == states[1], f"killed at {number}: the retry gives something else"
        FIGURES.accepted += 1
        if not has_died:
            return met  # there are fewer
    raise AssertionError("it never ends")


def test_a_comparison_by_postgresql_is_whole_whenever_its_worker_is_killed(site):
    large(site)
    sent(site, "reference", FIRST)
    before = shown(site, "reference")
    sent(site, "reference whole", FIRST, SECOND)
    states = (before, shown(site, "reference whole"))
    assert states[0] != states[1]

    def order(asset):
        sent(site, asset, FIRST)
        site.accept(Sent(SECOND, asset=asset, day=1))

    assert each_kill(site, order, states, "a killed comparison by PostgreSQL") >= 5


def test_what_is_read_again_is_whole_whenever_its_worker_is_killed(site):
    sent(site, "reference", FIRST, SECOND, THIRD)
    before = shown(site, "reference")
    _, second, _ = sent(site, "reference whole", FIRST, SECOND, THIRD)
    take_back(site, second, "reference whole")
    site.work_off()
    states = (before, shown(site, "reference whole"))
    assert states[0] != states[1]

    def order(asset):
        _, scan_id, _ = sent(site, asset, FIRST, SECOND, THIRD)
        take_back(site, scan_id, asset)

    assert each_kill(site, order, states, "a killed replay") >= 5
