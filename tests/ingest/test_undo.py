"""Undoing a scan: what is left is what would be there had it never been sent."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from factories import reports
from faults.reference import Sent, State
from faults.site import ORGANIZATION, Site, expected, fresh_site
from hauberk.db.session import transaction
from hauberk.infra.storage import open_storage
from hauberk.ingest.history_statements import BEGIN, CLEAR
from hauberk.ingest.replay import Effect, Recomputation
from hauberk.ingest.spool import SpoolFolder
from hauberk.ingest.statements import STAGE
from ingest.acting import InProcess


@pytest.fixture
def site(servers, tmp_path) -> Iterator[Site]:
    with fresh_site(servers, tmp_path) as opened:
        yield opened


@pytest.fixture
def reference(servers, tmp_path):
    return lambda *sent: expected(servers, tmp_path, sent)


def undo(site: Site, scan_id: int, *, keeps: bool = False) -> Effect:
    @contextmanager
    def report(scan):
        with open_storage(site.settings).open_local(scan.storage_key) as path:
            yield InProcess(path)

    with (
        transaction(site.engine, ORGANIZATION) as connection,
        SpoolFolder(site.settings.home / "spool") as spool,
    ):
        return Recomputation(connection, ORGANIZATION, b"k" * 32, report, spool, keeps=keeps).of(scan_id)


def send(site: Site, *sent: Sent) -> list[int]:
    ids = []
    for each in sent:
        ids.append(site.accept(each))
        site.work()
    assert {scan.state for scan in site.scans()} <= {"done", "held"}
    return ids


def same(found: State, wanted: State) -> None:
    """Says which rows differ."""
    for part, rows in vars(wanted).items():
        here = [repr(row) for row in getattr(found, part)]
        there = [repr(row) for row in rows]
        assert sorted(set(here) - set(there)) == sorted(set(there) - set(here)), part
    assert found == wanted


def occurrence_counts(site: Site) -> list[tuple[int, dict[str, int]]]:
    """How many findings are new depends on what scans of other scopes, which are not read again, say of them now."""
    return [
        (each.id, {name: n for name, n in each.counts.items() if name != "findings"}) for each in site.scans()
    ]


def remains(state: State) -> State:
    """Without scopes in which nothing was ever scanned, and rows of nothing."""
    return State(**vars(state) | {"scopes": [row for row in state.scopes if row[5] is not None]})


FIRST = Sent(reports.code(20), day=1)


@pytest.mark.long
@pytest.mark.parametrize(
    "second",
    [
        pytest.param(reports.code(25), id="new ones"),
        pytest.param(reports.code(20, skip=(1, 2, 3)), id="closed ones"),
        pytest.param(reports.code(20, shift=20), id="moved ones"),
        pytest.param(reports.code(20, severity="LOW", title="Other words"), id="changed ones"),
        pytest.param(reports.code(30, shift=3, skip=(0, 4), severity="LOW"), id="all of it"),
        pytest.param(reports.code(0), id="held"),
        pytest.param(reports.code(22, skip=tuple(range(12))), id="held with new ones"),
    ],
)
def test_the_newest_scan_leaves_what_was_there_before(site, reference, second):
    _, scan_id = send(site, FIRST, Sent(second, day=2))
    undo(site, scan_id)
    same(site.state(), reference(FIRST))


def test_the_only_scan_leaves_nothing(site):
    (scan_id,) = send(site, FIRST)
    undo(site, scan_id)
    state = remains(site.state())
    assert (state.findings, state.keys, state.occurrences, state.scopes, state.buckets) == (
        [],
        [],
        [],
        [],
        [],
    )


@pytest.mark.long
def test_what_only_the_undone_scan_had_settled_is_held_again(site):
    _, held, whole, late = send(
        site,
        FIRST,
        Sent(reports.code(0), day=2),
        Sent(reports.code(20), day=3),
        Sent(reports.code(20), day=4),
    )

    def standing():
        (row,) = site.rows(f"select state, superseded_by from scan where id = {held}")
        return tuple(row)

    assert standing() == ("done", whole)
    undo(site, whole)
    assert standing() == ("done", late)
    undo(site, late)
    assert standing() == ("held", None)


MATCHES = {
    "matches": [
        {
            "vulnerability": {"id": "GHSA-aaaa-bbbb-cccc", "severity": "Critical", "fix": {"versions": []}},
            "relatedVulnerabilities": [{"id": "CVE-2024-1001"}],
            "matchDetails": [{"type": "exact-direct-match"}],
            "artifact": {
                "name": "package-1", "version": "1.0.0", "type": "npm", "purl": "pkg:npm/package-1@1.0.0",
                "locations": [{"path": "/package-lock.json"}],
            },
        }
    ],
    "source": {"type": "directory", "target": "."},
    "descriptor": {"name": "grype", "version": "0.90.0"},
}  # fmt: skip


def series(chance: random.Random) -> list[Sent]:
    """What pipelines might send for one asset: two scanners of code and packages, a branch, a late report."""
    sent = []
    for day in range(1, 9):
        kind = (
            chance.random() if day > 2 else 0.0
        )  # the first report of an asset says what its default ref is
        skip = tuple(chance.sample(range(24), chance.choice((0, 1, 2, 3, 12))))
        if kind < 0.6:
            report = reports.code(
                chance.choice((18, 24)),
                skip=skip,
                shift=chance.choice((0, 0, 0, 5)),
                severity=chance.choice(("HIGH", "HIGH", "LOW")),
            )
            late = chance.random() < 0.15
            sent.append(Sent(report, day=max(0, day - 3) if late else day))
        elif kind < 0.7:
            sent.append(Sent(reports.code(20, skip=skip), ref="release", day=day))
        elif kind < 0.85:
            report = reports.packages(6, skip=skip, version=chance.choice(("1.0.0", "1.1.0")))
            sent.append(Sent(report, day=day))
        else:
            sent.append(Sent(MATCHES, day=day))
    return sent


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000, 1004))
def test_any_scan_of_a_series_leaves_what_would_be_there_without_it(site, reference, seed):
    chance = random.Random(seed)
    sent = series(chance)
    ids = send(site, *sent)
    gone = chance.randrange(len(sent))
    undo(site, ids[gone])
    left = [each for number, each in enumerate(sent) if number != gone]
    same(remains(site.state()), reference(*left))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 102))
def test_scans_undone_one_after_the_other_in_any_order_leave_the_rest(site, reference, seed):
    chance = random.Random(seed)
    sent = series(chance)
    ids = send(site, *sent)
    gone = chance.sample(range(len(sent)), 3)
    for number in gone:
        undo(site, ids[number])
    left = [each for number, each in enumerate(sent) if number not in gone]
    same(remains(site.state()), reference(*left))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200, 202))
def test_reading_a_scan_again_with_the_same_parser_changes_nothing(site, seed):
    chance = random.Random(seed)
    sent = series(chance)
    ids = send(site, *sent)
    before = site.state()
    numbers = site.rows("select id from finding order by id")
    counts = occurrence_counts(site)
    effect = undo(site, ids[chance.randrange(len(sent))], keeps=True)
    same(site.state(), before)
    assert site.rows("select id from finding order by id") == numbers
    assert occurrence_counts(site) == counts
    assert effect.changes == []


def test_a_replay_leaves_no_table_of_the_scan_before_it(site):
    """Several imports run in one transaction: each makes its own temporary tables, so all of them go in between."""
    with transaction(site.engine, ORGANIZATION) as connection:
        for statement in (
            *BEGIN,
            *STAGE,
            "create temporary table of_tomorrow (id int8) on commit drop",
            CLEAR,
        ):
            connection.execute(text(statement))
        left = connection.execute(
            text("select relname from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'")
        )
        assert {name for (name,) in left} == {"former", "concerned", "made"}
        connection.execute(text(CLEAR))
