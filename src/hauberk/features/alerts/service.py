"""What people do with alerts: acknowledge, end, try whether they are reached; and what they change of rules."""

import secrets
from dataclasses import dataclass
from typing import Any

from hauberk.db.audit import record
from hauberk.db.models.alert import Alert
from hauberk.db.repository import DbSession
from hauberk.db.session import enter_organization
from hauberk.domain.alert import AlertSeverity, NoticeEvent
from hauberk.domain.permissions import Actor, Role, granted
from hauberk.features.alerts import lifecycle
from hauberk.features.alerts.lifecycle import PAGE_TEST, Place
from hauberk.features.alerts.repository import AlertRepository, RuleRepository
from hauberk.features.alerts.rules import RULES
from hauberk.features.alerts.schemas import AlertRuleChange
from hauberk.features.identity.context import Context
from hauberk.features.notifications import ledger, links
from hauberk.features.notifications import service as notifications
from hauberk.features.on_call.repository import PeopleRepository
from hauberk.kit.errors import Conflict, Invalid, NotFound


def place_of(context: Context) -> Place:
    return Place(context.settings.base_url, context.public_ids)


async def acknowledge(db: DbSession, context: Context, actor: Actor, number: int) -> Alert:
    """Once is enough: who comes second is told who was first."""
    repository = AlertRepository(db)
    alert = await repository.get(actor, number, for_update=True)
    _check_open(alert)
    if alert.acknowledged_at is None:
        place = place_of(context)
        await repository.in_transaction(
            lambda connection: lifecycle.acknowledge(
                connection, place, alert, user_id=actor.user_id, name=actor.name
            )
        )
        await record(db, actor, "alert.acknowledged", "alert", number, {"rule": alert.rule})
    return await repository.reread(alert)


async def resolve(db: DbSession, context: Context, actor: Actor, number: int) -> Alert:
    """By hand; what still holds comes back as a new alert."""
    repository = AlertRepository(db)
    alert = await repository.get(actor, number, for_update=True)
    _check_open(alert)
    place = place_of(context)
    await repository.in_transaction(
        lambda connection: lifecycle.resolve(connection, place, alert, user_id=actor.user_id)
    )
    await record(db, actor, "alert.resolved", "alert", number, {"rule": alert.rule})
    return await repository.reread(alert)


async def send_page_test(db: DbSession, context: Context, actor: Actor, user_id: int) -> Alert:
    """An alert that one person is to acknowledge by the link that comes with it; nobody else hears of it."""
    known = await PeopleRepository(db).named(actor, [user_id])
    if user_id not in known or not known[user_id].is_available:
        raise Invalid([("/user_id", "This is nobody who could be called.")])
    await notifications.check_tests(db, actor)
    repository = AlertRepository(db)
    alert = await repository.made(
        {
            "organization_id": actor.organization_id,
            "rule": PAGE_TEST,
            "fingerprint": f"{PAGE_TEST}: {secrets.token_hex(6)}",
            "severity": AlertSeverity.INFO.value,
            "title": f"Test page for {known[user_id].name}",
            "summary": f"{actor.name} tries whether you are reached. Acknowledge it; nothing is wrong.",
            "facts": [],
            "is_test": True,
        }
    )
    place = place_of(context)

    def tell(connection: Any) -> None:
        lifecycle.fire(connection, place, alert, tells_channels=False)
        notice = place.notice(alert, NoticeEvent.TRIGGERED)
        ledger.tell_person(connection, actor.organization_id, notice, user_id)

    await repository.in_transaction(tell)
    await record(db, actor, "alert.page_tested", "alert", alert.id, {"user_id": user_id})
    return await repository.reread(alert)


@dataclass(frozen=True, slots=True)
class Linked:
    """An alert, and the person whom its link was made for."""

    alert: Alert
    user_id: int
    person: str
    role: Role


async def read_link(db: DbSession, context: Context, token: str) -> Linked:
    """Enters the organization of the link: the signature says that whoever has it may."""
    link = links.read(context.key_ring, token)
    await enter_organization(db, link.organization_id)
    try:
        number = context.public_ids.decode("alr", link.dedup_key.partition("@")[0])
    except NotFound as error:
        raise NotFound("such link", code="link_over") from error
    repository = AlertRepository(db)
    member = await repository.member(link.organization_id, link.user_id)
    alert = await repository.of_link(link.organization_id, number)
    return Linked(alert, member.id, member.name, Role(member.role))


async def acknowledge_by_link(db: DbSession, context: Context, token: str) -> Linked:
    """As the person himself, who need not be signed in."""
    linked = await read_link(db, context, token)
    alert = linked.alert
    if alert.state == "firing" and alert.acknowledged_at is None:
        actor = Actor(
            alert.organization_id, linked.user_id, None, linked.role, granted(linked.role), linked.person
        )
        place = place_of(context)
        repository = AlertRepository(db)
        await repository.in_transaction(
            lambda connection: lifecycle.acknowledge(
                connection, place, alert, user_id=linked.user_id, name=linked.person
            )
        )
        await record(db, actor, "alert.acknowledged", "alert", alert.id, {"rule": alert.rule, "by": "link"})
        await repository.reread(alert)
    return linked


async def change_rule(db: DbSession, actor: Actor, name: str, change: AlertRuleChange) -> None:
    rule = RULES.get(name)
    repository = RuleRepository(db)
    if rule is None or not (rule.is_of_organization or await repository.is_operator(actor)):
        raise NotFound("alert rule", name[:60])
    given = change.model_dump(exclude_unset=True)
    if given.get("is_enabled", True) is None:
        raise Invalid([("/is_enabled", "It is true or false.")])
    kept = (await repository.kept(actor)).get(name)
    before = {
        "is_enabled": kept.is_enabled if kept else True,
        "threshold": kept.threshold if kept else None,
    }
    changed = {key: value for key, value in given.items() if value != before[key]}
    if changed:
        await repository.change(actor, name, changed)
        detail = {key: [before[key], value] for key, value in changed.items()}
        await record(db, actor, "alert_rule.changed", "alert_rule", None, {"rule": name, **detail})


def _check_open(alert: Alert) -> None:
    if alert.state == "resolved":
        raise Conflict("This alert is over already.", code="alert_over")
