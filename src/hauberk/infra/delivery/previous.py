"""The release before this one: its source, from a wheel or from the history of a checkout."""

import io
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import hauberk
from hauberk.infra.settings import Settings
from hauberk.infra.unpacking import unpack
from hauberk.kit.errors import NotFound

_MIGRATIONS = "src/hauberk/db/migrations/versions"
_TAG = re.compile(r"v\d+\.\d+\.\d+")


def checkout() -> Path | None:
    """The folder of the source tree that this runs from; None in an installed copy."""
    root = Path(hauberk.__file__).parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "src").is_dir() else None


def unpack_previous(settings: Settings, folder: Path) -> str:
    """Its package into the folder, to be run with it as PYTHONPATH; what it is called.

    The wheel or the commit that HAUBERK_RELEASE_PREVIOUS names; in a checkout else the newest release tag before this
    commit or, before the first release, the commit before the newest migration.
    """
    named, root = settings.release.previous, checkout()
    if named.endswith(".whl") and Path(named).is_file():
        with zipfile.ZipFile(named) as wheel:
            wheel.extractall(folder)  # noqa: S202 - the operator's own, to be run in the next moment
        return Path(named).name
    commit = (_commit(root, named) if named else _before(root)) if root else None
    if root is None or commit is None:
        raise NotFound(
            "release before this one to rehearse with: set HAUBERK_RELEASE_PREVIOUS to its wheel, or in a checkout to its tag"
        )
    packed = _git(root, "archive", "--format=tar", commit, "src/hauberk")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        unpack(archive, folder)
    for path in (folder / "src").iterdir():
        shutil.move(path, folder / path.name)
    return named or _git(root, "describe", "--tags", "--always", commit).decode().strip()


def _before(root: Path) -> str | None:
    tags = [
        each
        for each in _lines(root, "tag", "--merged", "HEAD^", "--sort=-version:refname")
        if _TAG.fullmatch(each)
    ]
    if tags:
        return tags[0]
    added = _lines(root, "log", "-1", "--diff-filter=A", "--format=%H", "--", _MIGRATIONS)
    return _commit(root, f"{added[0]}^") if added else None


def _commit(root: Path, name: str) -> str | None:
    found = _lines(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return found[0] if found else None


def _lines(root: Path, *arguments: str) -> list[str]:
    git = shutil.which("git")
    if git is None:
        return []
    ended = subprocess.run([git, *arguments], cwd=root, check=False, capture_output=True, text=True)  # noqa: S603
    return ended.stdout.split() if ended.returncode == 0 else []


def _git(root: Path, *arguments: str) -> bytes:
    git = shutil.which("git") or "git"
    return subprocess.run([git, *arguments], cwd=root, check=True, capture_output=True).stdout  # noqa: S603
