"""Names of one flaw: what a result tells, and what statements make together."""

import pytest

from hauberk.domain.aliases import Statement, groups, names_of_one_flaw

NAMES = {
    1: "CVE-2024-1",
    2: "GHSA-aaaa-bbbb-cccc",
    3: "SNYK-JS-LODASH-1",
    4: "CVE-2024-2",
    5: "GHSA-dddd-ffff-gggg",
}


@pytest.mark.parametrize(
    ("identifiers", "names"),
    [
        (("GHSA-aaaa-bbbb-cccc", "CVE-2024-1"), ("CVE-2024-1", "GHSA-aaaa-bbbb-cccc")),
        (("CVE-2024-1", "SNYK-JS-LODASH-1", "RHSA-2024:1234"), ("CVE-2024-1", "SNYK-JS-LODASH-1")),
        (("RHSA-2024:1234", "CVE-2024-1"), ()),
        (("GHSA-aaaa-bbbb-cccc", "CVE-2024-1", "CVE-2024-2"), ()),
        (("DSA-5000-1", "CVE-2024-1", "CVE-2024-2"), ()),
        (("CVE-2024-1",), ()),
        ((), ()),
    ],
    ids=[
        "two names",
        "beside an advisory",
        "an advisory is no alias",
        "two CVEs may be two flaws",
        "a list",
        "one",
        "none",
    ],
)
def test_what_a_result_says_of_its_flaw(identifiers, names):
    assert names_of_one_flaw(identifiers) == names


def said(one, other, *, same=True, person=False):
    return Statement(one, other, same, person)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([said(1, 2)], [[1, 2]]),
        ([said(2, 3), said(3, 1)], [[1, 2, 3]]),
        ([said(1, 2), said(4, 2)], [[1, 2]]),
        ([said(1, 2), said(4, 2, person=True)], [[4, 2]]),
        ([said(1, 2), said(4, 2, person=True), said(1, 4, person=True)], [[1, 4, 2]]),
        ([said(1, 2), said(1, 2, same=False, person=True)], []),
        ([said(1, 2), said(1, 3), said(2, 3), said(1, 2, same=False, person=True)], [[1, 3]]),
        ([said(1, 5), said(1, 2)], [[1, 5]]),
    ],
    ids=[
        "two", "a chain", "two CVEs of one GHSA stay two", "a person is heard first", "a person may join two CVEs",
        "a person holds two apart", "also where a third name would join them", "two GHSAs of one CVE stay two",
    ],
)  # fmt: skip
def test_what_statements_make_together(statements, expected):
    assert groups(NAMES, statements) == expected
