"""Safety 1: known vulnerabilities of Python packages, each a list without names."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


def _is_list_of_rows(probe: sdk.Probe) -> int:
    rows = probe.json[:8] if isinstance(probe.json, list) else []
    return 4 if 2 * sum(map(_is_row, rows)) > len(rows) else 0


def _is_row(row: sdk.Json) -> bool:
    """Name, affected versions, version, advisory, number; later also both ratings by CVSS."""
    if not isinstance(row, list) or len(row) not in (5, 7):
        return False
    is_text = all(isinstance(each, str) for each in row[:5])
    return is_text and row[4].removeprefix("pyup.io-").isdigit()


@sdk.parser(
    id="safety-json-v1",
    scanner="Safety",
    title="Safety (before 2)",
    docs="https://docs.safetycli.com/safety-docs/output/json-output",
    kinds=[sdk.SCA],
    sniff=_is_list_of_rows,
    items=sdk.JsonItems("item"),
    versions="1 (`safety check`)",
)
def safety_v1(row: sdk.Json) -> sdk.Findings:
    """`safety check --json > safety.json`"""
    name, affected, version, advisory, number, *ratings = row
    names = sdk.identifiers(advisory)[:1]  # the advisory's own stands first; what it compares with follows
    scores = tuple(each for each in ratings if isinstance(each, dict))
    score = sdk.pick(scores[-1], "base_score") if scores else None
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(names[0] if names else f"Safety {number}", name, version),
        severity=sdk.severity_of_score(score),
        rule_id=sdk.text(number),
        description=sdk.text(advisory),
        identifiers=names,
        cwes=packages.CWES,
        cvss=sdk.assessments(*((each.get("vector_string"), each.get("base_score")) for each in scores)),
        components=(sdk.Component(name=name, version=version, purl=sdk.purl("pypi", name, version)),),
        tags=sdk.texts(f"affected: {affected}"),
    )
