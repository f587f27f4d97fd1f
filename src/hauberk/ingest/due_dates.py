"""When findings are due, in SQL: by the policy of their asset.

Written wherever a finding comes to be or what its due date is made of changes: severity, first sight, coming back, and
whether it is known to be exploited. Always under the asset's lock: a policy that is changed meanwhile is applied by a
job that waits for it, so that no finding is left behind.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

from hauberk.db.models.finding import OPEN, SHOWN
from hauberk.domain.policy import GRADED
from hauberk.domain.priority import EXPLOITED

# A table of at most one row, for a left join: what holds for the asset.
POLICY: Final = """(
    select p.* from due_policy p join asset a on a.organization_id = p.organization_id and a.id = :asset
        and (cardinality(p.asset_tags) = 0 or p.asset_tags && a.tags)
    where p.organization_id = :organization order by p.position, p.id limit 1)"""
_CASES: Final = " ".join(f"when {each.rank} then p.{each.value}_days" for each in GRADED)


def _days(row: str, is_exploited: str) -> str:
    return (
        f"least(case {row}.severity {_CASES} end, case when {is_exploited} then p.known_exploited_days end)"
    )


def _days_of(row: str) -> str:
    return _days(row, f"{row}.priority / {EXPLOITED} % 10 = 1")


DAYS: Final = _days_of("f")
"""Of finding `f` by policy `p`; null where there is no hurry."""
# In hours: a day of a time zone that changes its clock has another length.
_AFTER: Final = "({since}) + make_interval(hours => 24 * {days})"
NEW_DUE: Final = _AFTER.format(
    since="cast(:at as timestamptz)",
    days=_days("f", "x.known_exploited or x.feed_known_exploited"),
)
"""Of a new finding, whose text is `x`."""


def _due(row: str) -> str:
    return _AFTER.format(since=f"coalesce({row}.reopened_at, {row}.first_seen_at)", days=_days_of(row))


_DUE: Final = _due("f")
_ANY: Final = "exists (select from due_policy where organization_id = :organization)"
DUE_ANEW: Final = f"case when {_ANY} then {_due('c')} else c.due_at end"
"""Of a finding that is computed as `c`, with what it was due until now."""
_SETTLE: Final = f"""
update finding f set due_at = n.due_at, changed_at = now()
from (select f.id, {_DUE} as due_at
      from finding f left join {POLICY} p on true
      where f.organization_id = :organization and f.asset_id = :asset and f.id in ({{which}})) n
where f.organization_id = :organization and f.id = n.id and f.due_at is distinct from n.due_at
    and {{condition}}
"""  # noqa: S608 — constants of ours
SETTLE_TOUCHED: Final = _SETTLE.format(
    which="select finding_id from touched",
    condition=_ANY,
)
"""Those of the temporary table `touched`. Without policies nothing has a due date, and nothing is looked at."""
_SETTLE_THESE: Final = text(
    _SETTLE.format(which="select unnest(cast(:findings as int8[]))", condition="true")
)
_ARE_THERE: Final = text(f"""
select {_ANY}
    or exists (select from finding where organization_id = :organization and {OPEN} and {SHOWN} and due_at is not null)
""")  # noqa: S608 — constants of ours, here and below
_DIFFERING: Final = text(f"""
select f.id from finding f left join {POLICY} p on true
where f.organization_id = :organization and f.asset_id = :asset and f.joined_into_id is null
    and f.due_at is distinct from {_DUE}
limit :at_once
""")  # noqa: S608


def settle(connection: Connection, organization_id: int, asset_id: int, findings: Sequence[int]) -> int:
    """These findings of the asset; answers how many became due at another time."""
    parameters = {"organization": organization_id, "asset": asset_id, "findings": list(findings)}
    changed: int = connection.execute(_SETTLE_THESE, parameters).rowcount
    return changed


def differing(connection: Connection, organization_id: int, asset_id: int, at_once: int) -> Sequence[int]:
    """Findings of the asset that are due at another time than its policy says."""
    parameters = {"organization": organization_id, "asset": asset_id, "at_once": at_once}
    return connection.scalars(_DIFFERING, parameters).all()


def are_there(connection: Connection, organization_id: int) -> bool:
    """Whether the organization has policies, or open findings with due dates from when it had some."""
    return bool(connection.scalar(_ARE_THERE, {"organization": organization_id}))
