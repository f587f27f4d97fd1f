"""What every secret key is still needed for, and the rotation that makes the older ones unnecessary.

Encrypted values, signed records of drills and the backups can be looked at. What was signed for people and programs
cannot: the longest of it, a link to acknowledge an alert, ends after a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.orm import Session

from hauberk.db import rotation
from hauberk.db.models.readiness import ReadinessLink, ReadinessRecord
from hauberk.db.session import transaction
from hauberk.features.readiness import chain
from hauberk.features.readiness.signing import PURPOSE, signed_record
from hauberk.infra.backup import keys as backup_keys
from hauberk.infra.crypto import KeyRing
from hauberk.infra.settings import Settings

NOTED_EVERY = 100


@dataclass(frozen=True, slots=True)
class Need:
    """What one secret key is needed for: backups and changes go by retention, a rotation sees to all else."""

    kid: str
    values: int = 0
    without_data_key: int = 0
    records: int = 0
    files: int = 0
    backups: int = 0
    changes: int = 0
    until: datetime | None = None

    @property
    def asks_for_rotation(self) -> bool:
        return bool(self.values or self.without_data_key or self.records or self.files)

    @property
    def is_needed(self) -> bool:
        return self.asks_for_rotation or bool(self.backups or self.changes)

    def __str__(self) -> str:
        counted = (
            (self.values + self.without_data_key, "encrypted value"),
            (self.records, "signed record"),
            (self.files, "file in the archive"),
            (self.backups, "backup"),
            (self.changes, "archived change"),
        )
        return ", ".join(_counted(number, thing) for number, thing in counted if number) or "nothing"


def needs(engine: Engine, settings: Settings) -> list[Need]:
    """Of every key that is listed, newest first, and then of those that are needed and are not listed."""
    key_ring = settings.key_ring
    with transaction(engine) as connection:
        stored = rotation.stored(connection)
        signers = [signer for _, signer in _signers(connection, key_ring)]
        links = Session(connection).scalars(select(ReadinessLink)).all()
        signers += [each.kid for each in links if each.kid not in key_ring.kids or _is_sound(each, key_ring)]
    kept = {each.kid: each for each in backup_keys.kept_by_key(settings)}
    others = sorted({each.kid for each in stored} | kept.keys() | set(signers))
    return [
        Need(
            kid=kid,
            values=_sum(stored, kid, is_first_version=False),
            without_data_key=_sum(stored, kid, is_first_version=True),
            records=signers.count(kid),
            files=kept[kid].files if kid in kept else 0,
            backups=kept[kid].backups if kid in kept else 0,
            changes=kept[kid].changes if kid in kept else 0,
            until=kept[kid].until if kid in kept else None,
        )
        for kid in dict.fromkeys((*key_ring.kids, *others))
    ]


def advice(need: Need, key_ring: KeyRing) -> str:
    """What to do about one key, in a sentence or two."""
    newest = key_ring.kids[0]
    if need.kid == newest:
        return f"{need.kid} is the newest: {need}."
    if need.kid not in key_ring.kids:
        return f"{need.kid} is not in HAUBERK_SECRET_KEYS and is needed by {need}. Put it back."
    if need.asks_for_rotation:
        return f"{need.kid} is needed by {need}: run 'hauberk secret rotate'."
    if need.is_needed:
        until = f", which go by retention, not before {need.until:%Y-%m-%d}" if need.until else ""
        return f"{need.kid} is needed by {need}{until}."
    return (
        f"{need.kid} is needed by nothing that is kept. Take it out of HAUBERK_SECRET_KEYS once every process has run"
        f" with {newest} in front for a day: links that it signed end then."
    )


def rotate(engine: Engine, settings: Settings) -> Iterator[str]:
    """Everything that is kept, under the newest key; what it says meanwhile. Stopped, it goes on where it was."""
    values = organizations = 0
    for done in rotation.wrap_all_again(engine, settings.key_ring):
        values, organizations = values + done.values, organizations + 1
        yield from (f"stays as it is: {each}" for each in done.unreadable)
        if organizations % NOTED_EVERY == 0:
            yield f"{_counted(values, 'value')} of {_counted(organizations, 'organization')} so far"
    yield f"{_counted(values, 'value')} of {_counted(organizations, 'organization')} wrapped again"
    with transaction(engine) as connection:
        yield f"{_counted(_sign_again(connection, settings.key_ring), 'record')} signed again"
    files = 0
    for name, why in backup_keys.seal_files_again(settings):
        if why:
            yield f"stays as it is: {name}: {why}"
            continue
        files += 1
        if files % NOTED_EVERY == 0:
            yield f"{_counted(files, 'file')} of the archive so far"
    yield f"{_counted(files, 'file')} of the archive sealed again"


def _sign_again(connection: Connection, key_ring: KeyRing) -> int:
    older = [(row, signer) for row, signer in _signers(connection, key_ring) if signer != key_ring.kids[0]]
    for row, _ in older:
        connection.execute(
            update(ReadinessRecord)
            .where(ReadinessRecord.id == row.id)
            .values(signature=key_ring.sign(PURPOSE, signed_record(row).signed_text()))
        )
    links = [
        each
        for each in Session(connection).scalars(select(ReadinessLink))
        if each.kid != key_ring.kids[0] and _is_sound(each, key_ring)
    ]
    for link in links:
        connection.execute(
            update(ReadinessLink)
            .where(ReadinessLink.position == link.position)
            .values(kid=key_ring.kids[0], mac=key_ring.sign(chain.PURPOSE, chain.hash_of(link)))
        )
    return len(older) + len(links)


def _is_sound(link: ReadinessLink, key_ring: KeyRing) -> bool:
    """Signed by the accepted key that it names; what is signed by none is nobody's, and stays so."""
    return key_ring.signer(chain.PURPOSE, chain.hash_of(link), link.mac) == link.kid


def _signers(connection: Connection, key_ring: KeyRing) -> list[tuple[ReadinessRecord, str]]:
    """The records that an accepted key signed; the others are nobody's, and stay so."""
    found = []
    for row in Session(connection).scalars(select(ReadinessRecord)):
        signer = key_ring.signer(PURPOSE, signed_record(row).signed_text(), row.signature)
        if signer is not None:
            found.append((row, signer))
    return found


def _sum(stored: list[rotation.Stored], kid: str, *, is_first_version: bool) -> int:
    return sum(
        each.values for each in stored if each.kid == kid and each.is_first_version is is_first_version
    )


def _counted(number: int, thing: str) -> str:
    noun, space, rest = thing.partition(" in ")
    return f"{number:,} {noun}{'' if number == 1 else 's'}{space}{rest}"
