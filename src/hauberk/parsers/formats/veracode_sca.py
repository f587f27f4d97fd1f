"""Veracode SCA (SourceClear): known vulnerabilities of libraries, from its API and as CSV."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://docs.veracode.com/r/c_sc_issues_page"
_COLUMNS = ("Issue ID", "Issue type", "Library", "Version in use", "Vulnerability ID")
_SCORES = (  # the vector's key, the score's, and which version they are
    ("cvss3_vector", "cvss3_score", "3.1"),
    ("cvss2_vector", "cvss2_score", "2.0"),
    (None, "cvss_score", None),
)
_CLOCK = re.compile(r"(\d{1,2}:\d{2})[AP]M GMT$")  # `14:02PM GMT` counts to 24 all the same


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
    yield _finding(issue)


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
    coordinates = (row.get("Package manager"), row.get("Coordinate 1"), row.get("Coordinate 2"))
    yield _finding(
        {
            "id": row["Issue ID"],
            "issue_type": row["Issue type"],
            "issue_status": row.get("Status"),
            "ignored": row.get("Ignored", "").lower() == "true",
            "severity": row.get("Severity"),
            "library": {
                "id": ":".join(each or "" for each in coordinates),
                "name": row["Library"],
                "version": row["Version in use"],
            },
            "vulnerability": {
                "cve": row.get("CVE"),
                "title": row.get("Title"),
                "cvss_score": row.get("CVSS score"),
                "fixed_version": row.get("Updated Version"),
            },
            "project_name": row.get("Project"),
            "created_date": _CLOCK.sub(r"\1:00", row.get("Issue opened: Scan date", "")),
            "tags": [row.get("Dependency (Transitive or Direct)"), row.get("License")],
        }
    )


def _finding(issue: sdk.Json) -> sdk.ReportedFinding:
    """CVEs stand there without their prefix. Issues about licences and old libraries have no vulnerability."""
    library, known = issue["library"], issue.get("vulnerability") or {}
    version, word, number = (
        sdk.text(each) for each in (library.get("version"), issue.get("severity"), known.get("cve"))
    )
    ecosystem, *coordinates = str(library.get("id")).split(":")
    name = ":".join(sdk.texts(coordinates[:2])) or library["name"]
    identifiers = sdk.identifiers(f"CVE-{number.removeprefix('CVE-')}" if number else None)
    title = sdk.text(known.get("title")) or sdk.first(identifiers) or str(issue["issue_type"])
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(title, library["name"], version),
        severity=sdk.severity(word) if sdk.number(word) is None else sdk.severity_of_score(word),
        severity_reported=word,
        rule_id=sdk.first(identifiers) or title,
        identifiers=identifiers,
        cwes=sdk.cwes(known.get("cwe_id")),
        cvss=sdk.assessments(*((known.get(v), known.get(s), "Veracode", usual) for v, s, usual in _SCORES)),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version),
                fixed_versions=sdk.texts(known.get("fixed_version")),
            ),
        ),
        references=sdk.urls(sdk.pick(issue, "_links.html.href")),
        tags=sdk.texts(
            [
                *(issue.get("tags") or ()),
                "vulnerable method called" if issue.get("vulnerable_method") else None,
            ]
        ),
        stable_id=sdk.text(issue.get("id")),
        suppression=_suppression(issue),
        target=sdk.text(issue.get("project_name")),
        found_at=sdk.timestamp(issue.get("created_date")),
    )


def _suppression(issue: sdk.Json) -> sdk.Suppression | None:
    if issue.get("ignored") is True:
        return sdk.Suppression(justification="ignored")
    is_over = str(issue.get("issue_status")).lower() in ("resolved", "fixed")
    return sdk.suppression(is_over, justification="fixed")
