"""What all of SonarQube's outputs share."""

from hauberk.parsers import sdk

# The older words by the newer ones: https://docs.sonarsource.com/sonarqube-server/user-guide/rules/mqr-mode/
SCALE: sdk.Scale = {
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
_DISMISSED = {
    "FALSE-POSITIVE": "false positive",
    "FALSE_POSITIVE": "false positive",
    "WONTFIX": "won't fix",
    "ACCEPTED": "accepted",
    "SAFE": "reviewed as safe",
    "ACKNOWLEDGED": "acknowledged",
}
_GONE = ("FIXED", "REMOVED", "CLOSED")


def worst(impacts: tuple[str, ...]) -> str | None:
    """The severest of the impacts on a software's qualities."""
    return next((rank for rank in _RANKS if rank in impacts), None)


def states(said: sdk.Json) -> set[str]:
    return set(sdk.texts([said.get("resolution"), said.get("status"), said.get("issueStatus")]))


def is_gone(said: sdk.Json) -> bool:
    """Fixed, or closed because the code is no longer there."""
    found = states(said)
    return not found.isdisjoint(_GONE) and found.isdisjoint(_DISMISSED)


def suppression_of(said: sdk.Json) -> sdk.Suppression | None:
    word = next((_DISMISSED[state] for state in states(said) if state in _DISMISSED), None)
    return sdk.Suppression(justification=word) if word else None
