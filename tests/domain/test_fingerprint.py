"""What makes two results the same finding, and the same place of it: by kind, and by what may change without notice."""

import pytest

from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.fingerprint import (
    MAX_SNIPPET_CHARS,
    clean_path,
    host_of,
    key_of,
    key_parts,
    keys,
    normal_snippet,
    package_name,
    place,
    rule_of,
    secret_key,
    text_hash,
    url_template,
)
from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.domain.severity import Severity


def reported(kind=FindingKind.SAST, **more):
    return ReportedFinding(**{"title": "A title", "severity": Severity.HIGH, "kind": kind, **more})


def parts_of(kind, location=None, component=None, **more):
    return key_parts(reported(kind, **more), "Scanner", location, component)


@pytest.mark.parametrize(
    ("kind", "location", "component", "more", "parts"),
    [
        (
            FindingKind.SCA,
            None,
            Component(name="Lib", purl="pkg:npm/lib@1.0"),
            {"identifiers": ["CVE-2024-1", "GHSA-1"], "rule_id": "r"},
            [("package", "pkg:npm/lib", "CVE-2024-1"), ("package", "pkg:npm/lib", "GHSA-1")],
        ),
        (
            FindingKind.CONTAINER,
            None,
            Component(name="Lib"),
            {"rule_id": "r"},
            [("package", "lib", "scanner:r")],
        ),
        (FindingKind.SCA, None, None, {"rule_id": "r"}, [("package", "", "scanner:r")]),
        (
            FindingKind.SAST,
            Location(path="./a.py", line=3, snippet="call( x )"),
            None,
            {"rule_id": "R"},
            [("code", "scanner:R", "a.py", "call( x )")],
        ),
        (
            FindingKind.SAST,
            Location(path="a.py", symbol="main"),
            None,
            {"rule_id": "r"},
            [("code", "scanner:r", "a.py", "main")],
        ),
        (FindingKind.SECRET, Location(path="a"), None, {"rule_id": "r", "secret": "hunter2"}, []),
        (FindingKind.SECRET, Location(path="a"), None, {"rule_id": "r"}, [("code", "scanner:r", "a", None)]),
        (
            FindingKind.DAST,
            Location(method="get", url="https://h/users/12?x=1", parameter="q"),
            None,
            {"rule_id": "r"},
            [("web", "scanner:r", "GET", "/users/{}", "q")],
        ),
        (FindingKind.DAST, None, None, {"rule_id": "r"}, [("web", "scanner:r", "", None, None)]),
        (
            FindingKind.INFRASTRUCTURE,
            Location(host="Web.Example.", protocol="TCP", port=443),
            None,
            {"rule_id": "r"},
            [("host", "scanner:r", "web.example", "tcp", 443)],
        ),
        (FindingKind.INFRASTRUCTURE, None, None, {"rule_id": "r"}, [("host", "scanner:r", None, "", None)]),
        (
            FindingKind.CLOUD,
            Location(resource="arn:x", path="a.tf"),
            None,
            {"rule_id": "r"},
            [("resource", "scanner:r", "arn:x")],
        ),
        (
            FindingKind.IAC,
            Location(path="/a.tf", symbol="bucket", line=4),
            None,
            {"rule_id": "r"},
            [("resource-at", "scanner:r", "a.tf", "bucket")],
        ),
        (FindingKind.MANUAL, None, None, {"stable_id": "7"}, [("manual", "7")]),
        (FindingKind.MANUAL, None, None, {}, [("manual", "A title")]),
    ],
)
def test_each_kind_is_told_apart_by_its_own_things(kind, location, component, more, parts):
    assert list(parts_of(kind, location, component, **more)) == parts
    assert keys(reported(kind, **more), "Scanner", location, component) == tuple(map(key_of, parts))
    assert all(len(each) == len(fingerprint.INPUTS[each[0]]) + 1 for each in parts)


KNOWN_KEY = "094d51d5834fc7d138cc596c7db1f106"
KNOWN_TEXT = "40d105c3787bc844d6d96f7d0e846e18"
KNOWN_PLACE = 6813664387700742223


def test_a_key_is_the_same_in_every_release():
    """Stored keys must never change under people's feet."""
    assert fingerprint.IDENTITY_VERSION == 1
    assert key_of(("code", "scanner:r", "a.py", None)).hex() == KNOWN_KEY
    assert secret_key("r", b"\x01" * 4) == key_of(("secret", "r", "01010101"))
    assert text_hash(b"x").hex() == KNOWN_TEXT
    assert place(reported(rule_id="r"), Location(line=3, column=1), None) == KNOWN_PLACE
    assert len(key_of(())) == len(text_hash(b"")) == 16


def test_text_cannot_be_shifted_from_one_part_into_the_next():
    assert key_of(("a", "bc")) != key_of(("ab", "c"))
    assert key_of(("a", None)) != key_of(("a", "")) != key_of(("a",))


def test_a_rule_has_the_best_name_there_is():
    named = {"rule_id": "B1", "identifiers": ["CVE-1"], "cwes": [79], "rule_name": "Name"}
    told = []
    for missing in ((), ("rule_id",), ("rule_id", "identifiers"), ("rule_id", "identifiers", "cwes")):
        given = {name: value for name, value in named.items() if name not in missing}
        told.append(rule_of(reported(**given), "ScanNer"))
    assert told == ["scanner:B1", "CVE-1", "CWE-79", "scanner:Name"]
    assert rule_of(reported(), "ScanNer") == "scanner:A title"


