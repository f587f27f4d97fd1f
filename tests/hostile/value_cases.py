"""Values that are no values: V1 to V13."""

import json
from collections.abc import Iterator
from typing import Any

from hostile.catalogue import Ended, Size, Try, case
from hostile.json_cases import finding, report

SCRIPTS = [
    '<img src=x onerror="alert(1)">',
    "</script><script>alert(1)</script>",
    "${7*7}",
    "{{constructor.constructor('alert(1)')()}}",
    "[x](javascript:alert(1))",
    "![](http://127.0.0.1:1/t.png)",
    "<details open ontoggle=alert(1)>",
]


def titles(ended: Ended) -> set[str]:
    return {each["title"] for each in ended.findings}


def dependency(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "kind": "sca",
        "title": f"Flaw {number}",
        "severity": "high",
        "identifiers": [f"CVE-2024-{1000 + number}"],
        "components": [{"name": f"p{number}", "version": "1"}],
    } | more


@case("V1", "markup, templates and links in a title")
def markup(_: Size) -> Iterator[Try]:
    findings = [finding(number, title=text) for number, text in enumerate(SCRIPTS)]
    yield Try(report(*findings), findings=len(SCRIPTS), check=lambda ended: titles(ended) == set(SCRIPTS))


@case("V2", "text that turns around, hides or piles up")
def unicode(size: Size) -> Iterator[Try]:
    piled = "e" + "\u0301" * size(100_000, 20_000)
    nasty = [
        "\u202egnp.exe",
        "a\u200bb\ufeffc",
        "p\u0430ypal",
        piled,
        "\U0001f469\u200d\U0001f4bb",
        "\ufdfa" * size(100_000, 20_000),
    ]
    findings = [finding(number, title=text) for number, text in enumerate(nasty)]
    yield Try(
        report(*findings),
        findings=len(nasty),
        check=lambda ended: max(map(len, titles(ended))) <= 500,
        cpu_seconds=5,
    )


@case("V3", "dates that never were")
def dates(_: Size) -> Iterator[Try]:
    said = [
        "0000-01-01", "9999-12-31T23:59:59-12:00", "2024-02-30", "2024-12-31T23:59:60Z", 1700000000000, 1700000000, -1, 1e18,
        "N/A", "24-01-02", "31/12/2024", "2024-01-02T03:04:05", None, [], True,
    ]  # fmt: skip
    yield Try(
        report(*(finding(number, found_at=date) for number, date in enumerate(said))), findings=len(said)
    )
    for date in ("9999-12-31T23:59:59-12:00", "0000-01-01", "1e18"):
        head = report(finding()).replace(b'"version": 1', f'"version": 1, "scanned_at": "{date}"'.encode())
        yield Try(head, findings=1)


@case("V4", "severities that nobody knows")
def severities(_: Size) -> Iterator[Try]:
    words = ("CRITICAL!!", "11", "-1", "\u0431\u0435\u0437\u043e\u043f\u0430\u0441\u043d\u043e")
    yield Try(
        report(*(finding(number, severity=word) for number, word in enumerate(words))),
        findings=len(words),
        check=lambda ended: {each["severity"] for each in ended.findings} == {"unknown"},
    )
    others = (None, [], 11, {"a": 1})
    yield Try(
        report(*(finding(number, severity=value) for number, value in enumerate(others))),
        check=lambda ended: ended.scan["counts"]["findings"]["new"] + len(ended.problems) == len(others),
    )


@case("V5", "scores beyond their scale, vectors of other versions")
def scores(_: Size) -> Iterator[Try]:
    long = "CVSS:3.1/" + "AV:N/" * 2_000
    assessments: list[dict[str, Any]] = [
        {"score": 99.9}, {"score": -1}, {"vector": "nothing"}, {"vector": long}, {"vector": "AV:N/AC:L/Au:N/C:P/I:P/A:P", "version": "4.0"},
        {"vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:H", "score": 1.0},
    ]  # fmt: skip
    yield Try(
        report(*(dependency(number, cvss=[said]) for number, said in enumerate(assessments))),
        findings=len(assessments),
    )
    nan = json.dumps(dependency(cvss=[{"score": 123}])).replace("123", "NaN")
    yield Try(report(nan), findings=1)


@case("V6", "a hundred thousand identifiers, and such as are none")
def identifiers(size: Size) -> Iterator[Try]:
    flood = [f"CVE-2024-{number}" for number in range(10_000, 10_000 + size(100_000, 40_000))]
    yield Try(
        report(dependency(identifiers=flood)),
        findings=1,
        cpu_seconds=20,
        check=lambda ended: "first 5,000" in ended.problems[0]["reason"],
    )
    yield Try(
        report(
            dependency(
                identifiers=["CVE-2021-44228'; DROP TABLE finding;--", "cve-2021-44228", "CVE-99999-1"]
            )
        ),
        findings=1,
    )


