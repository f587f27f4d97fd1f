"""Two things that happen to one finding: neither makes the other say what is not so."""

import pytest

from factories import reports
from factories.packages import DAY, KNOWN, MONDAY, OTHER, named, one, packages, two
from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.ingest import regroup
from hauberk.kit import clock
from ingest.test_due_dates import Policies


@pytest.mark.long
def test_a_scan_that_is_read_again_moves_no_due_date(imports, acts):
    policies = Policies(imports)
    policies.add(high=30)
    first = imports(one("a.json"), scanned_at=MONDAY)
    imports(one(), scanned_at=MONDAY + DAY)
    imports(two("a.json"), scanned_at=MONDAY + 2 * DAY)
    assert acts.finding(acts.only()).due_at == MONDAY + 32 * DAY
    acts.reprocess(first)
    assert policies.due() == [30 * DAY]
    assert acts.finding(acts.only()).due_at == MONDAY + 32 * DAY


def test_what_an_undone_scan_had_found_is_known_since_a_scan_that_counts(imports, acts, consistent):
    policies = Policies(imports)
    policies.add(high=30)
    wrong = imports(one("a.json"), scanned_at=MONDAY)
    finding = acts.only()
    acts.say(finding, triage=Triage.CONFIRMED)
    acts.undo(wrong)
    imports(one("a.json"), scanned_at=MONDAY + 5 * DAY)
    assert (acts.only(), acts.finding(finding).first_seen_at) == (finding, MONDAY + 5 * DAY)
    assert policies.due() == [30 * DAY]
    consistent()


class TestADecision:
    def test_does_not_return_over_a_place_that_another_scanner_brought(self, imports, acts, consistent):
        imports(one("a.json"))
        finding = acts.only()
        acts.say(finding, triage=Triage.FALSE_POSITIVE, reason="Only in tests")
        further = imports(one("a.json", "b.json"))
        imports(two("c.json"))
        acts.undo(further)
        assert acts.finding(finding).triage == Triage.OPEN.code
        consistent()

    @pytest.mark.long
    def test_returns_where_the_other_scanner_was_known_to_it(self, imports, acts, consistent):
        imports(one("a.json"))
        finding = acts.only()
        imports(two("c.json"))
        acts.say(finding, triage=Triage.FALSE_POSITIVE, reason="Only in tests")
        further = imports(one("a.json", "b.json"))
        assert acts.finding(finding).triage == Triage.OPEN.code
        imports(two("c.json"))
        acts.undo(further)
        assert acts.finding(finding).triage == Triage.FALSE_POSITIVE.code
        consistent()


class TestAJoin:
    @pytest.fixture
    def joined(self, imports, acts, hand):
        """The two scans, the finding that goes on, the one that is part of it, and the act."""
        scans = (
            imports(named(KNOWN), scanned_at=MONDAY),
            imports(named(OTHER, scanner="two"), scanned_at=MONDAY),
        )
        kept, other = hand.ids()
        return scans, kept, other, hand.join(kept, other)

    @pytest.mark.parametrize("which", [0, 1])
    def test_holds_when_a_scan_of_either_is_read_again(self, imports, acts, hand, joined, consistent, which):
        scans, kept, _, _ = joined
        assert acts.reprocess(scans[which]).changes == []
        assert hand.ids() == [kept]
        assert imports.value("select open_occurrences from finding where id = :id", id=kept) == 2
        consistent()

    @pytest.mark.parametrize("which", [0, 1])
    def test_holds_for_what_was_undone_and_is_sent_again(
        self, imports, acts, hand, joined, consistent, which
    ):
        scans, kept, _, _ = joined
        acts.undo(scans[which])
        imports((named(KNOWN), named(OTHER, scanner="two"))[which])
        assert hand.ids() == [kept]
        consistent()

    @pytest.mark.long
    @pytest.mark.parametrize("which", [0, 1])
    def test_comes_apart_after_a_scan_of_one_was_undone(self, imports, acts, hand, joined, consistent, which):
        scans, kept, other, act = joined
        acts.undo(scans[which])
        hand.undo(act)
        assert hand.ids() == [(other, kept)[which]]
        imports((named(KNOWN), named(OTHER, scanner="two"))[which])
        assert hand.ids() == [kept, other]
        consistent()

    def test_comes_apart_after_a_result_went_on_under_the_other_key(self, imports, acts, hand, consistent):
        (known,), (other,) = named(KNOWN)["findings"], named(OTHER, path="b.json")["findings"]
        imports(packages(scanner="one") | {"findings": [known, other]})
        kept, part = hand.ids()
        act = hand.join(kept, part)
        imports(one("a.json", "b.json"))
        hand.undo(act)
        assert set(acts.claims()) == {(kept, "a.json"), (kept, "b.json")}
        consistent()
        imports(one("a.json", "b.json"))
        assert hand.ids() == [kept]

    def test_holds_where_a_report_calls_a_part_of_it_what_another_finding_is_called(
        self, imports, acts, hand, consistent
    ):
        imports(named(KNOWN, scanner="two"))
        imports(named("CVE-2024-9"))
        imports(named(OTHER, scanner="three"))
        alone, kept, part = hand.ids()
        hand.join(kept, part)
        scan = imports(named(OTHER, (KNOWN, OTHER), path="b.json"))
        assert (scan.state, scan.error) == ("done", None)
        assert hand.ids() == [alone, kept]
        consistent()
        # A result stands in the one under a name that leads to the other: its only key stays when all under that is split off.
        key = imports.value("select fingerprint from finding_key where finding_id = :id", id=alone)
        going = imports.rows(
            "select id from occurrence where finding_id = :id and fingerprint = :key and closed_at is null",
            id=alone,
            key=key,
        )
        hand.split(alone, *(each.id for each in going))
        consistent()

    def test_by_names_leaves_nothing_of_what_was_undone_when_it_comes_apart(
        self, imports, acts, hand, consistent
    ):
        imports(named(KNOWN))
        second = imports(named(OTHER, scanner="two"))
        kept, other = hand.ids()
        with hand._act(cause=regroup.ALIAS) as (connection, act):
            joined = regroup.join(connection, act, kept, other)
        acts.undo(second)
        hand.undo(joined)
        assert imports.value("select array_agg(id) from finding") == [kept]
        consistent()

    def test_that_comes_apart_leaves_the_gone_one_as_it_was_seen_last(self, imports, acts, hand):
        imports(named(KNOWN), scanned_at=MONDAY)
        imports(named(OTHER, scanner="two"), scanned_at=MONDAY)
        gone, other = hand.ids()
        imports(named(), scanned_at=MONDAY + 3 * DAY)
        hand.undo(hand.join(gone, other))
        assert acts.finding(gone).last_seen_at == MONDAY


