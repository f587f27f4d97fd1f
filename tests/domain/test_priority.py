"""Priority keeps severities apart and orders within them by what is attacked, then likely, then harmful."""

from hypothesis import given
from hypothesis import strategies as st

from hauberk.domain.priority import least_of, priority
from hauberk.domain.severity import Severity

_FACTS = st.fixed_dictionaries(
    {
        "cvss": st.none() | st.floats(0, 10),
        "known_exploited": st.none() | st.booleans(),
        "epss": st.none() | st.floats(0, 1),
    }
)


@given(st.sampled_from(Severity), _FACTS)
def test_every_finding_of_a_severity_lies_in_the_range_of_that_severity(severity, facts):
    assert least_of(severity.rank) <= priority(severity, **facts) < least_of(severity.rank + 1)


def test_within_a_severity_known_exploitation_leads_then_epss_then_cvss():
    exploited = priority(Severity.HIGH, cvss=7.0, known_exploited=True)
    likely = priority(Severity.HIGH, cvss=7.0, epss=0.97)
    harmful = priority(Severity.HIGH, cvss=8.9, epss=0.0004)
    plain = priority(Severity.HIGH)
    assert exploited > likely > harmful > plain


def test_the_digits_can_be_read():
    assert priority(Severity.CRITICAL, cvss=9.8, known_exploited=True, epss=0.975) == 5_197_098
