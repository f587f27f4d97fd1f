"""Findings joined and split by hand: what later scans of any kind make of it, and that undoing leads back."""

import random
from typing import Any

import pytest

from factories import reports
from factories.packages import packages
from hauberk.kit.errors import Conflict, Invalid

SAME = {"unchanged"}


def issue(number: int, line: int, code: str = "exec(x)", path: str = "/src/a.go") -> dict[str, Any]:
    return {
        "severity": "HIGH", "confidence": "HIGH", "cwe": {"id": "78"}, "rule_id": f"G{number}", "details": "Bad",
        "file": path, "code": f"{line}: {code}\n", "line": str(line), "column": "2",
    }  # fmt: skip


def code(*issues: dict[str, Any]) -> dict[str, Any]:
    return reports.code(0) | {"Issues": list(issues)}


def touched(scan) -> set[str]:
    return {name for name, n in scan.counts.items() if n and name not in ("reported", "findings")}


class TestAJoin:
    @pytest.fixture
    def joined(self, imports, hand):
        """Two rules that mean one flaw."""
        imports(code(issue(1, 10), issue(2, 10), issue(3, 90, "eval(y)")))
        first, second, other = hand.ids()
        return first, second, other, hand.join(first, second)

    def test_one_finding_has_both_claims_and_the_counts_follow(self, imports, hand, joined, consistent):
        first, second, other, _ = joined
        assert hand.ids() == [first, other]
        assert imports.value("select open_occurrences from finding where id = :id", id=first) == 2
        assert imports.value("select joined_into_id from finding where id = :id", id=second) == first
        consistent()

    @pytest.mark.parametrize(
        ("after", "what"),
        [
            (code(issue(1, 10), issue(2, 10), issue(3, 90, "eval(y)")), {"unchanged"}),
            (code(issue(3, 90, "eval(y)"), issue(2, 10), issue(1, 10)), {"unchanged"}),
            (code(issue(1, 30), issue(2, 30), issue(3, 110, "eval(y)")), {"moved"}),
            (
                code(issue(1, 10, "exec(x1)"), issue(3, 90, "eval(y)"), issue(2, 10)),
                {"unchanged", "new", "closed"},
            ),
        ],
        ids=["the same", "shuffled", "lines moved", "one of the two edited"],
    )
    def test_later_scans_of_the_scope_keep_it(self, imports, hand, joined, consistent, after, what):
        first, _, other, _ = joined
        scan = imports(after)
        assert touched(scan) <= what | {"moved"}
        assert {finding for finding, place in hand.claims() if "90" not in place and "110" not in place} >= {
            first
        }
        assert first in hand.ids()
        assert other in hand.ids()
        consistent()

    def test_another_scope_and_what_comes_back_belong_to_it_too(self, imports, hand, joined, consistent):
        first, second, other, _ = joined
        imports(code(issue(1, 10), issue(2, 10)), scope="nightly")
        imports(code(issue(3, 90, "eval(y)")))
        scan = imports(code(issue(1, 10), issue(2, 10), issue(3, 90, "eval(y)")))
        assert scan.counts["reopened"] == 2
        assert hand.ids() == [first, other]
        assert second not in {finding for finding, _ in hand.claims()}
        consistent()

    def test_undone_both_are_as_they_were_with_what_came_since(self, imports, hand, joined, consistent):
        first, second, other, act = joined
        imports(code(issue(1, 30), issue(2, 30), issue(3, 90, "eval(y)")))
        imports(code(issue(2, 30)), scope="nightly")
        hand.undo(act)
        assert hand.ids() == [first, second, other]
        assert [finding for finding, place in hand.claims() if place.endswith(":30")] == [
            first,
            second,
            second,
        ]
        consistent()
        assert touched(imports(code(issue(1, 30), issue(2, 30), issue(3, 90, "eval(y)")))) == SAME
        with pytest.raises(Conflict, match="undone already"):
            hand.undo(act)

    def test_a_key_that_drifted_since_goes_back_too(self, imports, hand, consistent):
        imports(code(issue(1, 10), issue(2, 10, "os.system(user_input)", "/src/b.go")))
        first, second = hand.ids()
        act = hand.join(first, second)
        imports(code(issue(1, 10), issue(2, 10, "os.system(user_input)", "/lib/b.go")))
        hand.undo(act)
        assert dict(hand.claims()) == {first: "/src/a.go:10", second: "/lib/b.go:10"}
        consistent()

    def test_what_was_built_on_top_is_undone_first(self, hand, joined, consistent):
        first, _, other, act = joined
        later = hand.join(other, first)
        with pytest.raises(Conflict, match="undo that first"):
            hand.undo(act)
        hand.undo(later)
        hand.undo(act)
        assert len(hand.ids()) == 3
        consistent()


