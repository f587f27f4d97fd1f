"""The manual: what is needed when something goes wrong must be there before it does."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hauberk.infra.readiness import Answer, Kind, Probe, failed, passed, readiness, skipped
from hauberk.infra.readiness.build import package

# What it must say, and the pages of which one says it.
_NEEDED: Final = {
    "deployment": ("operations/deployment.md",),
    "common problems": ("operations/common-problems.md",),
}
_LINK: Final = re.compile(r"runbooks/(\w+)")
_ALERT: Final = re.compile(r"^\s*- alert: (\w+)", re.MULTILINE)
_RULES: Final = {".yml", ".yaml"}


@readiness("DEL-8", timeout=15)
async def the_manual_is_there(probe: Probe) -> Answer:
    root = manual_root()
    if root is None:
        return failed("This build has no manual.", "Build it with docs/.", kind=Kind.CONFIG)
    for subject, names in _NEEDED.items():
        if not any(_says_something(root / name) for name in names):
            return failed(f"Nothing on {subject} ({names[0]}).", "Write it.", kind=Kind.CONFIG)
    answer = await probe.site.http.get("/api/v1/docs")
    document = await probe.document()
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    silent = [each for each in operations if not (each.get("summary") or each.get("description"))]
    if answer.status_code != 200 or silent:
        return failed(
            f"/api/v1/docs answered {answer.status_code}; {len(silent)} routes say nothing.", "Describe them."
        )
    links = sorted(set(await asyncio.to_thread(lambda: list(_runbooks(root)))))
    pages = await asyncio.to_thread(
        lambda: {each.stem for each in root.rglob("*.md") if _says_something(each)}
    )
    if gone := [name for name in links if name not in pages]:
        return failed(f"Alerts without a page: {', '.join(gone[:5])}.", "Write the runbook.")
    seen = f"Deployment, common problems, {len(operations)} routes described"
    if not links:
        return skipped(f"{seen}; no alert rules: not built.", "Give each alert its runbook.")
    return passed(f"{seen}, {len(links)} alerts, each with its runbook.")


def _says_something(page: Path) -> bool:
    """More than its own title."""
    if not page.is_file():
        return False
    lines = page.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.strip() and not line.startswith("#") for line in lines)


def manual_root() -> Path | None:
    """In the installed package, or in the checkout."""
    for folder in (package() / "docs", package().parents[1] / "docs"):
        if (folder / "operations").is_dir():
            return folder
    return None


def _runbooks(root: Path) -> Iterator[str]:
    """Names of alerts and of the pages that they link, wherever this build keeps its rules."""
    places = [root.parent / "deploy", package()]
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else []:
            if path.suffix in _RULES and re.search("alert|rule", path.as_posix()) and path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                yield from _LINK.findall(text)
                yield from _ALERT.findall(text)