@pytest.mark.parametrize(
    ("snippet", "line", "end_line", "wanted"),
    [
        (None, None, None, None),
        ("", None, None, None),
        ("requires login", 3, None, None),
        ("   ", None, None, None),
        ("  eval( x )\t;", None, None, "eval( x ) ;"),
        ("one\n  two\n", None, None, "one two"),
        ("11: a\n12: b\n13: c", 12, None, "b"),
        ("11: a\n12: b\n13: c", 12, 13, "b c"),
        ("11: a\n12: b\n13: c", None, None, "11: a 12: b 13: c"),
        ("11: a\n12: b", 99, None, "a b"),
        ("11: a\n\n12: b", 11, None, "a"),
        ("11: a\nplain", 11, None, "11: a plain"),
        ("12: b", 12, None, "b"),
        ("12|b", 12, None, "b"),
        ("\n \n", 1, None, None),
    ],
)
def test_only_the_code_of_the_place_counts_not_its_layout_nor_its_numbers(snippet, line, end_line, wanted):
    assert normal_snippet(snippet, line, end_line) == wanted


def test_of_a_long_snippet_only_the_beginning_counts():
    assert normal_snippet("x" * MAX_SNIPPET_CHARS + "y") == "x" * MAX_SNIPPET_CHARS
    assert normal_snippet("a\n" + "x" * MAX_SNIPPET_CHARS) == "a " + "x" * (MAX_SNIPPET_CHARS - 2)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (None, None),
        ("", None),
        ("a/b.py", "a/b.py"),
        ("./a.py", "a.py"),
        ("././a.py", "a.py"),
        ("/a.py", "a.py"),
        ("//a.py", "a.py"),
        (".\\src\\a.cs", "src/a.cs"),
        ("src\\a.cs", "src/a.cs"),
        ("file:///a.py", "a.py"),
        ("file://a.py", "a.py"),
        (".env", ".env"),
        ("/", None),
    ],
)
def test_a_path_has_one_spelling(path, wanted):
    assert clean_path(path) == wanted


@pytest.mark.parametrize(
    ("purl", "wanted"),
    [
        ("pkg:npm/%40scope/Name@1.2.3", "pkg:npm/@scope/name"),
        ("pkg:npm/@scope/name", "pkg:npm/@scope/name"),
        ("pkg:npm/lib@1.0?arch=x#sub", "pkg:npm/lib"),
        ("pkg:deb/debian/curl", "pkg:deb/debian/curl"),
        ("pkg:npm/a/@1.0", "pkg:npm/a/@1.0"),
        (None, "lib name"),
    ],
)
def test_a_package_is_named_without_its_version(purl, wanted):
    assert package_name(Component(name="Lib Name", version="1.0", purl=purl)) == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (None, None),
        ("", None),
        ("https://h/users/123/edit?tab=1", "/users/{}/edit"),
        ("https://h/o/0193f2c8e1a07c4e", "/o/{}"),
        ("https://h/o/0193f2c8-e1a0-7c4e-9b1d-2f3a4b5c6d7e/", "/o/{}"),
        ("https://h/v1/about", "/v1/about"),
        ("https://[h/x", "https://[h/x"),
    ],
)
def test_a_url_is_known_without_what_varies_per_object(url, wanted):
    assert url_template(url) == wanted


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        (Location(host="Web.Example."), "web.example"),
        (Location(host="h", url="https://other/x"), "h"),
        (Location(url="https://Web.Example:8443/x"), "web.example"),
        (Location(url="https://[h/x"), "https://[h/x"),
        (Location(), None),
    ],
)
def test_a_host_has_one_spelling(where, wanted):
    assert host_of(where) == wanted


BASE = {
    "path": "a",
    "line": 3,
    "column": 5,
    "url": "https://h/x",
    "host": "h",
    "port": 443,
    "resource": "r",
    "commit": "c",
}
TOLD_APART = {
    FindingKind.SCA: {"path"},
    FindingKind.CONTAINER: {"path"},
    FindingKind.SAST: {"line", "column"},
    FindingKind.SECRET: {"path", "line", "commit"},
    FindingKind.DAST: {"url", "host", "port"},
    FindingKind.INFRASTRUCTURE: {"resource"},
    FindingKind.CLOUD: {"path", "line"},
    FindingKind.IAC: {"path", "line"},
    FindingKind.MANUAL: set(),
}


@pytest.mark.parametrize("kind", list(FindingKind))
def test_a_place_is_what_tells_the_occurrences_of_a_kind_apart(kind):
    here = place(reported(kind), Location(**BASE), None)
    assert -(2**63) <= here < 2**63
    for name, value in BASE.items():
        other = value + 1 if isinstance(value, int) else value + "2"
        moved = place(reported(kind), Location(**{**BASE, name: other}), None)
        assert (moved != here) == (name in TOLD_APART[kind]), name


def test_a_package_lies_where_it_says_and_an_image_in_its_layer():
    lib = Component(name="lib", version="1", path="p", layer="sha256:1")
    here = place(reported(FindingKind.CONTAINER, target="image"), None, lib)
    for other in (
        Component(name="lib", version="2", path="p", layer="sha256:1"),
        Component(name="lib", version="1", path="q", layer="sha256:1"),
        Component(name="lib", version="1", path="p", layer="sha256:2"),
    ):
        assert place(reported(FindingKind.CONTAINER, target="image"), None, other) != here
    assert place(reported(FindingKind.CONTAINER, target="other"), None, lib) != here
    assert place(reported(FindingKind.CONTAINER, target="image"), Location(path="elsewhere"), lib) == here
    assert place(reported(FindingKind.INFRASTRUCTURE), None, lib) != place(
        reported(FindingKind.INFRASTRUCTURE), None, Component(name="other")
    )
