"""`domain.priority` as SQL, for statements that change the severity of many findings at once."""

from sqlalchemy import ColumnElement, Integer, case, cast, func

from hauberk.domain.priority import EXPLOITED, MAX_CVSS, MAX_PER_CENT, PER_CENT, PER_SEVERITY


def priority_sql(
    severity: ColumnElement[int],
    *,
    cvss: ColumnElement[float],
    known_exploited: ColumnElement[bool],
    epss: ColumnElement[float],
) -> ColumnElement[int]:
    return cast(
        severity * PER_SEVERITY
        + case((known_exploited, EXPLOITED), else_=0)
        + func.least(func.floor(func.coalesce(epss, 0) * 100), MAX_PER_CENT) * PER_CENT
        + func.least(func.round(func.coalesce(cvss, 0) * 10), MAX_CVSS),
        Integer,
    )
