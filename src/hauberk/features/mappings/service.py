"""Writes of mappings."""

from typing import Final

from anyio import CapacityLimiter, to_thread

from hauberk.db.audit import record
from hauberk.db.models.mapping import ReportMapping
from hauberk.db.repository import DbSession
from hauberk.db.session import pause
from hauberk.domain.permissions import Actor
from hauberk.features.mappings.repository import MAX_MAPPINGS, MappingRepository
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Invalid
from hauberk.parsers.mapping import formats
from hauberk.parsers.mapping.checking import InvalidMapping
from hauberk.parsers.mapping.document import Mapping

AT_ONCE: Final = 2
_limiters: list[CapacityLimiter] = []


async def understood(session: DbSession, document: str) -> tuple[dict[str, object], Mapping]:
    """As plain data and compiled. A large one takes a second, in which others go on and nobody waits for its connection."""
    await pause(session)
    return await to_thread.run_sync(_read, document, limiter=at_once())


def at_once() -> CapacityLimiter:
    """How many documents and samples one process reads beside its requests."""
    if not _limiters:
        _limiters.append(CapacityLimiter(AT_ONCE))
    return _limiters[0]


def _read(document: str) -> tuple[dict[str, object], Mapping]:
    """Raises Invalid with every problem, by line."""
    try:
        return formats.read(document)
    except InvalidMapping as error:
        raise Invalid(
            [
                ("/document", f"line {each.line}, {each.field or 'the document'}: {each.message}")
                for each in error.problems
            ],
            code="mapping_invalid",
        ) from error


async def create(session: DbSession, actor: Actor, document: str) -> int:
    fields, mapping = await understood(session, document)
    await _check_name(session, actor, mapping.id)
    row = ReportMapping(
        organization_id=actor.organization_id,
        name=mapping.id,
        scanner=mapping.scanner,
        document=document,
        fields=fields,
        is_recognised=mapping.recognise is not None,
        updated_by=actor.user_id,
    )
    session.add(row)
    await session.flush()  # its number is asked for
    await record(session, actor, "mapping.created", "mapping", row.id, {"name": row.name})
    return row.id


async def change(session: DbSession, actor: Actor, number: int, document: str, version: int | None) -> None:
    fields, mapping = await understood(session, document)
    row = await MappingRepository(session).get(actor, number, for_update=True)
    if version is not None and version != row.version:
        raise Conflict("Somebody has changed this mapping meanwhile: load it again.", code="version_conflict")
    if mapping.id != row.name:
        await _check_name(session, actor, mapping.id)
    detail = {"name": [row.name, mapping.id], "document": [row.document, document]}
    row.name, row.scanner, row.document, row.fields = mapping.id, mapping.scanner, document, fields
    row.is_recognised = mapping.recognise is not None
    row.version += 1
    row.updated_at, row.updated_by = clock.now(), actor.user_id
    await session.flush()  # the answer shows the row as it is now
    await record(session, actor, "mapping.changed", "mapping", number, detail)


async def delete(session: DbSession, actor: Actor, number: int) -> None:
    """It is offered no more; kept reports that were read by it can still be read again."""
    row = await MappingRepository(session).get(actor, number, for_update=True)
    row.deleted_at = clock.now()
    await record(session, actor, "mapping.deleted", "mapping", number, {"name": row.name})


async def _check_name(session: DbSession, actor: Actor, name: str) -> None:
    names = await MappingRepository(session).names(actor)
    if name in {each for each, _ in names}:
        raise Conflict(
            f"There is a mapping “{name}” already: change it, or choose another id.", code="name_taken"
        )
    if len(names) >= MAX_MAPPINGS:
        raise Conflict(f"There are {MAX_MAPPINGS} mappings already, which is the most.", code="too_many")