class TestDecisionsAtAJoin:
    @pytest.fixture
    def two(self, imports, hand):
        imports(code(issue(1, 10), issue(2, 10)))
        return hand.ids()

    def decide(self, imports, number: int, triage: int = 3, *, everywhere: bool = False) -> None:
        imports.run(
            "with d as (insert into decision (organization_id, finding_id, triage, reason, covers_all_places)"
            " values (:organization, :id, :triage, 'known', :everywhere) returning id)"
            " update finding set triage = :triage, decision_id = (select id from d) where id = :id",
            organization=imports.organization, id=number, triage=triage, everywhere=everywhere,
        )  # fmt: skip
        imports.run(
            "insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n)"
            " select organization_id, asset_id, current_date, kind, severity, x.triage, x.n"
            " from finding, (values (0, -1), (cast(:triage as int), 1)) x(triage, n) where id = :id",
            id=number, triage=triage,
        )  # fmt: skip

    def triage(self, imports, number: int) -> int:
        return imports.value("select triage from finding where id = :id", id=number)

    def test_what_nobody_decided_opens_a_decided_finding_and_undoing_decides_it_again(
        self, imports, hand, two, consistent
    ):
        self.decide(imports, two[0])
        act = hand.join(*two)
        assert self.triage(imports, two[0]) == 0
        consistent()
        hand.undo(act)
        assert self.triage(imports, two[0]) == 3
        assert imports.value("select decision_id is not null from finding where id = :id", id=two[0])
        consistent()

    def test_a_decision_for_all_places_covers_what_is_joined(self, imports, hand, two, consistent):
        self.decide(imports, two[0], everywhere=True)
        hand.join(*two)
        assert self.triage(imports, two[0]) == 3
        consistent()

    def test_two_decided_ones_stay_decided_as_the_one_that_goes_on(self, imports, hand, two, consistent):
        self.decide(imports, two[0], 3)
        self.decide(imports, two[1], 4)
        act = hand.join(*two)
        assert self.triage(imports, two[0]) == 3
        hand.undo(act)
        assert self.triage(imports, two[1]) == 4
        consistent()

    def test_an_undecided_finding_is_not_decided_by_what_joins_it(self, imports, hand, two, consistent):
        self.decide(imports, two[1])
        hand.join(*two)
        assert self.triage(imports, two[0]) == 0
        consistent()


class TestASplit:
    @pytest.fixture
    def twins(self, imports, hand):
        """The same code twice in one file: one finding, of which the second place is split off."""
        imports(code(issue(1, 10), issue(1, 50)))
        (first,) = hand.ids()
        chosen = imports.value("select id from occurrence where line = 50")
        act, second = hand.split(first, chosen)
        return first, second, act

    def test_the_chosen_place_is_a_finding_of_its_own(self, hand, twins, consistent):
        first, second, _ = twins
        assert hand.claims() == [(first, "/src/a.go:10"), (second, "/src/a.go:50")]
        assert hand.ids() == [first, second]
        consistent()

    @pytest.mark.parametrize("shift", [0, 20], ids=["the same", "lines moved"])
    @pytest.mark.parametrize("is_shuffled", [False, True], ids=["in order", "shuffled"])
    def test_later_scans_of_the_scope_keep_it(self, imports, hand, twins, consistent, shift, is_shuffled):
        first, second, _ = twins
        issues = [issue(1, 10 + shift), issue(1, 50 + shift)]
        if is_shuffled:
            random.Random(3).shuffle(issues)
        scan = imports(code(*issues))
        assert touched(scan) == ({"moved"} if shift else SAME)
        assert hand.claims() == [(first, f"/src/a.go:{10 + shift}"), (second, f"/src/a.go:{50 + shift}")]
        assert touched(imports(code(*issues))) == SAME
        consistent()

    def test_what_was_gone_comes_back_to_its_own_finding(self, imports, hand, twins, consistent):
        first, second, _ = twins
        imports(code(issue(1, 10)))
        assert hand.ids() == [first]
        scan = imports(code(issue(1, 10), issue(1, 50)))
        assert scan.counts["findings"] == {"new": 0, "reopened": 1, "closed": 0}
        assert hand.claims() == [(first, "/src/a.go:10"), (second, "/src/a.go:50")]
        consistent()

    def test_another_scope_obeys_it_where_the_place_is_the_same(self, imports, hand, twins, consistent):
        first, second, _ = twins
        imports(code(issue(1, 50), issue(1, 10), issue(1, 700)), scope="nightly")
        assert hand.claims() == [
            (first, "/src/a.go:10"), (first, "/src/a.go:10"),
            (second, "/src/a.go:50"), (second, "/src/a.go:50"), (first, "/src/a.go:700"),
        ]  # fmt: skip
        consistent()

    def test_undone_it_is_one_finding_again_with_what_came_since(self, imports, hand, twins, consistent):
        first, second, act = twins
        imports(code(issue(1, 30), issue(1, 70)))
        hand.undo(act)
        assert hand.claims() == [(first, "/src/a.go:30"), (first, "/src/a.go:70")]
        assert imports.value("select joined_into_id from finding where id = :id", id=second) == first
        consistent()
        assert touched(imports(code(issue(1, 30), issue(1, 70)))) == SAME
        assert hand.ids() == [first]

    def test_the_decision_held_for_what_is_split_off_too(self, imports, hand, consistent):
        imports(code(issue(1, 10), issue(1, 50)))
        (first,) = hand.ids()
        TestDecisionsAtAJoin().decide(imports, first)
        hand.split(first, imports.value("select id from occurrence where line = 50"))
        rows = imports.rows(
            "select f.triage, d.reason from finding f join decision d on d.id = f.decision_id"
            " and d.finding_id = f.id order by f.id"
        )
        assert rows == [(3, "known"), (3, "known")]
        imports(code(issue(1, 30), issue(1, 70)))
        assert imports.rows("select distinct triage from finding") == [(3,)]
        consistent()

    def test_some_of_its_places_must_be_chosen_and_some_left(self, imports, hand):
        imports(code(issue(1, 10), issue(1, 50)))
        (first,) = hand.ids()
        everything = [row.id for row in imports.rows("select id from occurrence")]
        with pytest.raises(Invalid, match="leave at least one"):
            hand.split(first, *everything)
        with pytest.raises(Invalid, match="not open occurrences"):
            hand.split(first, 999_999)


