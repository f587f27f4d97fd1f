"""Writes of saved views."""

from typing import Any

from hauberk.db.audit import record
from hauberk.db.models.saved_view import SavedView
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor, Permission, Role
from hauberk.domain.query import parse
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.view_repository import MAX_VIEWS, ViewRepository
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Forbidden
from hauberk.kit.ids import PublicIds

SUBJECT = "saved_view"


async def create(session: DbSession, actor: Actor, public_ids: PublicIds, values: dict[str, Any]) -> int:
    """`values` has all of name, query, sort and is_shared."""
    owner = _person(actor)
    await _check(session, actor, public_ids, values)
    if await ViewRepository(session).count_own(actor) >= MAX_VIEWS:
        raise Conflict(f"You have {MAX_VIEWS} saved views already, which is the most.", code="too_many")
    view = SavedView(
        organization_id=actor.organization_id, user_id=owner, name_key=values["name"].casefold(), **values
    )
    session.add(view)
    await ViewRepository(session).save()  # its number is asked for
    await record(session, actor, "saved_view.created", SUBJECT, view.id, values)
    return view.id


async def change(
    session: DbSession, actor: Actor, public_ids: PublicIds, number: int, values: dict[str, Any]
) -> None:
    """`values` has what is to be another; only whose it is changes it."""
    view = await ViewRepository(session).get(actor, number, for_update=True)
    if view.user_id != _person(actor):
        raise Forbidden("Only whoever saved this view changes it; save one of your own.")
    changed = {key: value for key, value in values.items() if getattr(view, key) != value}
    if not changed:
        return
    detail = {key: [getattr(view, key), value] for key, value in changed.items()}
    is_renamed = "name" in changed and changed["name"].casefold() != view.name_key
    await _check(session, actor, public_ids, changed, is_renamed=is_renamed)
    for key, value in changed.items():
        setattr(view, key, value)
    view.name_key = view.name.casefold()
    view.updated_at = clock.now()
    await ViewRepository(session).save()
    await record(session, actor, "saved_view.changed", SUBJECT, number, detail)


async def delete(session: DbSession, actor: Actor, number: int) -> None:
    """One's own; an administrator takes away what others share, too."""
    view = await ViewRepository(session).get(actor, number, for_update=True)
    if view.user_id != _person(actor) and actor.role is not Role.ADMIN:
        raise Forbidden("Only whoever saved this view or an administrator deletes it.")
    await ViewRepository(session).remove(view)
    await record(session, actor, "saved_view.deleted", SUBJECT, number, {"name": view.name})


def _person(actor: Actor) -> int:
    if actor.user_id is None or actor.service_account_id is not None:
        raise Forbidden("A saved view is a person's; a service account is none.", code="person_needed")
    return actor.user_id


async def _check(
    session: DbSession,
    actor: Actor,
    public_ids: PublicIds,
    values: dict[str, Any],
    *,
    is_renamed: bool = True,
) -> None:
    if values.get("is_shared") and not actor.may(Permission.FINDINGS_WRITE):
        raise Forbidden("To share a view with all needs the permission findings:write.")
    if "query" in values:  # in whole, as the list will read it
        await FindingRepository(session, public_ids).condition(actor, parse(values["query"]))
    if is_renamed and await ViewRepository(session).is_taken(actor, values["name"].casefold()):
        raise Conflict(f"You have a view “{values['name']}” already: choose another name.", code="name_taken")
