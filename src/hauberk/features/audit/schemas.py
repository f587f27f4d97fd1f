"""What the audit trail shows of an event."""

from typing import Any, Literal

from pydantic import Field

from hauberk.db.models.event import Event
from hauberk.features.identity.serving import Ids, Instant, Schema

PREFIXES = {
    "alert": "alr",
    "asset": "ast",
    "channel": "chn",
    "comment": "cmt",
    "delivery": "dlv",
    "escalation_policy": "esc",
    "finding": "fnd",
    "invitation": "inv",
    "job": "job",
    "organization": "org",
    "override": "ovr",
    "ref": "ref",
    "scan": "scn",
    "schedule": "sch",
    "service_account": "svc",
    "session": "ses",
    "token": "tok",
    "undelivered_event": "out",
    "user": "usr",
    "vulnerability": "vul",
}


class EventActorSchema(Schema):
    type: Literal["user", "token", "service_account", "system"]
    id: str | None
    name: str


class EventSubjectSchema(Schema):
    type: str
    id: str | None


class EventSchema(Schema):
    id: str
    at: Instant
    actor: EventActorSchema
    action: str = Field(examples=["finding.triaged"])
    subject: EventSubjectSchema
    detail: dict[str, Any] = Field(description="Of a change: what was, and what is now")
    request_id: str | None
    is_sealed: bool = Field(description="Part of the hash chain already")

    @classmethod
    def of(cls, event: Event, ids: Ids) -> "EventSchema":
        prefix = PREFIXES.get(event.subject_type)
        detail = dict(event.detail)
        if "token_id" in detail:
            detail["token_id"] = ids.encode("tok", detail["token_id"])
        account = ids.encode_or_none("svc", detail.pop("service_account_id", None))
        return cls(
            id=ids.encode("evt", event.id),
            at=event.at,
            actor=EventActorSchema.model_validate(
                {
                    "type": event.actor_type,
                    "id": account or ids.encode_or_none("usr", event.actor_id),
                    "name": event.actor_name,
                }
            ),
            action=event.action,
            subject=EventSubjectSchema(
                type=event.subject_type, id=ids.encode_or_none(prefix, event.subject_id) if prefix else None
            ),
            detail=detail,
            request_id=event.request_id,
            is_sealed=event.chain_hash is not None,
        )
