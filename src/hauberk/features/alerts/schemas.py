"""What alerts and their rules look like over HTTP."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from hauberk.db.models.alert import Alert
from hauberk.domain.alert import AlertSeverity
from hauberk.features.alerts.rule import Rule, Unit
from hauberk.features.identity.serving import Ids, Instant, Payload, Schema
from hauberk.features.on_call.schemas import PublicId


class FactSchema(Schema):
    name: str
    value: str


class AlertPersonSchema(Schema):
    id: str
    name: str


class AlertSchema(Schema):
    id: str
    rule: str
    rule_title: str
    severity: AlertSeverity
    title: str
    summary: str
    facts: list[FactSchema]
    is_test: bool
    state: Literal["firing", "resolved"]
    began_at: Instant
    last_seen_at: Instant
    resolved_at: Instant | None
    resolved_by: AlertPersonSchema | None
    acknowledged_at: Instant | None
    acknowledged_by: AlertPersonSchema | None
    next_call_at: Instant | None = Field(
        description="When the escalation goes on, unless somebody acknowledges"
    )
    calls_made: int
    runbook: str | None = Field(description="Its page among the runbooks")
    dedup_key: str = Field(description="By which its deliveries are found")

    @classmethod
    def of(
        cls, alert: Alert, ids: Ids, *, rule: Rule | None, names: dict[int, str], dedup_key: str
    ) -> "AlertSchema":
        def person(number: int | None) -> dict[str, Any] | None:
            if number is None:
                return None
            return {"id": ids.encode("usr", number), "name": names.get(number, "Somebody who is gone")}

        return cls.model_validate(
            {
                "id": ids.encode("alr", alert.id),
                "rule": alert.rule,
                "rule_title": rule.title if rule else alert.title,
                "severity": alert.severity,
                "title": alert.title,
                "summary": alert.summary,
                "facts": [{"name": name, "value": value} for name, value in alert.facts],
                "is_test": alert.is_test,
                "state": alert.state,
                "began_at": alert.began_at,
                "last_seen_at": alert.last_seen_at,
                "resolved_at": alert.resolved_at,
                "resolved_by": person(alert.resolved_by),
                "acknowledged_at": alert.acknowledged_at,
                "acknowledged_by": person(alert.acknowledged_by),
                "next_call_at": alert.escalate_at,
                "calls_made": alert.escalation_step,
                "runbook": rule.runbook if rule else None,
                "dedup_key": dedup_key,
            }
        )


class AlertRuleSchema(Schema):
    name: str
    title: str
    meaning: str
    row: str = Field(description="Of the readiness checklist")
    severity: AlertSeverity
    unit: Unit
    threshold: float = Field(description="In force")
    default_threshold: float
    variable: str = Field(description="The setting that the default comes from")
    holds_for_seconds: int
    is_enabled: bool
    is_of_organization: bool = Field(description="About this organization; others are about the installation")
    runbook: str
    value: float | None = Field(description="As seen at the last evaluation")
    seen: str | None
    evaluated_at: Instant | None


class AlertRuleChange(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"threshold": 0.02}]})

    is_enabled: bool | None = None
    threshold: float | None = Field(default=None, ge=0, le=10**9, description="null: the setting's again")


class PageTestRequest(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"user_id": "usr_0000000000000"}]})

    user_id: PublicId = Field(description="Who is to acknowledge it")


class LinkRequest(Payload):
    token: str = Field(max_length=2_000, examples=["WzEsMiwi…"], description="What follows # in the link")


class LinkedAlertSchema(Schema):
    """What a signed link is for; only what the mail said already."""

    title: str
    summary: str
    severity: AlertSeverity
    began_at: Instant
    is_over: bool
    is_acknowledged: bool
    person: str = Field(description="For whom the link was made")


class RunbookSchema(Schema):
    name: str
    title: str
    text: str = Field(description="Markdown")
