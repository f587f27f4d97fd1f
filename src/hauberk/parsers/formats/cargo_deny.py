"""cargo-deny: advisories about Rust crates, banned ones, their licenses and where they come from."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://embarkstudios.github.io/cargo-deny/checks/{}/diags.html#{}"
_CHECKS = {  # whose the diagnostics about crates are, where not the bans'; first versions number them (L003)
    "A": "advisories",
    "L": "licenses",
    "S": "sources",
    "git-source-underspecified": "sources",
    "source-not-allowed": "sources",
    "rejected": "licenses",
    "unlicensed": "licenses",
    "yanked": "advisories",
}
_FIRST_FIXED = re.compile(r"^[>^=~]*\s*=?\s*(\d[\w.+-]*)")  # `>=1.2.3, <2.0.0`
_SPAN = re.compile(r"(?P<name>[\w-]+) (?P<version>\d\S*) (?:registry|sparse|git|path|file)\b")
_ID = "ID: "
_SOLUTION = "Solution: "


@sdk.parser(
    id="cargo-deny-json",
    scanner="cargo-deny",
    docs="https://embarkstudios.github.io/cargo-deny/cli/common.html",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys("fields.severity", "fields.message", values={"type": "diagnostic"}),
        *(
            sdk.JsonLineKeys(f"fields.{check}.errors", f"fields.{check}.helps", values={"type": "summary"})
            for check in ("advisories", "bans", "licenses", "sources")
        ),
    ),
    items=sdk.JsonLines(),
    versions="0.9 and later, `--format json`",
)
def cargo_deny(line: sdk.Json) -> sdk.Findings:
    """`cargo deny --format json check 2> cargo-deny.json`"""
    fields = line.get("fields") or {}
    if line["type"] == "log" and fields.get("level") == "ERROR":
        yield sdk.ItemProblem(position="log", reason=f"cargo-deny: {fields.get('message')}")
    elif line["type"] == "diagnostic":
        yield from _diagnostic(fields)


def _diagnostic(fields: sdk.Json) -> sdk.Findings:
    """Severity is an advisory's CVSS, else the level that the project's configuration gives the check. An advisory that
    this allows is suppressed; whatever else it allows is no finding, nor is what is about the configuration itself."""
    level, code, advisory = fields["severity"], sdk.text(fields.get("code")), fields.get("advisory") or {}
    crates, notes = _crates(fields), sdk.texts(fields.get("notes"))
    told = (each.removeprefix(_ID) for each in notes if each.startswith(_ID))  # all that first versions tell
    rule = sdk.first(advisory.get("id"), *told)
    is_allowed = level not in ("error", "warning", "bug")
    if not crates or (is_allowed and not rule):
        return
    labels = [f"{each.get('span')}: {each.get('message')}" for each in sdk.listed(fields.get("labels"))]
    solution = next((each.removeprefix(_SOLUTION) for each in notes if each.startswith(_SOLUTION)), None)
    known = sdk.cvss(advisory.get("cvss"), None, "RustSec")
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(advisory.get("title") or fields["message"], *crates[0]),
        severity=sdk.severity_of_score(known.score) if known else sdk.severity(level),
        severity_reported=level,
        rule_id=rule or code,
        rule_name=code if rule else None,
        description=sdk.text(advisory.get("description")) or sdk.paragraphs(*notes, "\n".join(labels)),
        remediation=solution,
        identifiers=sdk.identifiers(rule, advisory.get("aliases")),
        cvss=(known,) if known else (),
        components=tuple(_component(name, version, solution) for name, version in crates),
        references=sdk.urls(
            f"https://rustsec.org/advisories/{rule}" if rule else None,
            advisory.get("url"),
            advisory.get("references"),
            _DOCS.format(_CHECKS.get(code) or _CHECKS.get(code[:1], "bans"), code)
            if code and not rule
            else None,
        ),
        tags=sdk.texts(advisory.get("categories")),
        suppression=sdk.suppression(is_allowed),
    )


def _crates(fields: sdk.Json) -> list[tuple[str, str | None]]:
    """Of the graphs of what depends on them, or where these are hidden, of what its labels point at."""
    found = []
    for graph in sdk.listed(fields.get("graphs")):
        crate = graph.get("Krate") or graph
        found.append((str(crate["name"]), sdk.text(crate.get("version"))))
    spans = (_SPAN.match(str(label.get("span"))) for label in sdk.listed(fields.get("labels")))
    return found or [(span["name"], span["version"]) for span in spans if span]


def _component(name: str, version: str | None, solution: str | None) -> sdk.Component:
    ranges = (solution or "").removeprefix("Upgrade to ").split(" OR ")
    return sdk.Component(
        name=name,
        version=version,
        purl=sdk.purl("cargo", name, version),
        fixed_versions=tuple(match[1] for each in ranges if (match := _FIRST_FIXED.match(each.strip()))),
    )
