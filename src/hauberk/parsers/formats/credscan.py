"""CredScan: Microsoft's scanner for credentials in files."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_COLUMNS = ("TimeofDiscovery", "Source", "Searcher", "Line", "IsSuppressed")


@sdk.parser(
    id="credscan-csv",
    scanner="CredScan",
    docs="https://learn.microsoft.com/en-us/previous-versions/azure/security/develop/security-code-analysis-customize",
    kinds=[sdk.SECRET],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def credscan(row: sdk.Row) -> sdk.Findings:
    """`CredentialScanner.exe -I src -f csv -O credscan` (output type `csv` of the pipeline task)"""
    rule, path = row["Searcher"], row["Source"]
    is_suppressed = row["IsSuppressed"].lower() in ("yes", "true")
    reason = sdk.text(row.get("SuppressJustification"))
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{rule} in {path}",
        severity=sdk.Severity.INFO,  # a match is a suspicion of its searcher, with a score and no rating
        rule_id=rule.partition(" ")[0],
        rule_name=sdk.text(rule.partition(" ")[2]),
        cwes=secrets.CWES,
        locations=(
            sdk.Location(path=path, line=sdk.line(row.get("Line")), symbol=sdk.text(row.get("HashKey"))),
        ),
        confidence=sdk.text(row.get("MatchingScore")),
        stable_id=sdk.text(row.get("HashKey")),
        suppression=sdk.suppression(is_suppressed, justification=reason),
        found_at=sdk.timestamp(row["TimeofDiscovery"]),
    )
