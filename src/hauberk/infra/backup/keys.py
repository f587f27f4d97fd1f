"""Which secret keys the backups take, and the stored files of the archive sealed again under the newest one.

Backups and changes are left as they are: they go by the rule of retention, and their keys may go after them. A stored
file is delivered once and stays as long as it is kept at all, so that its key would be needed for good.
"""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hauberk.infra.backup.catalog import list_backups
from hauberk.infra.backup.sealing import SealedReader, SealedWriter, read_header
from hauberk.infra.backup.target import Target, drafts, open_target
from hauberk.infra.backup.wal import FILES, SEALED, WAL
from hauberk.infra.crypto import Undecipherable
from hauberk.infra.settings import Settings
from hauberk.kit.errors import NotFound

_HEADER_BYTES: Final = 4096
_BLOCK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """What a secret key is needed for among the backups; `until` is before what day nothing of it goes."""

    kid: str
    backups: int
    changes: int
    files: int
    until: datetime | None


def kept_by_key(settings: Settings) -> list[Kept]:
    """Reads the head of every sealed file that lies in the target."""
    target = open_target(settings)
    backups, until = Counter[str](), dict[str, datetime]()
    for each in list_backups(settings):
        if kid := _kid(target, each.name):
            backups[kid] += 1
            goes = each.created_at + timedelta(days=settings.backup.keep_days)
            until[kid] = max(until.get(kid, goes), goes)
    changes = Counter(_kids(target, _changes(target)))
    files = Counter(_kids(target, _files(target)))
    return [
        Kept(kid, backups[kid], changes[kid], files[kid], until.get(kid))
        for kid in sorted({*backups, *changes, *files})
    ]


def seal_files_again(settings: Settings) -> Iterator[tuple[str, str | None]]:
    """Of those under an older key one after the other: its name and, where it stays as it was, why."""
    target, newest = open_target(settings), settings.key_ring.kids[0]
    for name in _files(target):
        if _kid(target, name) in (None, newest):
            continue
        try:
            _seal_again(settings, target, name)
        except (Undecipherable, NotFound) as error:
            yield name, str(error)
        else:
            yield name, None


def _seal_again(settings: Settings, target: Target, name: str) -> None:
    with drafts(settings) as folder, target.open_local(name) as path:
        draft = folder / "sealed"
        _copy(settings, path, draft)
        target.take(draft, name)


def _copy(settings: Settings, source: Path, draft: Path) -> None:
    with source.open("rb") as read, draft.open("xb") as written:
        opened = SealedReader(read, settings.key_ring)
        own = {field: value for field, value in opened.header.items() if field not in ("kid", "salt")}
        sealed = SealedWriter(written, settings.key_ring, own)
        while block := opened.read(_BLOCK_BYTES):
            sealed.write(block)
        sealed.finish()


def _files(target: Target) -> list[str]:
    return sorted(target.names(FILES.rstrip("/"), deep=True))


def _changes(target: Target) -> list[str]:
    return [name for name in target.names(WAL.rstrip("/"), deep=True) if name.endswith(SEALED)]


def _kids(target: Target, names: list[str]) -> Iterator[str]:
    return filter(None, (_kid(target, name) for name in names))


def _kid(target: Target, name: str) -> str | None:
    """None for one that went meanwhile, or that is not ours."""
    try:
        header, _ = read_header(io.BytesIO(target.begin(name, _HEADER_BYTES)))
    except (Undecipherable, NotFound):
        return None
    return str(header["kid"])
