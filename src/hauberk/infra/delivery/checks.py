"""What is asked of delivery: of the files where there is a checkout, else of what the build saw of them."""

import asyncio
import sys
from pathlib import Path

from hauberk.infra.delivery.drills import ROLLBACK
from hauberk.infra.delivery.files import LOOKS, Seen
from hauberk.infra.delivery.previous import checkout
from hauberk.infra.readiness import Answer, Kind, Probe, drilled, failed, passed, readiness, skipped
from hauberk.infra.readiness.evidence import missing, released

EVIDENCE = "delivery"
LINT = "tools/check_deployment.py"
LINT_SECONDS = 90


@readiness("CFG-1")
async def environments_have_their_files(probe: Probe) -> Answer:
    return await _looked(probe, "CFG-1", "Mend the files in deploy/env.")


@readiness("DEL-1")
async def every_push_is_tested(probe: Probe) -> Answer:
    return await _looked(probe, "DEL-1", "Mend .github/workflows/check.yml.")


@readiness("DEL-2")
async def every_push_is_scanned(probe: Probe) -> Answer:
    return await _looked(probe, "DEL-2", "Mend .github/workflows/security.yml.")


@readiness("DEL-3")
async def updates_are_offered(probe: Probe) -> Answer:
    return await _looked(probe, "DEL-3", "Mend .github/dependabot.yml.")


@readiness("DEL-4", timeout=LINT_SECONDS + 10)
async def deployment_is_code(probe: Probe) -> Answer:
    """In a checkout the files are rendered and linted now; the tools for it are those of development."""
    answer = await _looked(probe, "DEL-4", f"Mend the files in deploy; {LINT} says what is wrong.")
    root = checkout()
    if root is None or answer.advice:
        return answer
    code, said = await _lint(root)
    if code == _NO_TOOLS:
        return skipped(
            f"{answer.evidence} Not rendered or linted: {said}.", "Run 'make setup'.", kind=Kind.CONFIG
        )
    if code != 0:
        return failed(f"{LINT} found: {said}", "Mend the files in deploy.", kind=Kind.CONFIG)
    return passed(f"{answer.evidence} {said}", kind=Kind.CONFIG)


@readiness("DEL-5")
async def staging_then_production(probe: Probe) -> Answer:
    return await _looked(probe, "DEL-5", "Mend .github/workflows/deploy.yml and deploy/release.sh.")


@readiness("DEL-7")
async def rollback_is_rehearsed(probe: Probe) -> Answer:
    """One release back, with data; the plan is docs/operations/roll-back.md."""
    return await drilled(probe, ROLLBACK)


_NO_TOOLS = 3


async def _looked(probe: Probe, row: str, advice: str) -> Answer:
    root = checkout()
    if root is not None:
        seen = await asyncio.to_thread(LOOKS[row], root)
        return _answered(seen, "in this checkout", advice, Kind.CONFIG)
    evidence = await released(probe)
    part = (evidence.parts.get(EVIDENCE) or {}).get(row)
    if part is None:
        return missing(evidence, EVIDENCE)
    seen = Seen(list(part["problems"]), str(part["evidence"]))
    return _answered(seen, f"in the source of this build, {evidence.signed_by}", advice, Kind.RECORD)


def _answered(seen: Seen, where: str, advice: str, kind: Kind) -> Answer:
    if seen.problems:
        return failed(" ".join(seen.problems[:5]), advice, kind=kind)
    return passed(f"{seen.evidence[:1].upper()}{seen.evidence[1:]}; {where}.", kind=kind)


async def _lint(root: Path) -> tuple[int, str]:
    if not (root / LINT).is_file():
        return _NO_TOOLS, f"there is no {LINT}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(root / LINT),
        cwd=root,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), LINT_SECONDS)
    except TimeoutError:
        process.kill()
        raise
    return process.returncode or 0, said.decode(errors="replace").strip().replace("\n", " ")[:2000]
