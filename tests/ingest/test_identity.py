"""The identity test kit through a database: one format of each kind here, all of them in the nightly set (`make identity`).

A sample's findings are imported as a divided report's part is, so what scanners do to their output can be done to any of
them; all behind the parser is the product: child, comparison, drift, writing transaction.
"""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from hauberk.db.models.scan import Scan
from hauberk.db.session import transaction
from hauberk.domain.reported import ReportedFinding, ReportHeader
from hauberk.infra.storage import open_storage
from hauberk.ingest.parts import PartHead, frame
from hauberk.ingest.scope import Requested
from hauberk.parsers.registry import parsers
from hauberk.testing.changes import CHANGES, concerns, repeated, shuffled
from hauberk.testing.samples import GOLDEN, findings_of, read

SAMPLES = Path(__file__).parents[1] / "parsers" / "samples"
ONE_OF_EACH_KIND = {
    "sast": "semgrep-json",
    "secret": "gitleaks-json",
    "sca": "trivy-json",
    "container": "grype-json",
    "iac": "checkov-json",
    "cloud": "prowler-json",
    "dast": "zap-json",
    "infrastructure": "nessus-xml",
}
NOTHING = {"new": 0, "reopened": 0, "closed": 0}
HELD_FROM = 5
WORKERS = 4
AT_ONCE = (
    20  # each night; of each kind here as many as there are workers, for test_concurrency.py sends twenty
)
ACTIVE = (
    "select count(*) from finding where is_active and asset_id = (select id from asset where name = :asset)"
)


def findings_of_format(format_id: str) -> list[ReportedFinding]:
    """Of the largest sample; without suppressed ones, leaked values and statements, which other tests look at."""
    samples = [path for path in (SAMPLES / format_id).iterdir() if not path.name.endswith(GOLDEN)]
    found = max((findings_of(read(path.read_bytes(), format_id)) for path in samples), key=len)
    return [msgspec.structs.replace(each, suppression=None, secret=None, vex=None) for each in found]


@pytest.fixture
def accept(imports, tmp_path):
    """`accept(format_id, findings, times=…, asset=…, ref=…, scanned_at=…)`: ids of that many accepted scans of them.

    Without the order that jobs of one asset have: nothing keeps them apart but what the database does.
    """

    def run(format_id: str, findings: list[ReportedFinding], *, times: int = 1, **asked: Any) -> list[int]:
        info = parsers()[format_id].info
        head = PartHead(format=format_id, scanner=info.scanner, kinds=info.kinds, header=ReportHeader())
        path = tmp_path / "part"
        path.write_bytes(b"".join(frame(each) for each in (head, *findings)))
        stored = open_storage(imports.settings).write_file(path)
        about = {
            "organization_id": imports.organization,
            "sha256": secrets.token_hex(32),  # of no other file: each is read
            "size_bytes": stored.size_bytes,
        }
        requested = msgspec.to_builtins(Requested(format=format_id, **({"asset": "shop"} | asked)))
        with transaction(imports.engine, imports.organization) as connection:
            added = insert(Scan).returning(Scan.id)
            whole = connection.scalar(added.values(**about, requested={"asset": "auto"}, state="running"))
            part = {**about, "requested": requested, "storage_key": stored.key, "part_of": whole}
            ids = [connection.scalar(added.values(**part)) for _ in range(times)]
            for scan_id in ids:
                imports.enqueue(connection, scan_id)
        return ids

    return run


@pytest.fixture
def take_in(imports, accept):
    """The scan of one such report."""

    def run(format_id: str, findings: list[ReportedFinding], **asked: Any) -> Any:
        (scan_id,) = accept(format_id, findings, **asked)
        imports.work()
        return imports.scan(scan_id)

    return run


@pytest.fixture
def at_once(imports, accept):
    """The scans of one report that was sent so many times, worked at by several workers."""

    def run(format_id: str, findings: list[ReportedFinding], times: int, **asked: Any) -> list[Any]:
        ids = accept(format_id, findings, times=times, **asked)
        with ThreadPoolExecutor(WORKERS) as pool:
            for done in [pool.submit(imports.work) for _ in range(WORKERS)]:
                done.result()
        return [imports.scan(scan_id) for scan_id in ids]

    return run


