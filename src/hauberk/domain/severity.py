"""Severity: the scale that every scanner's own scale is mapped onto."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad a problem is; `rank` orders it (0 unknown … 5 critical) and is what tables store."""

    UNKNOWN = "unknown"
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @classmethod
    def of_rank(cls, rank: int) -> "Severity":
        return _BY_RANK[rank]

    @classmethod
    def of_score(cls, score: float) -> "Severity":
        """The CVSS qualitative rating (FIRST, CVSS v3.1 §5); 0.0 is `info`."""
        for floor, severity in _SCORE_FLOORS:
            if score >= floor:
                return severity
        return cls.INFO


_BY_RANK = tuple(Severity)
_RANKS = {severity: rank for rank, severity in enumerate(_BY_RANK)}
_SCORE_FLOORS = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
)
