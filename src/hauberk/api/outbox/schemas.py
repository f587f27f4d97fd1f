"""What is said of an event that was given up: what happened, who missed it, and why; never what it carried."""

from pydantic import Field

from hauberk.db.models.job import Outbox
from hauberk.features.identity.serving import Ids, Instant, Payload, Schema
from hauberk.jobs.events import handlers_after


class UndeliveredSchema(Schema):
    id: str
    topic: str = Field(description="What happened", examples=["FindingsChanged"])
    missed_by: list[str] = Field(description="Handlers that have not had it")
    attempts: int
    error: str | None
    created_at: Instant
    given_up_at: Instant

    @classmethod
    def of(cls, event: Outbox, ids: Ids) -> "UndeliveredSchema":
        return cls.model_validate(
            {
                "id": ids.encode("out", event.id),
                "topic": event.topic,
                "missed_by": [name for name in handlers_after(event.topic) if name not in event.delivered],
                "attempts": event.attempts,
                "error": event.error,
                "created_at": event.created_at,
                "given_up_at": event.dead_at,
            }
        )


class ReplayOrder(Payload):
    """Which events are handed out again."""

    topic: str | None = Field(default=None, max_length=100, examples=["FindingsChanged"])


class Replayed(Schema):
    """How many are on their way again, and how many are left."""

    replayed: int
    left: int
