"""Drills of alerting: a page that goes to every channel and is resolved, and a burst of errors that becomes an alert."""

import asyncio
import secrets
import time
from typing import Final

from sqlalchemy import Connection, func, insert, select

from hauberk.db.models.alert import Alert
from hauberk.db.models.notification import NotificationChannel as Channel
from hauberk.db.models.notification import NotificationDelivery as Delivery
from hauberk.domain.alert import AlertSeverity, NoticeEvent
from hauberk.features.alerts import lifecycle
from hauberk.features.alerts.checks.operator import operators
from hauberk.features.alerts.lifecycle import PAGE_TEST, Place
from hauberk.features.notifications import ledger
from hauberk.features.readiness import probe_key
from hauberk.infra.readiness import Outcome, Probe, drill
from hauberk.infra.settings import Settings

SENT_WITHIN: Final = 90.0
FIRES_WITHIN: Final = 150.0
WANTED: Final = frozenset({"slack", "email"})


@drill("page", breaks="sends a marked test to every channel, and resolves it", timeout=300)
async def page(probe: Probe) -> Outcome:
    async with operators(probe) as (session, number):
        if number is None:
            return Outcome(has_passed=False, evidence="Nobody has an account yet.")
        connection = await session.connection()
        alert_id, key, kinds = await connection.run_sync(_page, probe.inside.settings, number)
    if not kinds:
        return Outcome(has_passed=False, evidence="There is no channel to send to.")
    told = await _ended(probe, key, NoticeEvent.TRIGGERED, len(kinds))
    async with operators(probe) as (session, _):
        connection = await session.connection()
        await connection.run_sync(_resolve, probe.inside.settings, alert_id)
    over = await _ended(probe, key, NoticeEvent.RESOLVED, len(kinds))
    states = {
        f"{event} {name}": state
        for event, found in (("sent", told), ("resolved", over))
        for name, state in found.items()
    }
    wrong = sorted(f"{what}: {state}" for what, state in states.items() if state != "delivered")
    if wrong or len(states) < 2 * len(kinds):
        return Outcome(
            has_passed=False,
            evidence=f"Not everything arrived: {', '.join(wrong) or 'nothing was sent'}.",
            figures=states,
        )
    return Outcome(
        has_passed=True,
        evidence=f"A test was accepted, and its end too, by {', '.join(sorted(kinds))}.",
        figures=states,
    )


@drill("alert", breaks="makes the probe route fail again and again, and alerts as a test", timeout=400)
async def alert(probe: Probe) -> Outcome:
    settings = probe.inside.settings
    headers = {probe_key.HEADER: probe_key.make(settings.key_ring)}
    began = time.monotonic()
    for _ in range(2 * settings.alert.least_requests):
        await probe.site.http.get(f"{probe_key.PATH}/failure", headers=headers)
    found = None
    while found is None and time.monotonic() - began < FIRES_WITHIN:
        await asyncio.sleep(1)
        async with operators(probe) as (session, _):
            found = await session.scalar(
                select(Alert.id).where(Alert.fingerprint == "api_error_rate: probe", Alert.state == "firing")
            )
            connection = await session.connection()
            place = await connection.run_sync(lambda each: Place.of(settings, each))
    if found is None:
        return Outcome(
            has_passed=False, evidence=f"No alert fired within {FIRES_WITHIN:g} seconds of the burst."
        )
    fired, key = time.monotonic() - began, place.dedup_key(found)
    async with operators(probe) as (session, _):
        count = await session.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.dedup_key == key)
        )
        kinds = set(await session.scalars(select(Delivery.kind).where(Delivery.dedup_key == key)))
    told = await _ended(probe, key, NoticeEvent.TRIGGERED, count or 0)
    figures = {"fired_after_seconds": round(fired), **told}
    wrong = sorted(name for name, state in told.items() if state != "delivered")
    missing = sorted(WANTED - kinds)
    if wrong or missing:
        said = [f"not delivered to {', '.join(wrong)}"] if wrong else []
        said += [f"no channel of kind {', '.join(missing)}"] if missing else []
        return Outcome(has_passed=False, evidence=f"The alert fired, but {'; '.join(said)}.", figures=figures)
    return Outcome(
        has_passed=True,
        evidence=f"A burst of errors became an alert after {fired:.0f} s and reached {', '.join(sorted(told))}.",
        figures=figures,
    )


def _page(connection: Connection, settings: Settings, organization_id: int) -> tuple[int, str, list[str]]:
    place = Place.of(settings, connection)
    made = connection.execute(
        insert(Alert)
        .values(
            organization_id=organization_id,
            rule=PAGE_TEST,
            fingerprint=f"drill: {secrets.token_hex(6)}",
            severity=AlertSeverity.CRITICAL.value,
            title="Drill: this is a test of all channels",
            summary="Somebody ran 'hauberk drill page'. Nothing is wrong, and nobody needs to act.",
            is_test=True,
            state="firing",
        )
        .returning(Alert.__table__)
    ).one()
    rows = connection.execute(
        select(Channel.id, Channel.name).where(Channel.organization_id == organization_id, Channel.is_enabled)
    ).all()
    notice = place.notice(made, NoticeEvent.TRIGGERED)
    for row in rows:
        ledger.tell_channel(connection, organization_id, notice, row.id)
    return made.id, place.dedup_key(made.id), [row.name for row in rows]


def _resolve(connection: Connection, settings: Settings, alert_id: int) -> None:
    found = connection.execute(select(Alert.__table__).where(Alert.id == alert_id)).one()
    lifecycle.resolve(connection, Place.of(settings, connection), found)


async def _ended(probe: Probe, key: str, event: NoticeEvent, count: int) -> dict[str, str]:
    """What became of each delivery, by recipient, once all have ended or the time is over."""
    until = time.monotonic() + SENT_WITHIN
    while True:
        async with operators(probe) as (session, _):
            rows = await session.execute(
                select(Delivery.recipient, Delivery.state, Delivery.error).where(
                    Delivery.dedup_key == key, Delivery.event == event.value
                )
            )
            found = {row.recipient: f"{row.state} ({row.error})" if row.error else row.state for row in rows}
        is_done = len(found) >= count and not any(state.startswith("waiting") for state in found.values())
        if is_done or time.monotonic() > until:
            return found
        await asyncio.sleep(0.5)
