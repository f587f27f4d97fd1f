"""What channels and deliveries look like over HTTP; no secret is ever in an answer."""

from datetime import datetime, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from hauberk.db.models.notification import NotificationAttempt, NotificationChannel, NotificationDelivery
from hauberk.domain.alert import AlertSeverity
from hauberk.features.identity.serving import Ids, Instant, Payload, Schema

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Rule = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z_]+$")]
Day = Annotated[int, Field(ge=0, le=6)]
# Without an offset, which JSON Schema's own `time` and `date-time` have.
HOUR_PATTERN = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
Hour = Annotated[time, WithJsonSchema({"type": "string", "pattern": f"^{HOUR_PATTERN}$"})]


def _check_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not a time zone such as Europe/Berlin")
    return str(ZoneInfo(name))


TimeZone = Annotated[str, Field(max_length=60, examples=["Europe/Berlin"]), AfterValidator(_check_zone)]


class QuietHoursSchema(Payload):
    """Hours in which only the gravest is told; what is over when they end is not told at all."""

    time_zone: TimeZone
    begins: Hour = Field(examples=["22:00"])
    ends: Hour = Field(examples=["07:00"], description="Not later than the beginning: on the next day")
    days: list[Day] = Field(
        default_factory=lambda: list(range(7)), min_length=1, max_length=7, description="0 is Monday"
    )
    except_severity: AlertSeverity | None = Field(
        default=AlertSeverity.CRITICAL, description="What is told at any hour; null: nothing is"
    )


class ChannelRequest(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Operations room",
                    "kind": "slack",
                    "secret": {"url": "https://hooks.slack.com/services/T0/B0/x"},
                    "least_severity": "warning",
                }
            ]
        }
    )

    name: Name
    kind: str = Field(max_length=30)
    configuration: dict[str, Any] = Field(default_factory=dict, description="As the kind wants it")
    secret: dict[str, Any] = Field(
        default_factory=dict, description="As the kind wants it; never shown again"
    )
    least_severity: AlertSeverity = AlertSeverity.WARNING
    rules: list[Rule] = Field(default_factory=list, max_length=100, description="Only of these; empty is all")
    quiet_hours: QuietHoursSchema | None = None
    is_enabled: bool = True


class ChannelChange(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is_enabled": False}]})

    name: Name | None = None
    configuration: dict[str, Any] | None = None
    secret: dict[str, Any] | None = Field(default=None, description="Replaces the old one")
    least_severity: AlertSeverity | None = None
    rules: list[Rule] | None = Field(default=None, max_length=100)
    quiet_hours: QuietHoursSchema | None = Field(default=None, description="null: none any more")
    is_enabled: bool | None = None


class ChannelKindSchema(Schema):
    """A kind of channel, with JSON schemas of what has to be given."""

    name: str
    title: str
    configuration: dict[str, Any]
    secret: dict[str, Any]


class ChannelSchema(Schema):
    id: str
    name: str
    kind: str
    configuration: dict[str, Any]
    host: str = Field(description="Where it leads, when the address itself is a secret")
    has_secret: bool
    is_enabled: bool
    disabled_reason: str | None
    least_severity: AlertSeverity
    rules: list[str]
    quiet_hours: QuietHoursSchema | None
    last_accepted_at: Instant | None = Field(description="When its receiver last took a notice")
    last_failed_at: Instant | None
    last_error: str | None
    created_at: Instant

    @classmethod
    def of(cls, channel: NotificationChannel, ids: Ids, seen: "Seen | None", **more: Any) -> Self:
        return cls(
            **more,
            id=ids.encode("chn", channel.id),
            name=channel.name,
            kind=channel.kind,
            configuration=channel.configuration,
            host=channel.host,
            has_secret=channel.secret is not None,
            is_enabled=channel.is_enabled,
            disabled_reason=channel.disabled_reason,
            least_severity=AlertSeverity(channel.least_severity),
            rules=channel.rules,
            quiet_hours=(
                QuietHoursSchema.model_validate(channel.quiet_hours) if channel.quiet_hours else None
            ),
            last_accepted_at=seen.accepted_at if seen else None,
            last_failed_at=seen.failed_at if seen else None,
            last_error=seen.error if seen else None,
            created_at=channel.created_at,
        )


class Seen(Schema):
    """What the ledger says of a channel."""

    accepted_at: datetime | None
    failed_at: datetime | None
    error: str | None


class MadeChannelSchema(ChannelSchema):
    made_secret: dict[str, str] | None = Field(description="Only here and now: the secret that was made")


class StartedDeliverySchema(Schema):
    id: str = Field(description="The delivery in the ledger")


class AttemptSchema(Schema):
    at: Instant
    outcome: Literal["accepted", "failed", "refused"]
    code: int | None = Field(description="The receiver's own, of HTTP or SMTP")
    detail: str
    duration_ms: int

    @classmethod
    def of(cls, attempt: NotificationAttempt) -> "AttemptSchema":
        return cls.model_validate(attempt)


class DeliverySchema(Schema):
    id: str
    recipient: str
    channel_id: str | None
    user_id: str | None
    kind: str
    event: str
    dedup_key: str
    headline: str
    severity: AlertSeverity
    rule: str
    is_test: bool
    state: Literal["waiting", "delivered", "dead", "dropped"]
    attempts: int
    next_attempt_at: Instant | None = Field(description="Of one that waits")
    is_held: bool = Field(description="It waits for the end of quiet hours")
    error: str | None
    reference: str | None = Field(description="What the receiver calls it")
    created_at: Instant
    ended_at: Instant | None

    @classmethod
    def of(cls, delivery: NotificationDelivery, ids: Ids) -> "DeliverySchema":
        return cls.model_validate(_shown(delivery, ids))


class DeliveryDetailSchema(DeliverySchema):
    text: str
    tries: list[AttemptSchema]

    @classmethod
    def with_attempts(
        cls, delivery: NotificationDelivery, ids: Ids, tries: list[NotificationAttempt]
    ) -> "DeliveryDetailSchema":
        return cls.model_validate(
            {
                **_shown(delivery, ids),
                "text": delivery.notice["text"],
                "tries": [AttemptSchema.of(each) for each in tries],
            }
        )


def _shown(delivery: NotificationDelivery, ids: Ids) -> dict[str, Any]:
    from_notice = {"severity": delivery.notice["severity"], "rule": delivery.notice["rule"]}
    is_waiting = delivery.state == "waiting"
    names = ("recipient", "kind", "event", "dedup_key", "is_test", "state", "attempts", "error", "reference",
             "created_at", "ended_at")  # fmt: skip
    return {
        **{name: getattr(delivery, name) for name in names},
        **from_notice,
        "id": ids.encode("dlv", delivery.id),
        "channel_id": ids.encode_or_none("chn", delivery.channel_id),
        "user_id": ids.encode_or_none("usr", delivery.user_id),
        "headline": delivery.notice["title"],
        "next_attempt_at": delivery.next_attempt_at if is_waiting else None,
        "is_held": is_waiting and delivery.held_for_quiet_hours and not delivery.attempts,
    }