@case("V7", "a title of megabytes, a path and an address as long")
def long_values(size: Size) -> Iterator[Try]:
    long = "x" * size(10_000_000, 1_000_000)
    place = {"path": "p/" * 500_000, "line": 1}
    web = {
        "kind": "dast",
        "title": "W",
        "severity": "low",
        "rule_id": "w",
        "locations": [{"url": "https://h.example/" + "a" * 65_536}],
    }
    yield Try(
        report(finding(1, title=long), finding(2, locations=[place]), finding(3, rule_id=long), web),
        findings=4,
        check=lambda ended: max(map(len, titles(ended))) <= 500,
    )


@case("V8", "hosts and addresses that are not what they seem")
def hosts(_: Size) -> Iterator[Try]:
    addresses = [
        "http://b\u00fccher.example/", "http://host.example./", "http://[fe80::1%25eth0]/", "http://user:pass@h.example/",
        "http://h.example:99999/", "http://0x7f000001/", "http://[::1", "//", "javascript:alert(1)",
    ]  # fmt: skip
    findings = [
        {
            "kind": "dast",
            "title": f"W {number}",
            "severity": "low",
            "rule_id": f"w{number}",
            "locations": [{"url": address}],
        }
        for number, address in enumerate(addresses)
    ]
    yield Try(report(*findings), check=_all_or_problems)
    endpoints = {
        "findings": [
            {"title": f"E {n}", "severity": "Low", "endpoints": [a]} for n, a in enumerate(addresses)
        ]
    }
    yield Try(
        json.dumps(endpoints).encode(),
        fields={"format": "generic-findings-json"},
        check=lambda ended: "pass@" not in str(ended.findings),
    )


def _all_or_problems(ended: Ended) -> bool:
    return ended.scan["counts"]["findings"]["new"] + len(ended.problems) == 9


@case("V9", "a living secret")
def secrets(_: Size) -> Iterator[Try]:
    value = "AKIA" + "Z7QX4M2PLD8RTW3N"
    leak = [
        {
            "Description": "AWS",
            "StartLine": 1,
            "EndLine": 1,
            "Match": f"key={value}",
            "Secret": value,
            "File": "a.py",
            "RuleID": "aws",
            "Commit": "",
            "Fingerprint": "a.py:aws:1",
            "Author": "",
            "Email": "",
            "Date": "",
            "Message": "",
            "Tags": [],
            "StartColumn": 1,
            "EndColumn": 9,
            "SymlinkFile": "",
            "Entropy": 3.5,
        }
    ]
    yield Try(
        json.dumps(leak).encode(),
        findings=1,
        check=lambda ended: value not in str(ended.findings) + str(ended.scan),
    )


@case("V10", "one report again, in another order, with other blanks")
def again(_: Size) -> Iterator[Try]:
    findings = [finding(number) for number in range(20)]
    same = {"asset": "V10 again"}
    yield Try(report(*findings), findings=20, fields=same)
    yield Try(report(*findings), findings=0, fields=same)
    yield Try(report(*reversed(findings)), findings=0, fields=same)
    yield Try(
        json.dumps(json.loads(report(*findings)), indent=4).encode(),
        findings=0,
        fields=same,
        check=_nothing_happened,
    )


def _nothing_happened(ended: Ended) -> bool:
    return ended.scan["counts"]["unchanged"] == 20 and ended.scan["counts"]["closed"] == 0


@case("V11", "one identity, several contents, in one report")
def contradictory(_: Size) -> Iterator[Try]:
    both = [finding(1, severity="low"), finding(1, severity="critical")]
    for order in (both, both[::-1]):
        first = order[0]["severity"]
        yield Try(
            report(*order),
            findings=1,
            check=lambda ended, first=first: ended.findings[0]["severity"] == first,
        )


@case("V12", "an older report that comes late")
def late(_: Size) -> Iterator[Try]:
    asset = "V12 late"
    new, old = ({"asset": asset, "scanned_at": f"2026-01-0{day}T00:00:00Z"} for day in (5, 2))
    yield Try(report(finding(1), finding(2)), findings=2, fields=new)
    yield Try(
        report(finding(2), finding(3)),
        fields=old,
        check=lambda ended: ended.scan["superseded_by"] is not None,
    )
    yield Try(
        report(finding(1), finding(2)),
        findings=0,
        fields=new,
        check=lambda ended: ended.scan["counts"]["closed"] == 0,
    )


@case("V13", "a report that all at once holds a tenth")
def shrunk(_: Size) -> Iterator[Try]:
    asset = {"asset": "V13 shrunk"}
    yield Try(report(*(finding(number) for number in range(30))), findings=30, fields=asset)
    for left in (3, 0):
        yield Try(
            report(*(finding(number) for number in range(left))),
            fields=asset,
            state="held",
            check=lambda ended, left=left: ended.scan["held"]["would_close"] == 30 - left,
        )
