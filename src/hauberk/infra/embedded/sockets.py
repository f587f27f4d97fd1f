"""Where the servers' sockets are: in the home, or in a short private folder when the home's path is too long for one."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from hauberk.infra.embedded.process import StartFailed
from hauberk.infra.embedded.shim import NOBODY

MAX_SOCKET_PATH = 100
_LONGEST_NAME = len("/.s.PGSQL.5432.lock")


def socket_folder(home: Path) -> Path:
    """The folder, private to this user. A socket's path may have 104 bytes on macOS and 108 on Linux."""
    folder = home / "run" / "s"
    if len(os.fsencode(folder)) + _LONGEST_NAME > MAX_SOCKET_PATH:
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"hauberk-{os.geteuid()}-{name}"
    else:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owners = (0, NOBODY) if os.geteuid() == 0 else (os.geteuid(),)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o022:
        raise StartFailed(f"{folder} is not private to this user; remove it and start again.")
    return folder
