"""What all of SonarQube's outputs share."""

from hauberk.parsers import sdk

# The older words by the newer ones: https://docs.sonarsource.com/sonarqube-server/user-guide/rules/mqr-mode/
SEVERITIES: sdk.Scale = {
    "blocker": sdk.Severity.CRITICAL,
    "critical": sdk.Severity.HIGH,
    "high": sdk.Severity.HIGH,
    "major": sdk.Severity.MEDIUM,
    "medium": sdk.Severity.MEDIUM,
    "minor": sdk.Severity.LOW,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}
_RANKS = ("BLOCKER", "HIGH", "MEDIUM", "LOW", "INFO")
_OVER = {  # the first that is said counts
    "FALSE-POSITIVE": "false positive",
    "FALSE_POSITIVE": "false positive",
    "WONTFIX": "won't fix",
    "ACCEPTED": "accepted",
    "SAFE": "reviewed as safe",
    "ACKNOWLEDGED": "acknowledged",
    "FIXED": "fixed",
    "REMOVED": "removed",
    "CLOSED": "closed",
}


def worst(impacts: tuple[str, ...]) -> str | None:
    """The severest of the impacts on a software's qualities."""
    return next((rank for rank in _RANKS if rank in impacts), None)


def suppression_of(said: sdk.Json) -> sdk.Suppression | None:
    """Dismissed by somebody, else fixed, or closed because the code is no longer there."""
    states = {sdk.text(said.get(name)) for name in ("resolution", "status", "issueStatus")}
    word = next((why for state, why in _OVER.items() if state in states), None)
    return sdk.suppression(word, justification=word)
