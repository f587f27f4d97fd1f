"""As whom PostgreSQL runs: it refuses to be root, and to be a user without a name (as in many containers).

Both start it in a user namespace, where it is `nobody` and the files are still theirs; else root starts it as `nobody`.
"""

import os
import pwd
import subprocess
import sys
from functools import cache
from pathlib import Path

from hauberk.infra.embedded import shim
from hauberk.infra.embedded.process import Identity, StartFailed


def identity_for(folder: Path, binaries: Path) -> Identity:
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return "same"
    if _namespace_works():
        return "namespace"
    if os.geteuid() != 0:
        raise StartFailed(
            f"PostgreSQL needs to know its user, and user {os.geteuid()} is not in /etc/passwd."
        )
    home = folder.parent  # ours to open
    way = [*home.absolute().parents, *binaries.absolute().parents]
    closed = next((each for each in way if not each.stat().st_mode & 0o001), None)
    if closed is not None:
        raise StartFailed(
            "PostgreSQL refuses to run as root, this kernel does not allow user namespaces, and"
            f" {closed} is closed to other users. Start Hauberk as an ordinary user, or move it to an open folder."
        )
    return "nobody"


def owned_by_identity(identity: Identity, *paths: Path) -> None:
    """Only `nobody` needs files of its own; the home then lets it pass through, and nothing more."""
    if identity != "nobody":
        return
    for path in paths:
        for folder, _, files in os.walk(path):
            for each in (folder, *(os.path.join(folder, name) for name in files)):  # noqa: PTH118
                os.lchown(
                    each, shim.NOBODY, shim.NOBODY
                )  # never through a link that the server may have made
        if path.is_file():
            os.lchown(path, shim.NOBODY, shim.NOBODY)
        path.parent.chmod(path.parent.stat().st_mode | 0o011)


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


@cache
def _namespace_works() -> bool:
    probe = [sys.executable, "-I", "-S", str(Path(shim.__file__)), "probe"]
    return sys.platform == "linux" and subprocess.run(probe, check=False).returncode == 0  # noqa: S603