class TestASplit:
    @pytest.fixture
    def split(self, imports, acts, hand):
        """Splits `path` off a finding."""

        def off(finding: int, path: str) -> tuple[int, int]:
            occurrence = imports.value(
                "select id from occurrence where finding_id = :finding and component->>'path' = :path"
                " and closed_at is null",
                finding=finding,
                path=path,
            )
            return hand.split(finding, occurrence)

        return off

    @pytest.mark.long
    def test_of_one_that_came_back_makes_one_that_came_back(self, imports, acts, split):
        Policies(imports).add(high=30)
        for day, paths in enumerate((("a.json", "b.json"), (), ("a.json", "b.json"))):
            imports(one(*paths), scanned_at=MONDAY + day * DAY)
        finding = acts.only()
        _, made = split(finding, "b.json")
        for each in (finding, made):
            assert acts.finding(each).reopened_at == MONDAY + 2 * DAY
            assert acts.finding(each).due_at == MONDAY + 32 * DAY

    def test_has_in_the_past_what_people_had_said_by_then(self, imports, acts, split):
        imports(one("a.json", "b.json"))
        finding = acts.only()
        before = clock.now()
        acts.say(finding, triage=Triage.RISK_ACCEPTED, reason="Known")
        acts.say(finding, severity=Severity.LOW, severity_reason="Behind a wall")
        between = clock.now()
        acts.say(finding, severity=None)
        acts.say(finding, severity=Severity.CRITICAL, severity_reason="No wall")
        _, made = split(finding, "b.json")
        for at, triage, severity in (
            (before, Triage.OPEN, Severity.HIGH),
            (between, Triage.RISK_ACCEPTED, Severity.LOW),
            (clock.now(), Triage.RISK_ACCEPTED, Severity.CRITICAL),
        ):
            past = acts.as_of(at)
            assert {(past[each].triage, past[each].severity) for each in (finding, made)} == {
                (triage.code, severity.rank)
            }

    def test_of_what_was_split_off_leads_back_there(self, imports, acts, hand, split, consistent):
        scan = imports(one("a.json", "b.json", "c.json"))
        first = acts.only()
        occurrences = imports.rows("select id from occurrence where component->>'path' <> 'a.json'")
        _, second = hand.split(first, *(each.id for each in occurrences))
        act, _ = split(second, "c.json")
        hand.undo(act)
        placed = [(first, "a.json"), (second, "b.json"), (second, "c.json")]
        assert acts.claims() == placed
        assert acts.reprocess(scan).changes == []
        assert acts.claims() == placed
        consistent()


class TestLastSeen:
    @pytest.mark.long
    def test_is_when_any_scanner_saw_it_last(self, imports, acts):
        imports(one("a.json"), scanned_at=MONDAY)
        for day in (1, 2, 5):
            imports(two("a.json"), scanned_at=MONDAY + day * DAY)
        imports(two(), scanned_at=MONDAY + 6 * DAY)
        last = imports(one(), scanned_at=MONDAY + 7 * DAY)
        finding = acts.only()
        assert acts.finding(finding).last_seen_at == MONDAY + 5 * DAY
        acts.reprocess(last)
        assert acts.finding(finding).last_seen_at == MONDAY + 5 * DAY


@pytest.mark.long
def test_what_is_released_later_was_not_gone_before(imports, acts, consistent):
    """Another scanner found it while the closings waited: it never went, so it did not come back."""
    imports(reports.code(10), scanned_at=MONDAY)
    held = imports(reports.code(0), scanned_at=MONDAY + DAY)
    assert held.state == "held"
    imports(reports.code(10), scanned_at=MONDAY + DAY, scope="nightly")
    imports.run("update scan set closings = 'released', held = null where id = :id", id=held.id)
    imports.release(held.id)
    nightly = imports(reports.code(10, severity="LOW"), scanned_at=MONDAY + 2 * DAY, scope="nightly")
    acts.undo(nightly)
    assert imports.value("select count(*) from finding where is_active and reopened_at is null") == 10
    consistent()


@pytest.mark.long
@pytest.mark.parametrize("first", [(OTHER,), (KNOWN,), (KNOWN, OTHER)])
@pytest.mark.parametrize(
    "report", [(KNOWN, (KNOWN, OTHER)), ((KNOWN, OTHER), KNOWN), (OTHER, (KNOWN, OTHER))]
)
def test_results_that_share_a_name_are_known_again_each(imports, consistent, first, report):
    imports(named(*first))
    imports(named(*report))
    for again in (report, report[::-1]):
        counts = imports(named(*again)).counts
        assert (counts["new"], counts["changed"], counts["closed"]) == (0, 0, 0)
    consistent()
