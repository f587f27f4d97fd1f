"""What the archived log itself tells, read by PostgreSQL's own reader: where a recovery must end before a drop.

A database's files are deleted before the deletion is committed, and a recovery to a time only ends at commits. So the
way to just before a dropped database ends at the last commit before the drop, and not at the time.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_RECORD = re.compile(r"lsn: ([0-9A-F]+/[0-9A-F]+), .*desc: (COMMIT|DROP) ?([0-9-]+ [0-9:.]+)?")


def commit_before_drop(binaries: Path, folder: Path, first: str, until: datetime) -> str | None:
    """The place of the last commit by then, when a database was dropped between it and the next one."""
    last: str | None = None
    dropped = False
    for lsn, what, moment in _records(binaries, folder, first):
        if what == "DROP":
            dropped = True
        elif moment is not None and moment > until:
            break
        else:
            last, dropped = lsn, False
    return last if dropped else None


def _records(binaries: Path, folder: Path, first: str) -> Iterator[tuple[str, str, datetime | None]]:
    """Of the base's timeline, in order; the end of what was archived ends it."""
    segments = sorted(
        path.name for path in folder.iterdir() if len(path.name) == 24 and path.name[:8] == first[:8]
    )
    if not segments:
        return
    with subprocess.Popen(  # noqa: S603
        [
            *(str(binaries / "pg_waldump"), f"--path={folder}", "--rmgr=Transaction", "--rmgr=Database"),
            *(max(first, segments[0]), segments[-1]),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
    ) as reader:
        assert reader.stdout is not None
        for line in reader.stdout:
            if found := _RECORD.search(line):
                lsn, what, moment = found.groups()
                yield lsn, what, datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
        reader.terminate()
