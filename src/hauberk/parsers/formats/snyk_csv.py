"""Snyk: the issues of a group or organization, as its reports export them."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_COLUMNS = ("ISSUE_SEVERITY", "PROBLEM_TITLE", "PROJECT_NAME", "CVE", "CWE")
_OVER = ("ignored", "resolved")


@sdk.parser(
    id="snyk-issues-csv",
    scanner="Snyk",
    title="Snyk issues CSV",
    docs="https://docs.snyk.io/manage-risk/analytics/reports-tab/issue-columns-dictionary",
    kinds=[sdk.SCA, sdk.SAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def snyk_csv(row: sdk.Row) -> sdk.Findings:
    """Reports → Issues Detail → Download CSV; whoever exports chooses the columns, keep the package's"""
    is_code = row.get("PRODUCT_NAME", "").lower() == "snyk code"
    project, target_file = _project(row["PROJECT_NAME"])
    word = row["ISSUE_SEVERITY"] or row.get("SEVERITY", "")
    state = row.get("ISSUE_STATUS", "") or row.get("ISSUE_STATUS_INDICATOR", "")
    path = sdk.text(row.get("FILE_PATH")) or target_file
    yield sdk.ReportedFinding(
        kind=sdk.SAST if is_code else sdk.SCA,
        title=row["PROBLEM_TITLE"],
        severity=sdk.severity(word),
        severity_reported=sdk.text(word),
        rule_id=sdk.text(row.get("PROBLEM_ID")),
        identifiers=sdk.identifiers(_each(row["CVE"]), row.get("PROBLEM_ID")),
        cwes=sdk.cwes(_each(row["CWE"])) or (() if is_code else packages.CWES),
        cvss=sdk.assessments((None, row.get("NVD_SCORE"), "NVD")),
        epss=sdk.number(row.get("EPSS_SCORE")),
        locations=(sdk.Location(path=path),) if path else (),
        components=() if is_code else tuple(_component(row, path)),
        references=sdk.urls(row.get("ISSUE_URL")),
        tags=sdk.texts(
            [row.get("PRODUCT_NAME"), row.get("EXPLOIT_MATURITY"), row.get("COMPUTED_FIXABILITY")]
        ),
        suppression=sdk.suppression(state.lower() in _OVER, justification=state),
        target=project,
        found_at=sdk.timestamp(row.get("FIRST_INTRODUCED") or row.get("INTRODUCED")),
    )


def _component(row: sdk.Row, path: str | None) -> Iterator[sdk.Component]:
    named = row.get("PACKAGE_NAME_AND_VERSION", "").replace(" ", "@")
    name, _, version = named.rpartition("@")
    if named:
        yield sdk.Component(
            name=name or named,
            version=sdk.text(version) if name else None,
            fixed_versions=sdk.texts(_each(row.get("FIXED_IN_VERSION", ""))),
            path=path,
        )


def _project(name: str) -> tuple[str | None, str | None]:
    """`organization/repository:package.json`: of an image, what is behind the colon is no file."""
    project, _, path = name.partition(":")
    return sdk.text(project), sdk.text(path) if "." in path else None


def _each(listed: str) -> list[str]:
    """`CVE-2021-1,CVE-2021-2`, or so in brackets and quotes."""
    return [each.strip(" []\"'") for each in listed.replace(";", ",").split(",")]
