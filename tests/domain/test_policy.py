"""Policies: which one holds for an asset, and when a finding is due by it."""

from datetime import UTC, datetime, timedelta

import pytest

from hauberk.domain.policy import Policy, policy_for
from hauberk.domain.severity import Severity

SEEN = datetime(2026, 3, 28, 12, tzinfo=UTC)
EXPOSED = Policy(["internet", "payments"], {Severity.CRITICAL: 3}, known_exploited_days=1)
GENERAL = Policy([], {Severity.CRITICAL: 7, Severity.HIGH: 30, Severity.LOW: None})


@pytest.mark.parametrize(
    ("severity", "is_known_exploited", "days"),
    [(Severity.CRITICAL, False, 3), (Severity.CRITICAL, True, 1), (Severity.HIGH, True, 1)],
)
def test_a_finding_is_due_by_its_severity_or_sooner_because_it_is_exploited(
    severity, is_known_exploited, days
):
    due = EXPOSED.due_at(severity, SEEN, is_known_exploited=is_known_exploited)
    assert due == SEEN + timedelta(days=days)


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.MEDIUM, Severity.UNKNOWN])
def test_what_a_policy_does_not_speak_of_is_not_due(severity):
    assert GENERAL.due_at(severity, SEEN, is_known_exploited=True) is None


def test_the_first_policy_holds_that_is_for_an_assets_tags_and_one_without_tags_is_for_all():
    assert policy_for([EXPOSED, GENERAL], ["shop", "payments"]) is EXPOSED
    assert policy_for([EXPOSED, GENERAL], ["shop"]) is GENERAL
    assert policy_for([GENERAL, EXPOSED], ["payments"]) is GENERAL
    assert policy_for([EXPOSED], []) is None
