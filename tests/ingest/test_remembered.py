"""The same file again is not read: what its scope's newest complete report said of it still stands."""

import json
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from factories import reports
from factories.counted import counts
from hauberk.ingest import remembered
from hauberk.ingest.child import SandboxedReader
from hauberk.testing.samples import GOLDEN
from ingest.test_large import doubled, limited

SAMPLES = Path(__file__).parents[1] / "parsers" / "samples"
REPORT = json.dumps(reports.code(40)).encode()


@pytest.fixture
def send(imports):
    """`send(report, …)`: the scan, and how many processes read of the report beyond what it is."""

    def run(report, *, is_read=False, **asked):
        with capture_logs() as logs:
            scan = imports(report, is_read=is_read, **asked)
        return scan, sum(each["event"] == "child_ended" for each in logs) - 1

    return run


def test_the_same_file_again_is_not_read_and_counts_as_if_it_were(imports, send, consistent):
    send(REPORT)
    read, times = send(REPORT + b"\n")
    assert times == 1
    again, times = send(REPORT + b"\n")
    assert times == 0
    assert again.state == "done"
    counts(again, unchanged=40)
    told = ("format", "scanner", "tool_version", "counts", "problems", "asset_id", "scope_id", "is_complete")
    assert [getattr(again, each) for each in told] == [getattr(read, each) for each in told]
    assert imports.value("select last_scan_id from scope") == again.id
    consistent()


@pytest.mark.long
def test_it_goes_on_so_for_any_number_of_files_one_after_the_other(send):
    send(REPORT)
    assert [send(REPORT)[1] for _ in range(3)] == [0, 0, 0]


def largest_sample(format_id: str) -> Path:
    samples = (path for path in (SAMPLES / format_id).iterdir() if not path.name.endswith(GOLDEN))
    return max(samples, key=lambda path: path.stat().st_size)


@pytest.fixture
def tells_the_same(send):
    def check(format_id: str) -> None:
        path = largest_sample(format_id)
        content, asked = path.read_bytes(), {"file_name": path.name, "format": format_id}
        send(content, **asked)
        again, _ = send(content, **asked)
        read, times = send(content, is_read=True, **asked)
        assert times >= 1
        assert (again.state, again.counts, again.problems) == (read.state, read.counts, read.problems)

    return check


@pytest.mark.parametrize("format_id", ["gitleaks-json", "sarif", "trivy-json", "nessus-xml", "checkov-json"])
def test_it_tells_what_reading_it_again_tells(tells_the_same, format_id):
    tells_the_same(format_id)


@pytest.mark.nightly
@pytest.mark.parametrize("format_id", sorted(path.name for path in SAMPLES.iterdir()))
def test_it_tells_what_reading_it_again_tells_in_every_format(tells_the_same, format_id):
    tells_the_same(format_id)


def test_a_preview_of_it_is_read_because_it_shows_each_result(send):
    send(REPORT)
    scan, times = send(REPORT, dry_run=True)
    assert times == 1
    counts(scan, unchanged=40)


@pytest.mark.long
def test_another_report_in_between_has_it_read_again(send, consistent):
    send(REPORT)
    send(reports.code(40, shift=20))
    scan, times = send(REPORT)
    assert times == 1
    counts(scan, moved=40)
    consistent()


@pytest.mark.parametrize(
    "between",
    [
        {"is_partial": True},
        {"asset": "another"},
        {"ref": "feature"},
        {"scope": "nightly"},
        {"format": "gosec-json"},
    ],
)
def test_it_is_read_where_it_belongs_elsewhere_or_is_asked_otherwise(send, between):
    send(REPORT)
    assert send(REPORT, **between)[1] == 1


def test_it_is_read_after_anybody_changed_the_scope(imports, send):
    send(REPORT)
    imports.run("update scope set version = version + 1")
    assert send(REPORT)[1] == 1
    assert send(REPORT)[1] == 0


def test_it_is_read_by_another_version_of_the_code(send, monkeypatch):
    send(REPORT)
    identify = SandboxedReader.identify
    monkeypatch.setattr(
        SandboxedReader,
        "identify",
        lambda *asked: msgspec.structs.replace(identify(*asked), readers="another"),
    )
    assert [send(REPORT)[1] for _ in range(2)] == [1, 0]


def test_a_report_whose_closings_are_held_is_read_again(imports, send):
    send(REPORT)
    held, _ = send(json.dumps(reports.code(0)).encode())
    assert held.state == "held"
    scan, times = send(json.dumps(reports.code(0)).encode())
    assert (scan.state, times) == ("held", 1)


def test_an_older_report_that_comes_late_changes_nothing_though_it_is_the_same_file(imports, send):
    newest, _ = send(REPORT, scanned_at="2026-03-02T00:00:00Z")
    late, times = send(REPORT, scanned_at="2026-03-01T00:00:00Z")
    assert (late.superseded_by, times) == (newest.id, 0)
    counts(late, unchanged=40)
    assert imports.value("select last_scan_id from scope") == newest.id


def test_what_postgresql_compared_is_remembered_too(imports, consistent):
    small, report = limited(imports, 0), json.dumps(doubled(reports.code(40))).encode()
    small(report, is_read=False)
    again = small(report, is_read=False)
    counts(again, unchanged=40, folded=7)
    assert again.problems == []
    consistent()


def test_one_that_tells_too_much_to_be_remembered_is_read_again(send, monkeypatch):
    monkeypatch.setattr(remembered, "MAX_BYTES", 10)
    send(REPORT)
    assert send(REPORT)[1] == 1
