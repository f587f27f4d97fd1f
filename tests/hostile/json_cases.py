"""JSON: J1 to J20."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from hostile.catalogue import Ended, Size, Try, case

HEAD = '{"format": "hauberk", "version": 1, "findings": ['


def finding(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "kind": "sast",
        "title": f"Weak hash {number}",
        "severity": "high",
        "rule_id": f"R{number}",
        "locations": [{"path": f"src/{number}.py", "line": 3}],
    } | more


def report(*findings: Any) -> bytes:
    return (
        HEAD + ", ".join(each if isinstance(each, str) else json.dumps(each) for each in findings) + "]}"
    ).encode()


def spelled(field: str, value: str, number: int = 1) -> str:
    """A finding in which one value is written so."""
    return json.dumps(finding(number, **{field: "SPELLED"})).replace('"SPELLED"', value)


def many(count: int, **more: Any) -> Iterator[bytes]:
    """So many findings in one line."""
    yield HEAD.encode()
    spelled = json.dumps(finding(7777777, **more))
    for number in range(count):
        yield (spelled.replace("7777777", str(number)) + (", " if number < count - 1 else "")).encode()
    yield b"]}"


@case("J1", "nested a million deep")
def deep(size: Size) -> Iterator[Try]:
    depth = size(1_000_000, 100_000)
    for opening in (b"[", b'{"a":'):
        yield Try(opening * depth, ("nesting_too_deep", "unsupported_format"), cpu_seconds=2)
        yield Try(opening * depth, ("nesting_too_deep",), fields={"format": "sarif"}, cpu_seconds=2)
    inside = '{"kind": ' + "[" * depth + "]" * depth + "}"
    yield Try(report(inside), ("nesting_too_deep",), cpu_seconds=2)


@case("J2", "NaN and Infinity")
def not_a_number(_: Size) -> Iterator[Try]:
    for value in ("NaN", "Infinity", "-Infinity"):
        yield Try(report(spelled("epss", value), finding(2)), findings=2)


@case("J3", "numbers beyond every range")
def beyond(_: Size) -> Iterator[Try]:
    for value in ("1e999", "-1e999"):
        yield Try(report(spelled("epss", value), finding(2)), findings=2)


@case("J4", "an exponent of millions where a whole number belongs")
def exponent(_: Size) -> Iterator[Try]:
    line = json.dumps(finding()).replace("3}", "1e9999999}")
    yield Try(report(line, finding(2)), findings=2, cpu_seconds=2)


@case("J5", "a whole number of a million digits")
def digits(size: Size) -> Iterator[Try]:
    for count in (5_000, size(1_000_000, 100_000)):
        line = json.dumps(finding()).replace("3}", "9" * count + "}")
        yield Try(report(line, finding(2)), findings=2, cpu_seconds=2)


@case("J6", "lines that are none")
def lines(_: Size) -> Iterator[Try]:
    values = ("-1", "0", str(2**31), str(2**63), '"12abc"', "3.7", "true", "null", "[]")
    findings = [
        json.dumps(finding(number)).replace('"line": 3', f'"line": {value}')
        for number, value in enumerate(values)
    ]
    yield Try(report(*findings), check=lambda ended: _new(ended) + len(ended.problems) == len(values))


def _new(ended: Ended) -> int:
    return ended.scan["counts"]["findings"]["new"]


@case("J7", "one name twice")
def duplicate_names(_: Size) -> Iterator[Try]:
    twice = json.dumps(finding()).replace('"severity": "high"', '"severity": "low", "severity": "critical"')
    yield Try(report(twice), findings=1, check=lambda ended: ended.findings[0]["severity"] == "critical")


@case("J8", "half a surrogate pair")
def surrogate(_: Size) -> Iterator[Try]:
    yield Try(
        report(spelled("title", r'"a \ud800 b"')),
        findings=1,
        check=lambda ended: ended.findings[0]["title"] == "a \ufffd b",
    )


@case("J9", "NUL in a text")
def nul(_: Size) -> Iterator[Try]:
    yield Try(
        report(spelled("title", r'"a\u0000b"')),
        findings=1,
        check=lambda ended: ended.findings[0]["title"] in ("ab", "a\ufffdb"),
    )


@case("J10", "byte order marks and UTF-16")
def encodings(_: Size) -> Iterator[Try]:
    text = report(finding(1, description="caf\u00e9")).decode()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Try(text.encode(encoding), findings=1)


@case("J11", "lines where an array belongs, two documents, a comma too many, comments")
def almost(_: Size) -> Iterator[Try]:
    nuclei = {
        "template-id": "t",
        "info": {"name": "n", "severity": "low"},
        "host": "h.example",
        "type": "http",
    }
    lines = [
        json.dumps(nuclei | {"template-id": f"t{number}", "matched-at": "https://h.example/"})
        for number in range(3)
    ]
    yield Try("\n".join(lines).encode(), findings=3)
    yield Try(f"[{','.join(lines)}]".encode(), findings=3)
    bad = ("schema_mismatch", "syntax_error", "truncated")
    yield Try(report(finding()) * 2, bad, check=_names_a_place)
    yield Try(report(finding(), "").replace(b", ]", b",]"), bad, check=_names_a_place)
    yield Try(report(finding(), "// the end\n"), bad, check=_names_a_place)


def _names_a_place(ended: Ended) -> bool:
    return ended.scan["error"]["position"].startswith("line 1, column ")


@case("J12", "a document that is a number, null, an empty list or object")
def top_level(size: Size) -> Iterator[Try]:
    for text in (b"null", b"{}", b"7", b'"x"', b"[]")[: size(5, 2)]:
        yield Try(text, ("unsupported_format",), says="/api/v1/formats")
        yield Try(text, ("schema_mismatch",), fields={"format": "hauberk-json"})
    yield Try(report(), findings=0)


@case("J13", "another shape where the list belongs")
def other_shape(_: Size) -> Iterator[Try]:
    for value in ('{"a": 1}', '"none"', "7", "true"):
        text = HEAD.removesuffix("[") + value + "}"
        yield Try(text.encode(), ("schema_mismatch",), fields={"format": "hauberk-json"}, says="findings")
    mixed = report(finding(1), 7, "null", '"x"', [], finding(2))
    yield Try(mixed, findings=2, check=lambda ended: len(ended.problems) == 4)


@case("J14", "a million names in one object, millions of empty objects")
def too_many(size: Size) -> Iterator[Try]:
    names = ",".join(f'"k{number}":1' for number in range(size(1_000_000, 100_000)))
    yield Try(report("{" + names + "}", finding(2)), findings=1, cpu_seconds=20)
    yield Try(
        report(",".join(["{}"] * size(10_000_000, 100_000)), finding(2)),
        findings=1,
        check=_few_problems,
        cpu_seconds=size(400, 10),
    )


def _few_problems(ended: Ended) -> bool:
    return 0 < len(ended.problems) <= 250


@case("J15", "names that collide in a table of hashes")
def collisions(size: Size) -> Iterator[Try]:
    modulus = 2**61 - 1  # of Python's hash of numbers; its hash of texts is keyed
    names = ",".join(f'"{number * modulus}":1' for number in range(size(200_000, 20_000)))
    yield Try(report("{" + names + "}", finding(2)), findings=1, cpu_seconds=10)


@case("J16", "one text of a hundred megabytes")
def long_text(size: Size) -> Iterator[Try]:
    mib = size(100, 8)

    def parts() -> Iterable[bytes]:
        before, after = json.dumps(finding(1, description="SPELLED")).split("SPELLED")
        yield (HEAD + before).encode()
        for _ in range(mib):
            yield b"x" * 2**20
        yield (after + "]}").encode()

    yield Try(parts(), findings=1, cpu_seconds=10)


@case("J17", "everything in one line")
def one_line(size: Size) -> Iterator[Try]:
    yield Try(many(size(100_000, 1_000)), findings=size(100_000, 1_000), check=_flat, cpu_seconds=120)


def _flat(ended: Ended) -> bool:
    return ended.peak_mib < 150


@case("J18", "names that other languages obey")
def other_languages(_: Size) -> Iterator[Try]:
    nasty = {"__proto__": {"admin": True}, "constructor": 1, "$where": "1", "{{7*7}}": 1}
    yield Try(
        report(finding(1, title="{{7*7}} ${7*7}"), finding(2) | nasty),
        findings=1,
        check=lambda ended: ended.findings[0]["title"] == "{{7*7}} ${7*7}" and len(ended.problems) == 1,
    )


@case("J19", "SARIF that points to nothing, to files and to scripts")
def sarif(size: Size) -> Iterator[Try]:
    rules = [{"id": f"r{number}"} for number in range(size(100_000, 2_000))]
    results = [
        {
            "ruleId": "missing",
            "ruleIndex": -1,
            "message": {"text": "a"},
            "locations": [_at("file:///etc/passwd")],
        },
        {"ruleIndex": 10**9, "message": {"text": "b"}, "locations": [_at("javascript:alert(1)")]},
        {
            "ruleId": "r1",
            "message": {"text": "c"},
            "relatedLocations": [{"id": 1, "relationships": [{"target": 1}]}],
        },
    ]
    document = {
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "T", "rules": rules}}, "results": results}],
    }
    yield Try(json.dumps(document).encode(), check=_no_script, cpu_seconds=20)


def _at(uri: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}}


def _no_script(ended: Ended) -> bool:
    return ended.scan["counts"]["findings"]["new"] + len(ended.problems) == 3 and "root:" not in str(
        ended.findings
    )


@case("J20", "hundreds of thousands of findings")
def large(size: Size) -> Iterator[Try]:
    count = size(200_000, 3_000)
    yield Try(many(count), findings=count, check=_flat, cpu_seconds=240)
