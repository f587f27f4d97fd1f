"""What the audit trail shows of an event."""

from typing import Any, Literal

from pydantic import Field

from hauberk.db.models.event import Event
from hauberk.features.audit.proof import Proof
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
    "mapping": "map",
    "organization": "org",
    "override": "ovr",
    "policy": "pol",
    "quarantined_file": "qtn",
    "ref": "ref",
    "saved_view": "viw",
    "scan": "scn",
    "schedule": "sch",
    "service_account": "svc",
    "session": "ses",
    "token": "tok",
    "undelivered_event": "out",
    "user": "usr",
    "vulnerability": "vul",
}
SUBJECTS = {prefix: kind for kind, prefix in PREFIXES.items()}


ActorType = Literal["user", "token", "service_account", "system"]


class EventActorSchema(Schema):
    type: ActorType
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
    link: int | None = Field(description="Its place in the hash chain, counted from 1")

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
            link=event.chain_position,
        )


class AuditChainSchema(Schema):
    length: int = Field(
        description="How many events are sealed: each has the hash of itself and of all before it"
    )
    waiting: int = Field(description="Newer ones, which the next sealing takes in; counted up to 5,000")
    newest_hash: str | None = Field(
        description="Compare it with what the log noted: a chain cut short is whole"
    )
    broken_at: int | None = Field(
        description="The first link that is known not to fit: something was changed"
    )
    looked_at: Instant | None = Field(description="When a part of it was last walked in the background")

    @classmethod
    def of(cls, proof: Proof) -> "AuditChainSchema":
        return cls(
            length=proof.length,
            waiting=proof.waiting,
            newest_hash=proof.head.hex() or None,
            broken_at=proof.broken_at,
            looked_at=proof.looked_at,
        )
