"""OWASP Security Knowledge Framework: the requirements of a checklist that a project does not meet yet."""

from hauberk.parsers import sdk

_COLUMNS = ("title", "description", "mitigation")


def _is_checklist(probe: sdk.Probe) -> int:
    """These columns and no others, which many tables have among theirs."""
    is_it = any(header - {""} == frozenset(_COLUMNS) for header in probe.headers)
    return 1 + len(_COLUMNS) if is_it else 0


@sdk.parser(
    id="skf-csv",
    scanner="OWASP SKF",
    docs="https://skf.readme.io/docs/introduction",
    kinds=[sdk.SAST],
    sniff=_is_checklist,
    items=sdk.CsvRows(*_COLUMNS),
)
def skf(row: sdk.Row) -> sdk.Findings:
    """A project's *Summary*, *Export*"""
    title = _plain(row["title"])
    group, _, requirement = title.partition(" : ")
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=title,
        severity=sdk.Severity.INFO,  # SKF rates nothing
        rule_id=requirement or title,
        description=sdk.text(_plain(row["description"])),
        remediation=sdk.text(_plain(row["mitigation"])),
        tags=sdk.texts(group if requirement else None),
    )


def _plain(value: str) -> str:
    """The export escapes commas and doubles quotes, in quoted cells, where neither needs it."""
    return value.replace("\\,", ",").replace("''", "'")
