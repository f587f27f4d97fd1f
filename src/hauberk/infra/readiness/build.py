"""Which build this is: the hash of the product's own source, by which evidence is known to be of this build or not."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import hauberk

EVIDENCE: Final = "release-evidence.json"
_ADDED: Final = {"web", "docs", "deploy", EVIDENCE}


@cache
def source_hash() -> str:
    """SHA-256 over every file of the package but what the build adds: the same in a checkout and in its wheel."""
    return hash_of(package())


def package() -> Path:
    return Path(hauberk.__file__).parent


def hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
        parts = path.relative_to(folder).parts
        if parts[0] in _ADDED or "__pycache__" in parts or path.suffix == ".pyc":
            continue
        if path.is_file():
            digest.update(f"{'/'.join(parts)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
