"""What Semgrep's rules are about and how they rate it, whichever of its reports they stand in."""

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


def is_of_secrets(*words: str) -> bool:
    """By what a rule's name, category and technologies say."""
    return any("secrets" in word or "detected-" in word for word in words)
