"""Whoever stops a process waits until it has drained: units, compose and chart against the settings and the worker's own time."""

import re
from pathlib import Path

import pytest

from hauberk.infra.settings.sections import Http
from hauberk.worker.main import DRAIN_SECONDS, KILL_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
NOTICE_SECONDS, CLOSING_SECONDS = 5, 5
"""Behind a balancer, as `notice_seconds` is when it is unset."""
WAITS = {
    "systemd/hauberk@.service": r"^TimeoutStopSec=(\d+)$",
    "compose/compose.yaml": r"^ +stop_grace_period: (\d+)s$",
    "helm/hauberk/templates/_names.tpl": r"^ +terminationGracePeriodSeconds: (\d+)$",
}


@pytest.mark.parametrize(("file", "pattern"), WAITS.items(), ids=WAITS)
def test_nothing_is_killed_before_it_has_drained(file, pattern):
    found = [
        int(seconds)
        for seconds in re.findall(pattern, (DEPLOY / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert found, f"{file} does not say how long it waits"
    requests = NOTICE_SECONDS + Http.model_fields["drain_seconds"].default + CLOSING_SECONDS
    assert min(found) >= max(requests, DRAIN_SECONDS + KILL_SECONDS)


def test_a_unit_signals_the_process_that_supervises_and_kills_all_in_the_end():
    unit = (DEPLOY / "systemd/hauberk@.service").read_text(encoding="utf-8")
    assert re.search(r"^KillMode=mixed$", unit, re.MULTILINE)
    assert re.search(r"^ExecReload=/bin/kill -HUP \$MAINPID$", unit, re.MULTILINE)
