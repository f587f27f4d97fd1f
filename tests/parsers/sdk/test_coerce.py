"""Coercers: they never raise, and what makes no sense is nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.domain.severity import Severity
from hauberk.parsers import sdk

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
)
NASTY = st.text(alphabet='ab"\\{}[],:é\n 😀\u2028') | st.sampled_from(['},{"k"', '"}],', "\\", '\\"', "]}"])
VALUES = st.recursive(
    PLAIN | NASTY,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["k", "id", "results"]) | NASTY, inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-02-03T04:05:06Z", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2024-02-03 04:05:06", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2024-02-03T04:05:06.123456789+02:00", datetime(2024, 2, 3, 2, 5, 6, 123456, tzinfo=UTC)),
        ("Sat, 03 Feb 2024 04:05:06 GMT", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2024-02-03 06:05:06.5 +0200 CEST", datetime(2024, 2, 3, 4, 5, 6, 500000, tzinfo=UTC)),
        (
            "2024-02-03 04:05:06.123456789 +0000 UTC m=+0.01",
            datetime(2024, 2, 3, 4, 5, 6, 123456, tzinfo=UTC),
        ),
        ("2024-02-03T04:05:06 UTC", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        (1706933106, datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("1706933106000", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        *(
            (bad, None)
            for bad in (
                "0000-01-01",
                "9999-12-31T23:59:59-12:00",
                "2024-02-30",
                "N/A",
                -1,
                1e30,
                True,
                [],
                "",
            )
        ),
    ],
)
def test_moments_are_utc_or_nothing(value: Any, expected: datetime | None) -> None:
    assert sdk.timestamp(value) == expected


@pytest.mark.parametrize(
    "value", [None, [], {}, "12abc", 3.7, True, float("nan"), float("inf"), "9" * 30, 2**63, -1, "-1"]
)
def test_numbers_that_are_no_line_are_none(value: Any) -> None:
    assert sdk.line(value) is None


@given(value=VALUES | st.floats())
@settings(max_examples=300, deadline=None)
def test_coercers_never_raise(value: Any) -> None:
    assert sdk.severity(value, {"1": Severity.LOW}) in Severity
    for coerce in (
        sdk.text,
        sdk.texts,
        sdk.severity,
        sdk.severity_of_score,
        sdk.integer,
        sdk.line,
        sdk.number,
        sdk.port,
        sdk.parts,
        sdk.first,
        sdk.cwes,
    ):
        coerce(value)
    for coerce in (sdk.identifiers, sdk.urls, sdk.timestamp, sdk.at_url, sdk.cvss):
        coerce(value)
    sdk.cvss(None, value)
    sdk.suppression(value, justification=value)
    sdk.severity_of_points(value, [(1, Severity.LOW)])
    sdk.pick(value, "a.0.k")


def test_the_first_that_says_something_is_taken() -> None:
    assert sdk.first(None, " ", [], ["", 7], "x") == "7"
    assert sdk.first({"a": "b"}, [["nested"]], False) is None


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ([{"a": 1}], [{"a": 1}]),
        ({"a": 1}, [{"a": 1}]),
        ("one", ["one"]),
        *((nothing, []) for nothing in (None, {}, [], "", ())),
    ],
)
def test_one_element_in_the_place_of_a_list_is_the_list(value: Any, elements: list[Any]) -> None:
    assert [*sdk.listed(value)] == elements


def test_an_object_in_the_place_of_a_list_is_its_first_element() -> None:
    assert sdk.pick({"servers": {"name": "db"}}, "servers.0.name") == "db"
    assert sdk.pick({"servers": {"0": {"name": "by number"}}}, "servers.0.name") == "by number"
    assert sdk.pick({"servers": {"name": "db"}}, "servers.1.name") is None


def test_a_list_written_as_one_text_is_taken_apart() -> None:
    assert sdk.parts(" 1.2, 1.3,,1.2 ") == ("1.2", "1.3")
    assert sdk.parts(None) == sdk.parts([]) == ()


@pytest.mark.parametrize(
    ("said", "number"), [("443", 443), (65535, 65535), (0, None), ("0", None), (65536, None)]
)
def test_a_port_has_a_number_from_1(said: Any, number: int | None) -> None:
    assert sdk.port(said) == number


@pytest.mark.parametrize("decided", [None, False, "", 0, []])
def test_what_nobody_decided_is_not_suppressed(decided: object) -> None:
    assert sdk.suppression(decided, justification="accepted") is None


def test_a_decision_suppresses_with_its_reason() -> None:
    assert sdk.suppression(["rule"]) == sdk.Suppression(where="external", justification=None)
    assert sdk.suppression(True, where="inline", justification=" not ours ") == sdk.Suppression(
        where="inline", justification="not ours"
    )
    assert sdk.suppression("accepted", justification={"by": "her"}) == sdk.Suppression()


@pytest.mark.parametrize(
    ("points", "severity"),
    [
        (60, "high"),
        ("50", "high"),
        (49.9, "low"),
        (0, "low"),
        (-1, "unknown"),
        (None, "unknown"),
        ("x", "unknown"),
    ],
)
def test_points_reach_the_highest_floor_that_they_can(points: Any, severity: str) -> None:
    floors = ((50, Severity.HIGH), (0, Severity.LOW))
    assert sdk.severity_of_points(points, floors) is Severity(severity)


def test_words_of_scanners_become_ours() -> None:
    assert [sdk.line("79-81"), sdk.line(" 7 "), sdk.line(7.0)] == [79, 7, 7]
    assert sdk.severity("Moderate") is Severity.MEDIUM
    assert sdk.severity("4", {"4": Severity.CRITICAL}) is Severity.CRITICAL
    assert sdk.severity("high", {"4": Severity.CRITICAL}) is Severity.HIGH
    assert sdk.severity("5", {"4": Severity.CRITICAL}) is Severity.UNKNOWN
    assert sdk.cwes("CWE-79: XSS", 89, "22", ["cwe_352", 0], None) == (79, 89, 22, 352)
    assert sdk.cwes("079, 89", "16|200;0") == (79, 89, 16, 200)
    assert sdk.cwes("https://cwe.mitre.org/data/definitions/79.html", "CWE #310", "22.0") == (79, 310, 22)
    assert sdk.identifiers(
        "see cve-2021-44228 and GHSA-JFH8-C2JP-5V3Q, CVE-2021-44228-libc", ["RUSTSEC-2020-0001"]
    ) == (
        "CVE-2021-44228",
        "GHSA-jfh8-c2jp-5v3q",
        "RUSTSEC-2020-0001",
    )
    assert sdk.purl("node-pkg", "@babel/core", "7.0.0") == "pkg:npm/%40babel/core@7.0.0"
    assert sdk.purl("pom", "org.yaml:snakeyaml", "1.2") == "pkg:maven/org.yaml/snakeyaml@1.2"
    assert sdk.purl("debian", "curl") == "pkg:deb/debian/curl"
    assert sdk.purl("no such thing", "x") is None


def test_addresses_lose_their_credentials_and_gain_their_parts() -> None:
    place = sdk.at_url("https://user:pass@shop.example:8443/a?b=1", method="GET", parameter="b")
    assert (place.url, place.host, place.port) == ("https://shop.example:8443/a?b=1", "shop.example", 8443)
    assert sdk.at_url("http://h/").port == 80
    assert (sdk.at_url("10.0.0.1:22").host, sdk.at_url("10.0.0.1:22").port) == ("10.0.0.1", 22)
    assert (sdk.at_url("2001:db8::1").host, sdk.at_url("[2001:db8::1]:22").port) == ("2001:db8::1", 22)
    assert sdk.at_url("//cdn.example/a").host == "cdn.example"
    odd = sdk.at_url("http://h:99999/")
    assert (odd.url, odd.host, odd.port) == ("http://h:99999/", "h", None)
    assert (sdk.at_url(r"C:\temp").host, sdk.at_url("a:b:c").host) == (None, None)


@pytest.mark.parametrize(
    ("vector", "version", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:3.9/RC:R/MAV:A", "3.1", 9.8),
        ("(AV:N/AC:M/Au:N/C:P/I:P/A:P)", "2.0", 6.8),
        ("/AV:N/AC:M/Au:N/C:P/I:P/A:P", "2.0", 6.8),
        ("CVSS2#AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 9.3),
    ],
)
def test_a_vector_gives_its_score(vector: str, version: str, score: float) -> None:
    found = sdk.cvss(vector)
    assert found is not None
    assert (found.version, found.score) == (version, score)
    assert sdk.cvss("CVSS:3.1/nonsense", 99) is None
    assert sdk.cvss(None, "7.5", "nvd", "3.1") == sdk.Cvss(score=7.5, source="nvd", version="3.1")
    assert sdk.cvss(None, 7.5, "nvd", "3") == sdk.Cvss(score=7.5, source="nvd", version="3.0")
