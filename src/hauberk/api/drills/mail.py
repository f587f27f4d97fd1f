"""What the loss of the mail server does: a server of the drill's own takes mail to nobody, is taken away, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select

from hauberk.api.drills.gate import gate
from hauberk.api.drills.node import node
from hauberk.api.drills.outages import outcome, without
from hauberk.db.models.notification import NotificationChannel as Channel
from hauberk.db.models.notification import NotificationDelivery as Delivery
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.notifications.sending import send_one
from hauberk.infra.http import blocking_outbound
from hauberk.infra.readiness import Outcome, Probe, drill
from hauberk.infra.settings import Settings
from hauberk.infra.settings.sections import Mail
from hauberk.kit import clock

HOST = "127.0.0.1"
KEY = "drill-mail-down"
NEVER = timedelta(days=1)
"""Until then the leading scheduler leaves the drill's notice alone."""


@drill("mail-down", breaks="takes the mail server of an extra node away; nobody gets mail", timeout=240)
async def mail_down(probe: Probe) -> Outcome:
    """Readiness says that mail is lost and serves on; the notice waits, and arrives with the next attempt."""
    settings = probe.inside.settings
    engine = sync_engine(
        settings.database.url, pool=Pool(size=1, max_overflow=1), application_name="hauberk-drill"
    )
    tenant = (await probe.tenant()).organization_id
    channel, notice = await asyncio.to_thread(_write, engine, tenant)
    received: list[bytes] = []
    states: list[str] = []
    try:
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(_receiving(received))
            server = await stack.enter_async_context(gate(lambda: asyncio.open_connection(HOST, port)))
            mail = Mail(host=HOST, port=server.port, security="none", sender="drill@hauberk.invalid")
            extra = await stack.enter_async_context(
                node(
                    probe,
                    HAUBERK_MAIL_HOST=HOST,
                    HAUBERK_MAIL_PORT=str(server.port),
                    HAUBERK_MAIL_SECURITY="none",
                )
            )
            given = settings.model_copy(update={"mail": mail})

            async def attempt() -> None:
                states.append(await asyncio.to_thread(_attempt, engine, given, tenant, notice))

            seen = await without(extra, server, "mail", attempt)
    finally:
        await asyncio.to_thread(_clean, engine, tenant, channel)
        engine.dispose()
    wrong = {what: code for what, code in seen.answers.items() if code not in (200, 202)}
    if states != ["waiting", "delivered"] or len(received) != 1:
        told = ", then ".join(states)
        return Outcome(has_passed=False, evidence=f"The notice was {told}; {len(received)} arrived.")
    return outcome("mail", "200, degraded", seen, wrong)


def _attempt(engine: Engine, settings: Settings, tenant: int, notice: int) -> str:
    """As the leading scheduler does it; answers what became of the notice."""
    with blocking_outbound(settings) as http:
        send_one(engine, settings, http, tenant, notice)
    with transaction(engine, tenant) as connection:
        return str(connection.scalar(select(Delivery.state).where(Delivery.id == notice)))


def _write(engine: Engine, tenant: int) -> tuple[int, int]:
    """A channel of the probe tenant, and a notice for it."""
    now = clock.now()
    notice = Notice(
        event=NoticeEvent.TRIGGERED,
        dedup_key=KEY,
        rule="drill",
        title="A drill",
        text="The mail server was taken away on purpose.",
        severity=AlertSeverity.INFO,
        source="hauberk drill mail-down",
        url="https://hauberk.invalid",
        started_at=now,
        is_test=True,
    )
    with transaction(engine, tenant) as connection:
        channel = connection.execute(
            insert(Channel)
            .values(
                organization_id=tenant,
                name=f"Drill {now:%Y-%m-%d %H:%M:%S.%f}",
                kind="email",
                configuration={"recipients": ["drill@hauberk.invalid"]},
                least_severity=AlertSeverity.CRITICAL.value,
                rules=[],
                is_enabled=True,
            )
            .returning(Channel.id)
        ).scalar_one()
        delivery = connection.execute(
            insert(Delivery)
            .values(
                organization_id=tenant,
                channel_id=channel,
                recipient="Drill",
                kind="email",
                event=notice.event.value,
                dedup_key=KEY,
                notice=notice.to_json(),
                is_test=True,
                next_attempt_at=now + NEVER,
            )
            .returning(Delivery.id)
        ).scalar_one()
    return channel, delivery


def _clean(engine: Engine, tenant: int, channel: int) -> None:
    with transaction(engine, tenant) as connection:
        connection.execute(delete(Delivery).where(Delivery.channel_id == channel))
        connection.execute(delete(Channel).where(Channel.id == channel))


@asynccontextmanager
async def _receiving(received: list[bytes]) -> AsyncIterator[int]:
    """The port of a mail server that takes everything and keeps it to itself."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 drill\r\n")
        while line := await reader.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                received.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
            if word == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(talk, HOST, 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
