"""How Semgrep rates what it finds, whichever of its reports it stands in."""

from hauberk.parsers import sdk

# https://semgrep.dev/docs/writing-rules/rule-syntax: `severity`; ERROR, WARNING and INFO before 1.72
SEVERITIES: sdk.Scale = {
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "error": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.MEDIUM,
    "experiment": sdk.Severity.INFO,
    "inventory": sdk.Severity.INFO,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.LOW,
}
