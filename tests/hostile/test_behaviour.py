"""B1 to B6: a reader that misbehaves fails its own scan only; many uploads of one tenant, and names that are none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx2
import pytest
from prometheus_client import REGISTRY

from factories.listening import listening
from factories.working import working
from fixtures.api import unlimited
from hauberk.ingest import child
from hauberk.ingest.sandbox import sandbox as sandboxes
from hauberk.ingest.sandbox.sandbox import Sandbox
from hostile.catalogue import Try
from hostile.conftest import Door
from hostile.json_cases import finding, report

pytestmark = pytest.mark.timeout(1800)
PARSERS = str(Path(__file__).parent / "parsers")
MIB = 2**20
ORDINARY = Try(report(finding(1), finding(2)), findings=2)
MISBEHAVING = {
    "B1": ("loop", "parser_timed_out"),
    "B1 in C code": ("match_for_ever", "parser_timed_out"),
    "B2": ("hoard", "parser_out_of_memory"),
    "B3": ("crash", "parser_crashed"),
    "B4": ("reach", "schema_mismatch"),
    "B4 uncaught": ("pry", "parser_crashed"),
}


@pytest.fixture(scope="module")
def tight(settings):
    """With seconds of the processor, so that nobody has to wait for half an hour."""
    limits = {"memory": 320 * MIB, "cpu_seconds": 2, "wall_seconds": 60}
    changed = unlimited(settings)
    changed = changed.model_copy(update={"parser": changed.parser.model_copy(update=limits)})
    sandboxes._shared[sandboxes.limits_of(changed)] = own = Sandbox(changed, folders=[PARSERS])
    with listening(changed) as server, working(changed) as worker:
        yield Door(server, worker)
    del sandboxes._shared[own.limits]
    own.close()


@pytest.mark.long
@pytest.mark.parametrize("number", MISBEHAVING)
def test_a_reader_that_misbehaves_fails_its_own_scan_only(tight, monkeypatch, number):
    assert tight(ORDINARY, number).state == "done"
    zygote = sandboxes.shared(tight.worker.workplace.settings).zygote_pid
    name, code = MISBEHAVING[number]
    denied = REGISTRY.get_sample_value("sandbox_denied_total")
    with monkeypatch.context() as patched:
        patched.setattr(child, "ENTRY", f"misbehaving:{name}")
        ended = tight(ORDINARY, number)
    assert (ended.state, ended.code, ended.findings) == ("failed", code, [])
    assert 10 < len(ended.message) < 300
    assert REGISTRY.get_sample_value("sandbox_denied_total") - denied == (name == "pry")
    if name == "reach":
        assert ended.message == "It reached nothing of all that it tried."
    assert ended.peak_mib < 400
    assert tight(ORDINARY, number).state == "done"
    assert sandboxes.shared(tight.worker.workplace.settings).zygote_pid == zygote


@pytest.mark.long
def test_b5_one_tenant_s_flood_does_not_keep_another_waiting(fresh_settings, size):
    """With two at work, the other tenant's one report is next, however many wait before it."""
    flood = size(1_000, 12)
    settings = unlimited(fresh_settings)
    with listening(settings) as one, listening(settings) as other, working(settings) as worker:
        loud, quiet = Door(one, worker), Door(other, worker)
        for number in range(flood):
            _post(loud, asset=f"flood {number}")
        _post(quiet, asset="quiet")
        _side_by_side(worker, worker)
        (mine,) = quiet.get("/scans")["items"]
        others = _all_scans(loud)
    assert len(others) == flood
    assert {each["state"] for each in [mine, *others]} == {"done"}
    assert sum(each["finished_at"] < mine["finished_at"] for each in others) <= 5


@pytest.mark.long
def test_v10_one_report_ten_times_at_once_is_one_result(fresh_settings):
    """In as many orders of its findings, sent side by side to several workers."""
    settings = unlimited(fresh_settings)
    findings = [finding(number) for number in range(20)]
    orders = [report(*findings[number:], *findings[:number]) for number in range(10)]
    with listening(settings) as server, working(settings) as worker:
        door = Door(server, worker)
        _side_by_side(*(partial(_post, door, asset="at once", content=content) for content in orders))
        _side_by_side(*[worker] * 4)
        scans = _all_scans(door)
        found = door.findings("at once")
    assert {each["state"] for each in scans} == {"done"}
    assert sorted(each["counts"]["findings"]["new"] for each in scans) == [0] * 9 + [20]
    assert [each["counts"]["findings"]["closed"] for each in scans] == [0] * 10
    assert sorted(each["title"] for each in found) == sorted(each["title"] for each in findings)


def _side_by_side(*acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def _post(door: Door, *, asset: str, content: bytes | None = None) -> None:
    answer = httpx2.post(
        f"{door.server.url}/api/v1/scans",
        headers=door.server.member.headers,
        data={"asset": asset},
        files={"file": content or ORDINARY.content},
        timeout=60,
        verify=False,
    )
    assert answer.status_code == 202, answer.text


def _all_scans(door: Door) -> list[dict]:
    found, cursor = [], None
    while True:
        page = door.get("/scans", limit=200, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page.get("next_cursor")
        if not cursor:
            return found


@pytest.mark.parametrize(
    "name",
    [
        "\U0001f600" * 60,
        "\U0001f600" * 63 + "abc",
        'quo"te.json',
        "../../etc/passwd",
        "a\r\nSet-Cookie: b=c.json",
        "x" * 5_000,
    ],
)
def test_b6_a_file_s_name_is_no_more_than_something_to_show(door, name):
    ended = door(Try(report(finding()), name=name), "B6")
    assert ended.state == "done"
    kept = ended.scan["file_name"]
    assert len(kept) <= 300
    assert kept.isprintable()