class TestASplitByManifest:
    @pytest.fixture
    def manifests(self, imports, hand):
        imports(packages("web/lock.json", "api/lock.json"))
        (first,) = hand.ids()
        chosen = imports.value("select id from occurrence where component->>'path' = 'api/lock.json'")
        return first, hand.split(first, chosen)[1]

    @pytest.mark.parametrize(
        "paths", [("web/lock.json", "api/lock.json"), ("api/lock.json", "web/lock.json")]
    )
    def test_a_version_bump_keeps_each_in_its_finding_in_any_order(
        self, imports, hand, manifests, consistent, paths
    ):
        first, second = manifests
        scan = imports(packages(*paths, version="1.1.0"))
        assert scan.counts["moved"] == 2
        assert hand.claims() == [(second, "api/lock.json"), (first, "web/lock.json")]
        assert touched(imports(packages(*paths, version="1.1.0"))) == SAME
        consistent()

    @pytest.mark.parametrize("path", ["web/lock.json", "api/lock.json"])
    def test_what_is_left_of_both_counts_where_it_is_and_nowhere_else(
        self, imports, hand, manifests, consistent, path
    ):
        first, second = manifests
        scan = imports(packages(path, version="1.1.0"))
        still = first if path == "web/lock.json" else second
        assert (scan.counts["moved"], scan.counts["closed"]) == (1, 1)
        assert hand.claims() == [(still, path)]
        assert hand.ids() == [still]
        consistent()

    def test_another_scanner_and_version_obey_it(self, imports, hand, manifests, consistent):
        first, second = manifests
        imports(
            packages("./api/lock.json", "web/lock.json", "new/lock.json", version="2.0.0", scanner="other")
        )
        assert hand.claims() == [
            (second, "./api/lock.json"), (second, "api/lock.json"), (first, "new/lock.json"),
            (first, "web/lock.json"), (first, "web/lock.json"),
        ]  # fmt: skip
        consistent()


def test_what_one_scanner_says_under_a_key_of_its_own_takes_the_key_along(imports, hand, consistent):
    """Two rules joined and split again by their occurrences: the key goes, whatever place it is at later."""
    imports(code(issue(1, 10), issue(2, 10)))
    first, second = hand.ids()
    hand.join(first, second)
    chosen = imports.value(
        "select id from occurrence where rule_text_id = (select id from rule_text where rule_id = 'G2')"
    )
    _, third = hand.split(first, chosen)
    assert imports.value("select count(*) from split_place") == 0
    imports(code(issue(1, 10), issue(2, 400)), scope="nightly")
    assert (third, "/src/a.go:400") in hand.claims()
    consistent()


def test_findings_of_two_kinds_or_assets_are_never_joined(imports, hand):
    imports(code(issue(1, 10)))
    imports(packages("lock.json"))
    first, second = hand.ids()
    with pytest.raises(Invalid, match="two kinds"):
        hand.join(first, second)
    imports(code(issue(1, 10)), asset="other")
    with pytest.raises(Invalid, match="two assets"):
        hand.join(first, hand.ids()[-1])
    with pytest.raises(Invalid, match="another finding"):
        hand.join(first, first)
