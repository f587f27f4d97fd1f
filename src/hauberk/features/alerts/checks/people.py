"""ALR-7 and ALR-8: somebody is on call for the next week and was reached, and every channel takes what is sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, case, func, select

from hauberk.db.models.alert import EscalationPolicy
from hauberk.db.models.notification import NotificationChannel as Channel
from hauberk.db.models.notification import NotificationDelivery as Delivery
from hauberk.features.alerts.checks.operator import operators
from hauberk.features.alerts.repository import last_acknowledged
from hauberk.features.on_call.repository import COVERED, ShownSchedule, all_schedules
from hauberk.infra import mail
from hauberk.infra.http import CallFailed, CircuitOpen, DestinationRefused, outbound
from hauberk.infra.mail import MailRefused
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    Result,
    drilled,
    failed,
    passed,
    readiness,
    skipped,
    warned,
)
from hauberk.kit import clock

REACHED_WITHIN: Final = timedelta(days=90)
TAKEN_WITHIN: Final = timedelta(days=30)
LONG_TRIED: Final = 3
"""Attempts; by then a receiver has been away for half a minute."""
UNSENT: Final = timedelta(minutes=5)
_MEND_MAIL: Final = "Start the mail server, or correct HAUBERK_MAIL_HOST and what goes with it."
CALLERS: Final = frozenset({"pagerduty", "opsgenie"})


@readiness("ALR-7")
async def rotation(probe: Probe) -> Answer:
    async with operators(probe) as (session, number):
        if number is None:
            return skipped(
                "Nobody has an account yet.", "Make the first account: 'hauberk user sign-in-link'."
            )
        connection = await session.connection()
        answer = await connection.run_sync(_rotation, number)
    if answer.result not in (Result.PASS, Result.WARN):
        return answer
    if not mail.is_configured(probe.inside.settings):
        return failed(
            "Whoever is on call is called by e-mail, and no mail server is named.",
            "Set HAUBERK_MAIL_HOST and what goes with it.",
        )
    if dead := await _dead_mail(probe, is_needed=True):
        return failed(f"Whoever is on call is called by e-mail. {dead}", _MEND_MAIL)
    return answer


def _rotation(connection: Connection, organization_id: int) -> Answer:
    now = clock.now()
    policy = connection.execute(
        select(EscalationPolicy.name, EscalationPolicy.steps).where(
            EscalationPolicy.organization_id == organization_id, EscalationPolicy.is_default
        )
    ).one_or_none()
    if policy is None:
        return failed("No escalation policy says who is called.", "Make one under Alerts, On call.")
    called = {each["id"] for step in policy.steps for each in step["notify"] if each["kind"] == "schedule"}
    schedules = [each for each in all_schedules(connection, organization_id) if each.schedule.id in called]
    if not schedules:
        return failed(f"The policy {policy.name} calls no rotation.", "Name a schedule in one of its steps.")
    for shown in schedules:
        uncovered = shown.uncovered(now)
        if uncovered:
            hours = max(1, round(uncovered / timedelta(hours=1)))
            return failed(
                f"Nobody is on call in {shown.schedule.name} for {hours} hour(s) of the next seven days.",
                "Close the gap under Alerts, On call.",
            )
    names = ", ".join(each.schedule.name for each in schedules)
    unreached = _unreached(connection, organization_id, schedules)
    if unreached:
        return warned(
            f"{names} covers the next seven days. Not reached by a test within 90 days: {', '.join(unreached)}.",
            "Send each a test page under Alerts, On call; the link in it acknowledges.",
        )
    return passed(
        f"{names} covers the next seven days; everybody of it acknowledged a test within 90 days.",
        kind=Kind.ATTESTED,
    )


def _unreached(connection: Connection, organization_id: int, schedules: list[ShownSchedule]) -> list[str]:
    since = clock.now() - REACHED_WITHIN
    acknowledged = last_acknowledged(connection, organization_id)
    found = {}
    for shown in schedules:
        for shift in shown.shifts(clock.now(), clock.now() + COVERED):
            at = acknowledged.get(shift.user_id)
            if at is None or at < since:
                found[shift.user_id] = shown.people[shift.user_id].name
    return sorted(found.values())


@readiness("ALR-8", timeout=25)
async def channels(probe: Probe) -> Answer:
    async with operators(probe) as (session, number):
        if number is None:
            return skipped(
                "Nobody has an account yet.", "Make the first account: 'hauberk user sign-in-link'."
            )
        connection = await session.connection()
        rows = await connection.run_sync(_channels, number)
        overdue = (await session.execute(_overdue(number))).scalar_one()
    if untold := _untold(rows, overdue):
        return untold
    if dead := await _dead_mail(probe, is_needed=any(row.kind == "email" for row in rows)):
        return failed(dead, _MEND_MAIL)
    if retried := [f"{row.name} ({row.retried})" for row in rows if row.retried]:
        return warned(
            f"The newest notice was not taken yet by {', '.join(retried)}; it is tried again.",
            "Look at Alerts, Deliveries, and ask again in a minute.",
        )
    shown = _shown(rows)
    drill = await drilled(probe, "page")
    if drill.result is Result.FAIL:
        return drill
    if drill.result is not Result.PASS:
        return warned(
            f"Every channel took a notice within 30 days: {shown}. {drill.evidence}",
            "Run 'hauberk drill page'.",
        )
    if not CALLERS & {row.kind for row in rows}:
        return warned(
            f"{shown}: none of them calls people by telephone.", "Add a channel to PagerDuty or Opsgenie."
        )
    return passed(f"Every channel took a notice within 30 days: {shown}. {drill.evidence}")


def _untold(rows: Sequence[Row[Any]], overdue: int) -> Answer | None:
    """What says that somebody is not told."""
    if not rows:
        return failed("There is no channel: nobody is told of anything.", "Make one under Alerts, Channels.")
    if given_up := [row for row in rows if not row.is_enabled]:
        told = ", ".join(f"{row.name} ({row.disabled_reason})" for row in given_up)
        return failed(
            f"Switched off by itself: {told}",
            "Correct it and enable it, or disable it yourself, under Alerts, Channels.",
        )
    since = clock.now() - TAKEN_WITHIN
    untaken = [row.name for row in rows if row.accepted_at is None or row.accepted_at < since]
    broken = [f"{row.name} ({row.failure})" for row in rows if row.failure]
    if overdue:
        return failed(
            f"{overdue} notice(s) should have been sent {UNSENT.seconds // 60} minutes ago, and nobody sends them.",
            "Look whether a scheduler leads ('hauberk scheduler'), and at its log.",
        )
    if broken:
        return failed(
            f"The newest notice could not be delivered to {', '.join(broken)}.", "Look at Alerts, Deliveries."
        )
    if untaken:
        return failed(
            f"Within 30 days nothing was accepted by {', '.join(untaken)} of {_shown(rows)}.",
            "Press “Send a test” at each, or disable it.",
        )
    return None


def _shown(rows: Sequence[Row[Any]]) -> str:
    return ", ".join(f"{row.name} ({row.kind})" for row in rows)


async def _dead_mail(probe: Probe, *, is_needed: bool) -> str | None:
    """What was taken last week says little of a mail server, which every other notice is for; the others are others'."""
    settings = probe.inside.settings
    if not mail.is_configured(settings):
        return "A channel tells by e-mail, and no mail server is named." if is_needed else None
    server = f"The mail server {settings.mail.host}:{settings.mail.port}"
    try:
        async with outbound(settings) as http:
            await mail.look(settings, http)
    except MailRefused as error:
        return f"{server} refuses: {error.code} {error}."
    except (CallFailed, CircuitOpen, DestinationRefused, OSError) as error:
        return f"{server} does not answer: {error}"
    return None


