"""The product's own detector: acts of the audit trail that an organization's administrators should hear of."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from hauberk.db.models.event import Event
from hauberk.domain.alert import AlertSeverity
from hauberk.features.alerts.rule import Condition, Observation, Question, Rule, Unit
from hauberk.features.feeds.applying import KNOWN_EXPLOITED
from hauberk.features.policies.past_due import PAST_DUE
from hauberk.kit import clock

EXPORTED: Final = "finding.exported"
SELDOM: Final = (EXPORTED, "user.changed", "user.added", "invitation.created", PAST_DUE)
WATCHED: Final = (*SELDOM, KNOWN_EXPLOITED)
LOOKS_BACK: Final = timedelta(hours=1)
TOLD_FOR: Final = timedelta(minutes=15)
"""How long a single act keeps its alert open."""
_MOST: Final = 5_000
_TOLD_ONE_BY_ONE: Final = 5


class Act(NamedTuple):
    """An event of the audit trail, as far as it matters here."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    action: str
    detail: dict[str, Any]


def watched_acts(connection: Connection, organization_id: int) -> list[Act]:
    """The newest ones of the last hour, the oldest first. What a feed told of many findings never hides what people did."""
    acts = [
        act for each in (SELDOM, (KNOWN_EXPLOITED,)) for act in _newest(connection, organization_id, each)
    ]
    return sorted(acts, key=lambda act: act.id)


def _newest(connection: Connection, organization_id: int, actions: Sequence[str]) -> list[Act]:
    rows = connection.execute(
        select(Event.id, Event.at, Event.actor_id, Event.actor_name, Event.action, Event.detail)
        .where(
            Event.organization_id == organization_id,
            Event.at >= clock.now() - LOOKS_BACK,
            Event.action.in_(actions),
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(_MOST)
    ).all()
    return [Act(*row) for row in rows]


def privilege_change(question: Question) -> Observation:
    """Each act by which somebody becomes administrator is an alert of its own."""
    since = clock.now() - TOLD_FOR
    raised = [act for act in question.material if act.at >= since and _raises(act)]
    seen = f"Acts of 15 minutes that made somebody administrator: {len(raised)}."
    if len(raised) < question.threshold:
        return Observation(len(raised), seen)
    conditions = tuple(
        Condition(
            about=str(act.id),
            title="Somebody becomes administrator",
            summary=f"{act.actor_name} gave {act.detail.get('email', 'somebody')} the role of an administrator.",
            value=len(raised),
            facts=(("By", act.actor_name), ("At", f"{act.at:%Y-%m-%d %H:%M:%S} UTC"), ("Act", act.action)),
        )
        for act in raised
    )
    return Observation(len(raised), seen, conditions)


def _raises(act: Act) -> bool:
    role = act.detail.get("role")
    return (role[-1] if isinstance(role, list) and role else role) == "admin"


def mass_export(question: Question) -> Observation:
    """By person: so many exports, or so many findings in them, within an hour."""
    exports: dict[str, list[Act]] = defaultdict(list)
    for act in question.material:
        if act.action == EXPORTED:
            exports[_who(act)].append(act)
    most_findings = question.settings.alert.exported_findings
    conditions = []
    for who, acts in exports.items():
        name = _name(acts[-1])
        findings = sum(int(act.detail.get("findings", 0)) for act in acts)
        if len(acts) >= question.threshold or findings >= most_findings:
            conditions.append(
                Condition(
                    about=who[:200],
                    title="Somebody exports a lot",
                    summary=f"{name} exported {findings:,} findings within an hour. Files: {len(acts)}.",
                    value=len(acts),
                    facts=(("Files", str(len(acts))), ("Findings", f"{findings:,}")),
                )
            )
    most = max((len(acts) for acts in exports.values()), default=0)
    return Observation(most, f"Exports of one person within an hour: at most {most}.", tuple(conditions))


def _who(act: Act) -> str:
    """A person is one with all tokens; a service account is no person, and each is told apart."""
    if act.actor_id is not None:
        return f"user {act.actor_id}"
    return f"account {act.detail.get('service_account_id', act.actor_name)}"


def _name(act: Act) -> str:
    """Without the token's."""
    return act.actor_name if act.actor_id is None else act.actor_name.partition(" (")[0]


def known_exploited(question: Question) -> Observation:
    """By what the vulnerability is called; many at once, as of a feed's first renewal, are one alert.

    What people had decided about is in the trail too, and is nobody's work now.
    """
    told = Counter(
        ", ".join(act.detail.get("names") or ("A vulnerability",))
        for act in question.material
        if act.action == KNOWN_EXPLOITED and not act.detail.get("is_decided")
    )
    found = [(names, findings) for names, findings in told.most_common() if findings >= question.threshold]
    if len(found) > _TOLD_ONE_BY_ONE:
        found = [(f"{found[0][0]} and {len(found) - 1} others", sum(findings for _, findings in found))]
    conditions = tuple(
        Condition(
            about=names[:200],
            title="A vulnerability is exploited now",
            summary=f"Known to be exploited from now on: {names}. "
            + ("1 open finding has it." if findings == 1 else f"{findings:,} open findings have it."),
            value=findings,
            facts=(("Vulnerability", names), ("Open findings", f"{findings:,}")),
        )
        for names, findings in found
    )
    most = max(told.values(), default=0)
    return Observation(
        most, f"{len(told)} vulnerabilities became known exploited within an hour.", conditions
    )


def past_due(question: Question) -> Observation:
    """Once a day, what became past due since the day before."""
    told = [(act, int(act.detail["findings"])) for act in question.material if act.action == PAST_DUE]
    conditions = tuple(_past_due(act, findings) for act, findings in told if findings >= question.threshold)
    most = max((findings for _, findings in told), default=0)
    return Observation(most, f"Findings that became past due when it was last looked: {most:,}.", conditions)


def _past_due(act: Act, findings: int) -> Condition:
    by_severity = ", ".join(f"{count:,} {word}" for word, count in act.detail["severities"].items())
    said = "1 open finding" if findings == 1 else f"{findings:,} open findings"
    return Condition(
        about=str(act.id),
        title="Findings are past due",
        summary=f"{said} became past due: {by_severity}.",
        value=findings,
        facts=(("Findings", f"{findings:,}"), ("List", "is:overdue")),
    )


SECURITY_RULES: Final = (
    Rule(
        "privilege_change", "Privilege change", "Acts of 15 minutes by which somebody becomes administrator.",
        "ALR-6", AlertSeverity.WARNING, "privilege_changes", Unit.COUNT, "PrivilegeChange", privilege_change,
        deaf_at=100, is_of_organization=True,
    ),
    Rule(
        "mass_export", "Mass export", "Exports of one person within an hour; very large ones count at once.",
        "ALR-6", AlertSeverity.WARNING, "exports", Unit.COUNT, "MassExport", mass_export,
        deaf_at=1_000, is_of_organization=True,
    ),
    Rule(
        "known_exploited", "Known exploited", "Open findings whose vulnerability a feed says is exploited now.",
        "ALR-6", AlertSeverity.WARNING, "known_exploited_findings", Unit.COUNT, "KnownExploited", known_exploited,
        deaf_at=100_000, is_of_organization=True,
    ),
    Rule(
        "past_due", "Past due", "Open findings whose due date has passed since the day before.",
        "ALR-6", AlertSeverity.WARNING, "past_due_findings", Unit.COUNT, "PastDue", past_due,
        deaf_at=100_000, is_of_organization=True,
    ),
)  # fmt: skip
