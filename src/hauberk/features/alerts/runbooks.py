"""The runbooks: a page for each alert, in the package or in `docs/runbooks` of a checkout."""

import re
from dataclasses import dataclass
from pathlib import Path

import hauberk
from hauberk.kit.errors import NotFound

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2,60}")


@dataclass(frozen=True, slots=True)
class Runbook:
    name: str
    title: str
    text: str


def folder() -> Path | None:
    package = Path(hauberk.__file__).parent
    for found in (package / "docs" / "runbooks", package.parents[1] / "docs" / "runbooks"):
        if found.is_dir():
            return found
    return None


def read(name: str) -> Runbook:
    """Raises `NotFound`; a name is letters and figures only, so it leads nowhere else."""
    place = folder()
    path = place / f"{name}.md" if place and _NAME.fullmatch(name) else None
    if path is None or not path.is_file():
        raise NotFound("runbook", name[:60])
    text = path.read_text(encoding="utf-8")
    heading, _, body = text.partition("\n")
    return Runbook(name, heading.lstrip("# ").strip(), body.strip())
