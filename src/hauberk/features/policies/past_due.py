"""What became past due since it was last said, in the trail: an alert tells those who should hear of it."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.db.audit import ACTIONS, record_in_job
from hauberk.db.models.finding import OPEN, SHOWN
from hauberk.domain.permissions import Actor
from hauberk.domain.severity import Severity
from hauberk.kit import clock

PAST_DUE: Final = "finding.past_due"
ACTIONS.labels(PAST_DUE)  # an alert asks by how much it rose: it begins at none
FIRST_LOOKS_BACK: Final = timedelta(days=1)
"""What is late for longer when this is first asked is no news."""

_TOLD: Final = text("""
select (detail->>'until')::timestamptz from event
where organization_id = :organization and subject_type = 'organization' and subject_id = :organization
    and action = :action
order by id desc limit 1
""")
_BY_SEVERITY: Final = text(f"""
select severity, count(*) as findings from finding
where organization_id = :organization and {OPEN} and {SHOWN}
    and due_at > :since and due_at <= :until
group by severity order by severity desc
""")  # noqa: S608 — conditions of ours


def tell(connection: Connection, organization_id: int) -> int:
    """How many open findings became past due since something was last told; they are told once."""
    organization = {"organization": organization_id}
    until = clock.now()
    told = connection.scalar(_TOLD, organization | {"action": PAST_DUE})
    since = told or until - FIRST_LOOKS_BACK
    rows = connection.execute(_BY_SEVERITY, organization | {"since": since, "until": until}).all()
    found: int = sum(row.findings for row in rows)
    if found:
        detail: dict[str, Any] = {
            "findings": found,
            "severities": {Severity.of_rank(row.severity).value: row.findings for row in rows},
            "since": since.isoformat(),
            "until": until.isoformat(),
        }
        record_in_job(
            connection, Actor.system(organization_id), PAST_DUE, "organization", organization_id, detail
        )
    return found
