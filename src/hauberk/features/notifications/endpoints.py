"""HTTP of notifications: channels, and the ledger of what was sent to them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import AlertingWrite, AlertsRead
from hauberk.features.identity.serving import (
    FIXED,
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.notifications import service
from hauberk.features.notifications.channels import kinds
from hauberk.features.notifications.repository import ChannelRepository, DeliveryRepository, matching
from hauberk.features.notifications.schemas import (
    ChannelChange,
    ChannelKindSchema,
    ChannelRequest,
    ChannelSchema,
    DeliveryDetailSchema,
    DeliverySchema,
    MadeChannelSchema,
    StartedDeliverySchema,
)

router = APIRouter(tags=["notifications"])

Paging = Annotated[PageRequest, Depends(paging("id", "-id"))]
NewestFirst = Annotated[PageRequest, Depends(paging("-id", "id"))]


@router.get("/notification-channels/kinds", openapi_extra=FIXED)
async def list_kinds(_actor: AlertsRead) -> list[ChannelKindSchema]:
    """What kinds of channels there are, and what each wants to know."""
    return [
        ChannelKindSchema(
            name=kind.name,
            title=kind.title,
            configuration=kind.configuration.model_json_schema(),
            secret=kind.secret.model_json_schema(),
        )
        for kind in kinds().values()
    ]


@router.get("/notification-channels")
async def list_channels(
    actor: AlertsRead, session: ReadSessionDep, ids: IdsDep, page: Paging
) -> PageSchema[ChannelSchema]:
    """Where notices go, and whether they arrive."""
    repository = ChannelRepository(session)
    found = await repository.list(actor, page)
    seen = await repository.seen(actor, [channel.id for channel in found.items])
    return PageSchema[ChannelSchema].of(
        found, lambda channel: ChannelSchema.of(channel, ids, seen.get(channel.id))
    )


@router.post("/notification-channels", status_code=201, responses=refusals(409))
async def create_channel(
    body: ChannelRequest, actor: AlertingWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> MadeChannelSchema:
    channel, made = await service.create(session, context, actor, body)
    return MadeChannelSchema.of(channel, ids, None, made_secret=made)


@router.get("/notification-channels/{channel_id}")
async def read_channel(
    channel_id: str, actor: AlertsRead, session: ReadSessionDep, ids: IdsDep
) -> ChannelSchema:
    repository = ChannelRepository(session)
    channel = await repository.get(actor, ids.decode("chn", channel_id))
    seen = await repository.seen(actor, [channel.id])
    return ChannelSchema.of(channel, ids, seen.get(channel.id))


@router.patch("/notification-channels/{channel_id}", responses=refusals(409))
async def change_channel(
    channel_id: str,
    body: ChannelChange,
    actor: AlertingWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
) -> ChannelSchema:
    """Only what is given is changed; a secret replaces the old one."""
    channel = await service.change(session, context, actor, ids.decode("chn", channel_id), body)
    seen = await ChannelRepository(session).seen(actor, [channel.id])
    return ChannelSchema.of(channel, ids, seen.get(channel.id))


@router.delete("/notification-channels/{channel_id}", status_code=204)
async def delete_channel(channel_id: str, actor: AlertingWrite, session: SessionDep, ids: IdsDep) -> None:
    """What was sent to it stays in the ledger."""
    await service.delete(session, actor, ids.decode("chn", channel_id))


@router.post("/notification-channels/{channel_id}/trial", status_code=202, responses=refusals(409))
async def try_channel(
    channel_id: str, actor: AlertingWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> StartedDeliverySchema:
    """Sends a notice that is marked as a test; the ledger says what came of it."""
    delivery = await service.send_test(session, context, actor, ids.decode("chn", channel_id))
    return StartedDeliverySchema(id=ids.encode("dlv", delivery))


@router.get("/notification-deliveries", responses=refusals(404))
async def list_deliveries(
    actor: AlertsRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: NewestFirst,
    state: Annotated[Literal["waiting", "delivered", "dead", "dropped"] | None, Query()] = None,
    channel: Annotated[str | None, Query(max_length=80, description="`chn_…`")] = None,
    dedup_key: Annotated[
        str | None, Query(max_length=300, description="All that was told of one alert")
    ] = None,
) -> PageSchema[DeliverySchema]:
    """Everything that was told or could not be, newest first."""
    where = matching(
        state=state, channel_id=ids.decode("chn", channel) if channel else None, dedup_key=dedup_key
    )
    found = await DeliveryRepository(session).list(actor, page, *where)
    return PageSchema[DeliverySchema].of(found, lambda delivery: DeliverySchema.of(delivery, ids))


@router.get("/notification-deliveries/{delivery_id}")
async def read_delivery(
    delivery_id: str, actor: AlertsRead, session: ReadSessionDep, ids: IdsDep
) -> DeliveryDetailSchema:
    """With every attempt that was made."""
    repository = DeliveryRepository(session)
    delivery = await repository.get(actor, ids.decode("dlv", delivery_id))
    return DeliveryDetailSchema.with_attempts(delivery, ids, await repository.attempts(actor, delivery.id))


@router.post("/notification-deliveries/{delivery_id}/replay", responses=refusals(409))
async def replay_delivery(
    delivery_id: str, actor: AlertingWrite, session: SessionDep, ids: IdsDep
) -> DeliverySchema:
    """Sends a dead one again, with all its attempts before it."""
    delivery = await service.send_again(session, actor, ids.decode("dlv", delivery_id))
    return DeliverySchema.of(delivery, ids)
