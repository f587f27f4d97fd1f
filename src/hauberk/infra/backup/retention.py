"""What of the archive is needed no longer: changes from before the oldest base, and files that nothing names."""

import json
from datetime import datetime

from hauberk.infra.backup.catalog import Kind, list_backups
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import FILES, Archive
from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.kit import clock

_GONE = "files-gone.json"  # when each was first missed


def archived_files(settings: Settings) -> list[str]:
    return [name.removeprefix(FILES) for name in open_target(settings).names(FILES.rstrip("/"), deep=True)]


def delete_needless(settings: Settings) -> int:
    """Segments that no kept base leads to; how many."""
    target = open_target(settings)
    first: dict[str, str] = {}
    for base in list_backups(settings, Kind.BASE):
        if base.origin is not None:
            first[base.origin.system] = base.origin.first_segment
    return sum(
        Archive(target, system, settings.key_ring).delete_before(segment) for system, segment in first.items()
    )


def delete_needless_files(settings: Settings) -> int:
    """Files that the storage has given up since before the oldest base, which nothing that can be restored names."""
    target = open_target(settings)
    archived, stored = set(archived_files(settings)), set(open_storage(settings).keys())
    known = json.loads(target.read(_GONE)) if _GONE in target.names() else {}
    now = clock.now().isoformat()
    gone = {key: known.get(key, now) for key in sorted(archived - stored)}
    bases = list_backups(settings, Kind.BASE)
    needless = [
        key for key, since in gone.items() if bases and datetime.fromisoformat(since) < bases[-1].created_at
    ]
    for key in needless:
        target.delete(FILES + key)
        del gone[key]
    target.write(_GONE, json.dumps(gone).encode())
    return len(needless)
