"""What administrators do to channels and deliveries; secrets come in here and are sealed at once."""

import secrets
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from hauberk.db.audit import record
from hauberk.db.models.notification import NotificationChannel, NotificationDelivery
from hauberk.db.repository import DbSession
from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.domain.permissions import Actor
from hauberk.features.identity.context import Context
from hauberk.features.notifications import sealing
from hauberk.features.notifications.channel import ChannelKind, host_of
from hauberk.features.notifications.channels import kinds
from hauberk.features.notifications.repository import ChannelRepository, DeliveryRepository
from hauberk.features.notifications.schemas import ChannelChange, ChannelRequest, QuietHoursSchema
from hauberk.infra.crypto import Undecipherable
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Invalid, RateLimited

TESTS_AN_HOUR: Final = 60


async def create(
    db: DbSession, context: Context, actor: Actor, wanted: ChannelRequest
) -> tuple[NotificationChannel, dict[str, str] | None]:
    """The channel and, when one was made for it, its secret."""
    kind = kinds().get(wanted.kind)
    if kind is None:
        raise Invalid([("/kind", f"There are channels of these kinds: {', '.join(kinds())}.")])
    made = kind.make_secret() if kind.make_secret and not wanted.secret else None
    configuration = _checked(kind.configuration, wanted.configuration, "configuration")
    secret = _checked(kind.secret, made or wanted.secret, "secret")
    channel = NotificationChannel(
        organization_id=actor.organization_id,
        name=wanted.name,
        kind=kind.name,
        configuration=configuration,
        least_severity=wanted.least_severity.value,
        rules=wanted.rules,
        quiet_hours=_quiet(wanted.quiet_hours),
        is_enabled=wanted.is_enabled,
    )
    _note_host(channel, kind, secret)
    await ChannelRepository(db).insert(channel)
    if secret:
        channel.secret = sealing.seal_secret(context.key_ring, actor.organization_id, channel.id, secret)
    detail = {"name": channel.name, "kind": channel.kind}
    await record(db, actor, "channel.created", "channel", channel.id, detail)
    return channel, made


async def change(
    db: DbSession, context: Context, actor: Actor, number: int, wanted: ChannelChange
) -> NotificationChannel:
    repository = ChannelRepository(db)
    channel = await repository.get(actor, number, for_update=True)
    kind = kinds()[channel.kind]
    given = wanted.model_dump(exclude_unset=True)
    detail: dict[str, Any] = {"name": channel.name, "changed": sorted(given)}
    before = channel.configuration
    if wanted.configuration is not None:
        channel.configuration = _checked(kind.configuration, wanted.configuration, "configuration")
    if wanted.secret is not None:
        secret = _checked(kind.secret, wanted.secret, "secret")
        channel.secret = sealing.seal_secret(context.key_ring, actor.organization_id, channel.id, secret)
        _note_host(channel, kind, secret)
    elif wanted.configuration is not None:
        if kind.sends_secret and channel.configuration != before:
            raise Invalid([("/secret", "It would be sent to the new address: enter it again.")])
        _note_host(channel, kind, _opened(context, channel))
    if wanted.name is not None:
        channel.name = wanted.name
    if wanted.least_severity is not None:
        channel.least_severity = wanted.least_severity.value
    if wanted.rules is not None:
        channel.rules = wanted.rules
    if "quiet_hours" in given:
        channel.quiet_hours = _quiet(wanted.quiet_hours)
    if wanted.is_enabled is not None:
        channel.is_enabled = wanted.is_enabled
        channel.disabled_reason = None
    await repository.save()
    await record(db, actor, "channel.changed", "channel", number, detail)
    return channel


async def delete(db: DbSession, actor: Actor, number: int) -> None:
    repository = ChannelRepository(db)
    channel = await repository.get(actor, number)
    await repository.remove(channel)
    await record(db, actor, "channel.deleted", "channel", number, {"name": channel.name})


async def check_tests(db: DbSession, actor: Actor) -> None:
    """Tests go to whomever an administrator names, by this installation's mail server. Raises `RateLimited`."""
    if await DeliveryRepository(db).tests_of_late(actor) >= TESTS_AN_HOUR:
        raise RateLimited(
            600,
            message=f"{TESTS_AN_HOUR} tests were sent within an hour; try again later.",
            code="too_many_tests",
        )


async def send_test(db: DbSession, context: Context, actor: Actor, number: int) -> int:
    """A notice that says that it is a test; answers its delivery."""
    await check_tests(db, actor)
    repository = ChannelRepository(db)
    channel = await repository.get(actor, number)
    if not channel.is_enabled:
        raise Conflict("This channel is disabled; enable it first.", code="channel_disabled")
    notice = trial_notice(context.settings.base_url, actor.name)
    delivery = await repository.tell(channel, notice)
    assert delivery is not None
    await record(db, actor, "channel.tested", "channel", number, {"name": channel.name})
    return delivery


def trial_notice(base_url: str, asked_by: str) -> Notice:
    """Told to the one channel whatever it listens to, and marked in every medium."""
    return Notice(
        event=NoticeEvent.TRIGGERED,
        dedup_key=f"test-{secrets.token_hex(8)}@{host_of(base_url)}",
        rule="test_notice",
        severity=AlertSeverity.INFO,
        title="This is a test of a channel",
        text=f"{asked_by} asked Hauberk to try this channel. Nothing is wrong, and nobody needs to act.",
        source=host_of(base_url),
        started_at=clock.now(),
        url=f"{base_url}/alerts/channels",
        is_test=True,
    )


async def send_again(db: DbSession, actor: Actor, number: int) -> NotificationDelivery:
    repository = DeliveryRepository(db)
    delivery = await repository.get(actor, number, for_update=True)
    if delivery.state in ("waiting", "delivered"):
        raise Conflict(
            f"Only what could not be delivered is sent again; this one is {delivery.state}.",
            code="not_dead",
        )
    await repository.send_again(delivery)
    await record(db, actor, "delivery.replayed", "delivery", number, {"recipient": delivery.recipient})
    return delivery


def _checked(schema: type[BaseModel], given: dict[str, Any], place: str) -> dict[str, Any]:
    try:
        return schema.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        raise Invalid(
            [
                ("/" + "/".join(str(part) for part in (place, *each["loc"])), each["msg"])
                for each in error.errors()
            ]
        ) from error


def _opened(context: Context, channel: NotificationChannel) -> dict[str, Any]:
    try:
        return sealing.open_secret(context.key_ring, channel)
    except Undecipherable as error:
        raise Invalid([("/secret", f"The stored secret does not open: enter it again. {error}")]) from error


def _note_host(channel: NotificationChannel, kind: ChannelKind, secret: dict[str, Any]) -> None:
    """Where it leads is shown also when the address is a secret, and is checked when it is set."""
    address = kind.address(
        kind.configuration.model_validate(channel.configuration), kind.secret.model_validate(secret)
    )
    channel.host = host_of(address)


def _quiet(hours: QuietHoursSchema | None) -> dict[str, Any] | None:
    return hours.model_dump(mode="json") if hours is not None else None
