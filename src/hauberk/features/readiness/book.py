"""The book of what is on record: every entry is kept with its link in the chain, and the audit trail tells of both."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db import hash_chain
from hauberk.db.audit import record
from hauberk.db.models.event import Event
from hauberk.db.models.readiness import Attestation, ReadinessLink, ReadinessRecord, Waiver
from hauberk.db.session import enter_organization
from hauberk.domain.permissions import Actor
from hauberk.features.readiness.chain import PURPOSE, Chain, Entry, Subject, Told, hash_of, judge
from hauberk.features.readiness.signing import is_signed, signed_record
from hauberk.infra.crypto import KeyRing

SUBJECT_TYPE: Final = "readiness_row"
_LOCK: Final = text("select pg_advisory_xact_lock(hashtext('hauberk.readiness_link'))")
_OPERATOR: Final = text("select operating_organization()")
_Kept = ReadinessRecord | Attestation | Waiver


@dataclass
class Book:
    """Open for one transaction, one writer at a time. Without an `actor` there is no operator whose trail could tell."""

    db: AsyncSession
    key_ring: KeyRing
    actor: Actor | None
    _newest: ReadinessLink | None = None
    _reached: int = 0
    """The last position that is told of. What was cut off at the end stays missed: nothing is kept in its place."""

    async def keep(self, row: _Kept, action: str, detail: Mapping[str, Any]) -> None:
        self.db.add(row)
        await self.db.flush()
        await self._link(_entry(row, self.key_ring), action, detail)

    async def end(self, waiver: Waiver, action: str, detail: Mapping[str, Any]) -> None:
        """It was withdrawn, which its row says by now."""
        await self._link(_withdrawal(waiver), action, detail)

    async def begin(self) -> None:
        """What was kept before there was a chain, or by a release that knew none, becomes part of it.

        Later only what has a signature of its own does: anything else may have been written by hand.
        """
        links, told = await _links(self.db), await self._told()
        self._newest = links[-1] if links else None
        self._reached = max([0, *(each.position for each in links), *(each.position for each in told)])
        linked = {(each.subject, each.subject_id) for each in links}
        for entry in await _entries(self.db, self.key_ring):
            if entry.key not in linked and (entry.is_signed or not (links or told)):
                await self._link(entry, "readiness.adopted", {"row": entry.name}, is_adopted=True)

    async def _link(
        self, entry: Entry, action: str, detail: Mapping[str, Any], *, is_adopted: bool = False
    ) -> None:
        made = ReadinessLink(
            position=self._reached + 1,
            subject=entry.subject.value,
            subject_id=entry.id,
            name=entry.name,
            at=entry.at,
            is_adopted=is_adopted,
            digest=entry.digest,
            previous=hash_of(self._newest) if self._newest else b"",
            kid=self.key_ring.kids[0],
        )
        made.mac = self.key_ring.sign(PURPOSE, hash_of(made))
        self.db.add(made)
        await self.db.flush()
        self._newest, self._reached = made, made.position
        if self.actor is not None:
            link = {"position": made.position, "subject": made.subject, "name": made.name}
            await record(self.db, self.actor, action, SUBJECT_TYPE, None, {**detail, "link": link})

    async def _told(self) -> list[Told]:
        return [] if self.actor is None else await _told(self.db, self.actor.organization_id)


async def opened(db: AsyncSession, key_ring: KeyRing, actor: Actor | None = None) -> Book:
    """Locked until the transaction ends. Without an `actor` the product itself writes in the operator's name."""
    await db.execute(_LOCK)
    if actor is None and (operator := await db.scalar(_OPERATOR)) is not None:
        await enter_organization(db, operator)
        actor = Actor.system(operator)
    book = Book(db, key_ring, actor)
    await book.begin()
    return book


async def chain_of(db: AsyncSession, key_ring: KeyRing) -> Chain:
    """As it stands."""
    operator = await db.scalar(_OPERATOR)
    if operator is not None:
        await enter_organization(db, operator)
    told = [] if operator is None else await _told(db, operator)
    return judge(await _links(db), await _entries(db, key_ring), told, key_ring)


async def _links(db: AsyncSession) -> Sequence[ReadinessLink]:
    return (await db.scalars(select(ReadinessLink).order_by(ReadinessLink.position))).all()


async def _told(db: AsyncSession, operator: int) -> list[Told]:
    """By the operator's audit trail, in order of position."""
    found = await db.execute(
        select(Event.detail["link"].label("link"), Event.at).where(
            Event.organization_id == operator,
            Event.subject_type == SUBJECT_TYPE,
            Event.subject_id.is_(None),
            Event.detail.op("?")("link"),
        )
    )
    told = [Told(row.link["position"], row.link["subject"], row.link["name"], row.at) for row in found]
    return sorted(told, key=lambda each: each.position)


async def _entries(db: AsyncSession, key_ring: KeyRing) -> list[Entry]:
    """In the order that they would have been kept in."""
    kept: list[_Kept] = [
        *await db.scalars(select(ReadinessRecord)),
        *await db.scalars(select(Attestation)),
        *await db.scalars(select(Waiver)),
    ]
    entries = [_entry(each, key_ring) for each in kept]
    entries += [_withdrawal(each) for each in kept if isinstance(each, Waiver) and each.withdrawn_at]
    return sorted(entries, key=lambda each: each.at)


def _entry(row: _Kept, key_ring: KeyRing) -> Entry:
    match row:
        case ReadinessRecord():
            digest = hashlib.sha256(signed_record(row).signed_text()).digest()
            name = f"{row.kind} {row.name}"
            return Entry(Subject.RECORD, row.id, name, row.finished_at, digest, is_signed(row, key_ring))
        case Attestation():
            said = {"person": row.person, "statement": row.statement}
            return _said(Subject.ATTESTATION, row, row.attested_at, said)
        case Waiver():
            return _said(Subject.WAIVER, row, row.waived_at, {"reason": row.reason, "owner": row.owner})


def _said(subject: Subject, row: Attestation | Waiver, at: datetime, said: Mapping[str, str]) -> Entry:
    content = {"row": row.row_name, "at": at.timestamp(), "expires_at": row.expires_at.timestamp(), **said}
    return Entry(subject, row.id, row.row_name, at, hash_chain.link(b"", content))


def _withdrawal(waiver: Waiver) -> Entry:
    at = waiver.withdrawn_at
    assert at is not None
    content = {"waiver": waiver.id, "row": waiver.row_name, "at": at.timestamp()}
    return Entry(Subject.WITHDRAWAL, waiver.id, waiver.row_name, at, hash_chain.link(b"", content))