@pytest.fixture
def stays(take_in, at_once, imports, consistent):
    """Nobody's list lies, whatever a scanner does to its output."""

    def check(format_id: str, times: int) -> None:
        findings = findings_of_format(format_id)
        made = _stay_through_changes(take_in, imports, format_id, findings)
        _stay_apart(take_in, imports, format_id, findings, made)
        _come_back(take_in, imports, format_id, findings, made)
        _are_one(at_once, imports, format_id, findings, times, made)
        consistent()

    return check


def _stay_through_changes(take_in: Any, imports: Any, format_id: str, findings: list[ReportedFinding]) -> int:
    """How many findings are active all the while."""
    first = take_in(format_id, findings)
    assert (first.state, first.error) == ("done", None)
    made: int = first.counts["findings"]["new"]
    assert imports.value(ACTIVE, asset="shop") == made > 0

    for name, change in CHANGES.items():
        if not concerns(change, findings):  # it would be the same report again
            continue
        scan = take_in(format_id, change(findings))
        assert (scan.state, scan.counts["new"], scan.counts["findings"]) == ("done", 0, NOTHING), name
        assert imports.value(ACTIVE, asset="shop") == made, name
        if change not in (repeated, shuffled):
            back = take_in(format_id, findings)
            assert back.counts["findings"] == NOTHING, f"back from {name}"
    again = take_in(format_id, findings)
    changed = {name: again.counts[name] for name in ("new", "moved", "changed", "reopened", "closed")}
    assert not any(changed.values()), changed
    return made


def _stay_apart(
    take_in: Any, imports: Any, format_id: str, findings: list[ReportedFinding], made: int
) -> None:
    """Of what is about another asset, another ref or an earlier day."""
    other = take_in(format_id, findings[:1], asset="till")
    branch = take_in(format_id, findings[:1], ref="feature")
    older = take_in(format_id, findings[:1], scanned_at="2001-01-01T00:00:00Z")
    assert [each.counts["closed"] for each in (other, branch, older)] == [0, 0, 0]
    assert older.superseded_by is not None
    assert imports.value(ACTIVE, asset="shop") == made


def _come_back(
    take_in: Any, imports: Any, format_id: str, findings: list[ReportedFinding], made: int
) -> None:
    """After an empty report, and half of one."""
    standing = imports.value("select max(open_occurrences) from scope")
    empty = take_in(format_id, [])
    if standing >= HELD_FROM:
        assert (empty.state, empty.counts["closed"]) == ("held", 0)
    half = take_in(format_id, findings[::2])
    gone = half.counts["findings"]["closed"]
    whole = take_in(format_id, findings)
    came = whole.counts["findings"]
    assert came["new"] == came["closed"] == 0
    if standing >= HELD_FROM:  # else the empty report had closed all of them before
        assert came["reopened"] == gone
    assert imports.value(ACTIVE, asset="shop") == made


def _are_one(
    at_once: Any, imports: Any, format_id: str, findings: list[ReportedFinding], times: int, made: int
) -> None:
    """The same report so many times at once."""
    scans = at_once(format_id, findings, times, asset="crowd")
    assert [(scan.state, scan.error) for scan in scans] == [("done", None)] * times
    assert sorted(scan.counts["findings"]["new"] for scan in scans) == [0] * (times - 1) + [made]
    assert imports.value(ACTIVE, asset="crowd") == made


@pytest.mark.long
@pytest.mark.parametrize("kind", ONE_OF_EACH_KIND)
def test_findings_of_each_kind_are_known_again(stays, kind):
    format_id = ONE_OF_EACH_KIND[kind]
    assert kind in {each.value for each in parsers()[format_id].info.kinds}
    stays(format_id, WORKERS)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "format_id", sorted({path.name for path in SAMPLES.iterdir() if path.name in parsers()})
)
def test_findings_of_every_format_are_known_again(stays, format_id):
    if not findings_of_format(format_id):
        pytest.skip("its samples hold no finding without a secret's value or a suppression")
    stays(format_id, AT_ONCE)
