"""Veracode SCA (SourceClear): known vulnerabilities of libraries, from its API and as CSV."""

import re
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://docs.veracode.com/r/c_sc_issues_page"
_COLUMNS = ("Issue ID", "Issue type", "Library", "Version in use", "Vulnerability ID")
_CLOCK = re.compile(r"(\d{1,2}:\d{2})[AP]M GMT$")


@sdk.parser(
    id="veracode-sca-json",
    scanner="Veracode SCA",
    title="Veracode SCA JSON",
    docs="https://docs.veracode.com/r/c_SCA_Agent_API",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("_embedded.issues.item.issue_type", "_embedded.issues.item.library"),
        sdk.JsonKeys("_links.self.href", "page.total_elements", empty=("_embedded.issues",)),
    ),
    items=sdk.JsonItems("_embedded.issues.item"),
)
def veracode_sca(issue: sdk.Json) -> sdk.Findings:
    """`GET /srcclr/v3/workspaces/ID/issues?project_id=ID`"""
    library, known = issue["library"], issue.get("vulnerability") or {}
    ecosystem, *coordinates = str(library.get("id")).split(":")
    score = issue.get("severity")
    vectors = (("cvss3_vector", "cvss3_score", "3.1"), ("cvss2_vector", "cvss2_score", "2.0"))
    cvss = (sdk.cvss(known.get(vector), known.get(of), "Veracode", usual) for vector, of, usual in vectors)
    yield _finding(
        kind_of_issue=str(issue["issue_type"]),
        ecosystem=ecosystem,
        coordinates=coordinates[:2],
        library=library["name"],
        version=sdk.text(library.get("version")),
        cve=known.get("cve"),
        title=known.get("title"),
        severity=sdk.severity_of_score(score),
        word=sdk.text(score),
        cwes=sdk.cwes(known.get("cwe_id")),
        cvss=tuple(each for each in cvss if each),
        fixed=known.get("fixed_version"),
        url=sdk.pick(issue, "_links.html.href"),
        stable_id=sdk.text(issue.get("id")),
        state=str(issue.get("issue_status")),
        is_ignored=issue.get("ignored") is True,
        target=sdk.text(issue.get("project_name")),
        found_at=issue.get("created_date"),
        tags=sdk.texts(["vulnerable method called" if issue.get("vulnerable_method") else None]),
    )


@sdk.parser(
    id="veracode-sca-csv",
    scanner="Veracode SCA",
    title="Veracode SCA CSV",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def veracode_sca_csv(row: sdk.Row) -> sdk.Findings:
    """Veracode SCA → Agent-Based Scan → a project → Issues → Export CSV"""
    score = sdk.cvss(None, row.get("CVSS score"), "Veracode")
    yield _finding(
        kind_of_issue=row["Issue type"],
        ecosystem=row.get("Package manager", ""),
        coordinates=[row.get("Coordinate 1", ""), row.get("Coordinate 2", "")],
        library=row["Library"],
        version=sdk.text(row["Version in use"]),
        cve=row.get("CVE"),
        title=row.get("Title"),
        severity=sdk.severity(row.get("Severity")),
        word=sdk.text(row.get("Severity")),
        cvss=(score,) if score else (),
        fixed=row.get("Updated Version"),
        stable_id=row["Issue ID"],
        state=row.get("Status", ""),
        is_ignored=row.get("Ignored", "").lower() == "true",
        target=sdk.text(row.get("Project")),
        found_at=_CLOCK.sub(r"\1:00", row.get("Issue opened: Scan date", "")),
        tags=sdk.texts([row.get("Dependency (Transitive or Direct)"), row.get("License")]),
    )


def _finding(
    *, kind_of_issue: str, ecosystem: str, coordinates: list[str], library: str, version: str | None, cve: Any,
    title: Any, severity: sdk.Severity, word: str | None, cvss: tuple[sdk.Cvss, ...], fixed: Any,
    stable_id: str | None, state: str, is_ignored: bool, target: str | None, found_at: Any, tags: tuple[str, ...],
    cwes: tuple[int, ...] = (), url: Any = None,
) -> sdk.ReportedFinding:  # fmt: skip
    """CVEs stand there without their prefix. Issues about licences and old libraries have no vulnerability."""
    number = sdk.text(cve)
    group, artifact = ([*coordinates, "", ""])[:2]
    name = ":".join(sdk.texts([group, artifact])) or library
    identifiers = (
        sdk.identifiers(number if number and number.startswith("CVE") else f"CVE-{number}") if number else ()
    )
    said = sdk.text(title) or next(iter(identifiers), kind_of_issue)
    ended = "ignored" if is_ignored else "fixed" if state.lower() in ("resolved", "fixed") else None
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said, library, version),
        severity=severity,
        severity_reported=word,
        rule_id=next(iter(identifiers), None) or said,
        identifiers=identifiers,
        cwes=cwes,
        cvss=cvss,
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version),
                fixed_versions=sdk.texts(fixed),
            ),
        ),
        references=sdk.urls(url),
        tags=tags,
        stable_id=stable_id,
        suppression=sdk.Suppression(justification=ended) if ended else None,
        target=target,
        found_at=sdk.timestamp(found_at),
    )
