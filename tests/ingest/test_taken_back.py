"""What people said of findings stands when a scan behind it is undone or read again, and is found again later."""

import pytest

from factories.packages import DAY, KNOWN, MONDAY, OTHER, named, one
from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.ingest import regroup


def test_what_was_split_off_by_its_key_stays_so_when_the_scan_that_gave_the_key_is_read_again(
    imports, acts, hand, consistent
):
    first = imports(named((KNOWN, OTHER)))
    imports(named(OTHER, scanner="two"))
    (finding,) = hand.ids()
    claim = imports.value(
        "select o.id from occurrence o join scope s on s.id = o.scope_id where s.scanner = 'two'"
    )
    _, made = hand.split(finding, claim)
    assert acts.reprocess(first).changes == []
    consistent()
    imports(named(OTHER, scanner="three", path="c.json"))
    assert hand.claims() == [(finding, "a.json"), (made, "a.json"), (made, "c.json")]
    consistent()


@pytest.mark.parametrize("cause", [regroup.ALIAS, regroup.PERSON])
def test_a_join_that_comes_apart_leaves_each_its_key_whatever_is_read_again_in_between(
    imports, acts, hand, consistent, cause
):
    imports(named(KNOWN), scanned_at=MONDAY)
    second = imports(named(OTHER, path="b.json"), scanned_at=MONDAY + DAY)
    (kept,) = hand.ids()
    gone = imports.value("select id from finding where id <> :kept", kept=kept)
    with hand._act(cause=cause) as (connection, act):
        joined = regroup.join(connection, act, kept, gone)
    acts.reprocess(second)
    # Two names of one flaw go on as each other; what somebody looks at as one does not.
    reason = imports.value("select close_reason from occurrence where closed_at is not null")
    assert reason == ("moved" if cause == regroup.ALIAS else "gone")
    hand.undo(joined)
    consistent()
    imports(named(KNOWN, scanner="two"), scanned_at=MONDAY + DAY)
    imports(named(OTHER, scanner="three"), scanned_at=MONDAY + DAY)
    claims = [(gone, "a.json"), (kept, "a.json"), (kept, "b.json")]
    assert sorted(hand.claims()) == sorted(claims)


def test_a_name_that_another_finding_took_over_leads_back_when_that_is_undone_too(
    imports, acts, hand, consistent
):
    first = imports(named(KNOWN, OTHER), scanned_at=MONDAY)
    _, rated = hand.ids()
    acts.say(rated, severity=Severity.LOW, severity_reason="Behind a wall")
    second = imports(named((KNOWN, OTHER)), scanned_at=MONDAY + DAY)
    acts.undo(first)
    consistent()
    acts.undo(second)
    consistent()
    imports(named(OTHER), scanned_at=MONDAY + 2 * DAY)
    assert hand.claims() == [(rated, "a.json")]
    assert acts.finding(rated).severity == Severity.LOW.rank


def test_what_only_an_undone_scan_had_seen_is_known_anew_from_where_a_branch_shows_it(
    imports, acts, consistent
):
    wrong = imports(one("a.json"), scanned_at=MONDAY + 3 * DAY)
    finding = acts.only()
    acts.say(finding, triage=Triage.RISK_ACCEPTED, reason="Known")
    acts.undo(wrong)
    imports(one("a.json"), ref="feature", scanned_at=MONDAY)
    found = acts.finding(finding)
    assert (acts.only(), found.first_seen_at, found.last_seen_at) == (finding, MONDAY, MONDAY)
    consistent()


def test_what_was_split_off_and_went_on_as_the_other_was_seen_last_by_the_scan_before(
    imports, acts, hand, consistent
):
    imports(one("a.json", "b.json"), scanned_at=MONDAY)
    claim = imports.value("select id from occurrence where component->>'path' = 'b.json'")
    _, made = hand.split(acts.only(), claim)
    imports(one("a.json", "b.json"), scanned_at=MONDAY + 3 * DAY)
    last = imports(one("a.json", "c.json"), scanned_at=MONDAY + 5 * DAY)
    assert acts.finding(made).last_seen_at == MONDAY + 3 * DAY
    acts.reprocess(last)
    assert acts.finding(made).last_seen_at == MONDAY + 3 * DAY
    consistent()