def _overdue(organization_id: int) -> Select[int]:
    return select(func.count()).where(
        Delivery.organization_id == organization_id,
        Delivery.state == "waiting",
        Delivery.next_attempt_at < clock.now() - UNSENT,
    )


def _newest_error(tried: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Why the newest of those that were tried did not arrive; nothing where it did."""
    return (
        select(case((Delivery.state != "delivered", func.coalesce(Delivery.error, "given up"))))
        .where(Delivery.organization_id == Channel.organization_id, Delivery.channel_id == Channel.id, tried)
        .order_by(Delivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _channels(connection: Connection, organization_id: int) -> list[Row[Any]]:
    """Those that are meant to be told: when each last took something, and why the newest was given up or is tried long.

    One that was switched off by itself is meant to be; who does it by hand says otherwise.
    """
    delivered = (
        select(func.max(Delivery.ended_at))
        .where(
            Delivery.organization_id == Channel.organization_id,
            Delivery.channel_id == Channel.id,
            Delivery.state == "delivered",
        )
        .scalar_subquery()
    )
    is_ended, is_waiting = Delivery.state.in_(("delivered", "dead")), Delivery.state == "waiting"
    newest = _newest_error(is_ended | (is_waiting & (Delivery.attempts >= LONG_TRIED)))
    retried = _newest_error(is_ended | (is_waiting & (Delivery.attempts > 0)))
    found = connection.execute(
        select(
            Channel.name,
            Channel.kind,
            Channel.is_enabled,
            Channel.disabled_reason,
            delivered.label("accepted_at"),
            newest.label("failure"),
            retried.label("retried"),
        )
        .where(
            Channel.organization_id == organization_id,
            Channel.is_enabled | Channel.disabled_reason.is_not(None),
        )
        .order_by(Channel.id)
    )
    return list(found.all())
