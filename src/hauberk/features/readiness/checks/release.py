"""What the build found out about itself and wrote down, signed: tests, coverage, the audit of dependencies."""

import importlib.metadata
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from hauberk.infra.readiness import Answer, Kind, Probe, attested, failed, passed, readiness, warned
from hauberk.infra.readiness.answer import Result
from hauberk.infra.readiness.evidence import ReleaseEvidence, missing, released
from hauberk.infra.readiness.record import AHEAD, MAX_AGE
from hauberk.kit import clock

COVERED: Final = 80.0
KILLED: Final = 80.0
MUTATED: Final = ("access", "merge", "jobs", "limits")
_AGAIN: Final = "Mend it, and build the release again."


@readiness("SEC-7")
async def dependencies_are_audited(probe: Probe) -> Answer:
    """Part `audit`: `{"python": {"packages": 77, "skipped": 0, "advisories": []}, "npm": {...}}`."""
    found = await released(probe)
    audit = found.parts.get("audit")
    if audit is None:
        return missing(found, "an audit of its dependencies")
    boms = {name: len(bom["components"]) for name, bom in found.parts["sbom"].items()}
    seen = f"{audit['at'][:10]}, {found.signed_by}: "
    for ecosystem in ("python", "npm"):
        of = audit.get(ecosystem, {})
        if of.get("advisories"):
            names = ", ".join(map(str, of["advisories"][:5]))
            return failed(f"{seen}known vulnerabilities in {ecosystem}: {names}.", _AGAIN, kind=Kind.RECORD)
        if not of.get("packages") or of.get("skipped", 1):
            return _unseen(f"{seen}{of.get('skipped', 'all')} {ecosystem} packages could not be looked up.")
        if not boms.get(ecosystem):
            return failed(f"{seen}no bill of materials for {ecosystem}.", _AGAIN, kind=Kind.RECORD)
    if other := _not_audited(found.parts["sbom"]["python"]["components"]):
        return warned(
            f"{seen}no advisory known, but of what runs here {len(other)} packages are not the ones that were audited:"
            f" {', '.join(other[:5])}.",
            "Install the release with the versions that it names, or audit what is installed.",
        )
    age = clock.now() - datetime.fromisoformat(audit["at"])
    if not -AHEAD < age <= MAX_AGE:
        return warned(
            f"{seen}no advisory was known, but that is {age.days} days ago ({MAX_AGE.days} are allowed): nothing is known of"
            " those since.",
            "Audit the dependencies again, and build the release again.",
            kind=Kind.RECORD,
        )
    counted = ", ".join(f"{n} {name} components" for name, n in boms.items())
    return passed(
        f"{seen}no advisory known, nothing skipped; bills of materials: {counted}.", kind=Kind.RECORD
    )


def _not_audited(components: Sequence[Mapping[str, Any]]) -> list[str]:
    """Packages that are installed here in another version than the bill of materials has, each with both."""
    installed = {_normal(each.metadata["Name"]): each.version for each in importlib.metadata.distributions()}
    return [
        f"{each['name']} {installed[name]} (audited: {each['version']})"
        for each in components
        if "name" in each
        and (name := _normal(each["name"])) in installed
        and installed[name] != each["version"]
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _unseen(evidence: str) -> Answer:
    return Answer(Result.SKIP, Kind.RECORD, evidence, "Audit where the advisory database can be reached.")


@readiness("TST-1")
async def code_is_covered(probe: Probe) -> Answer:
    found = await released(probe)
    coverage = found.parts.get("coverage")
    if coverage is None:
        return missing(found, "coverage")
    lines, branches = coverage["lines"], coverage["branches"]
    seen = f"{lines:.1f} % of lines and {branches:.1f} % of branches covered"
    if min(lines, branches) < COVERED:
        return failed(f"{seen}; {COVERED:g} % are needed.", "Test what is not covered.", kind=Kind.RECORD)
    scores: Mapping[str, Any] = found.parts.get("mutation", {})
    if unmeasured := [name for name in MUTATED if name not in scores]:
        return warned(
            f"{seen}. Mutation score not measured: {', '.join(unmeasured)}.",
            "Measure it in CI, then build the release there.",
            kind=Kind.RECORD,
        )
    shown = ", ".join(f"{name} {scores[name]:.0f} %" for name in MUTATED)
    if min(scores[name] for name in MUTATED) < KILLED:
        return failed(f"{seen}. Mutation score: {shown}.", "Test what the mutants survive.", kind=Kind.RECORD)
    return passed(f"{seen}. Mutation score: {shown}.", kind=Kind.RECORD)


@readiness("TST-2")
async def integration_tests_ran(probe: Probe) -> Answer:
    return _suites(await released(probe), "integration", note="on a real PostgreSQL and Valkey")


@readiness("TST-3")
async def api_tests_ran(probe: Probe) -> Answer:
    return _suites(
        await released(probe), "auth", "upload", "vulnerabilities", "contract", note="contract by fuzzing"
    )


def _suites(found: ReleaseEvidence, *names: str, note: str) -> Answer:
    suites = found.parts.get("suites-python")
    if suites is None:
        return missing(found, "its tests")
    seen = []
    for name in names:
        counts = suites.get(name, {"tests": 0})
        ran = counts["tests"] - counts.get("skipped", 0)
        if not ran:
            return missing(found, f"the suite {name}")
        if counts["failed"]:
            return failed(f"{counts['failed']} of {ran} tests of {name} failed.", _AGAIN, kind=Kind.RECORD)
        seen.append(f"{name} {ran}")
    return passed(f"Passed ({note}): {', '.join(seen)}. {suites['at'][:10]}.", kind=Kind.RECORD)


@readiness("TST-5")
async def a_browser_went_through_it(probe: Probe) -> Answer:
    return _journey(await released(probe), "core flow", "desktop")


@readiness("WEB-4")
async def it_works_on_small_screens(probe: Probe) -> Answer:
    """A real device can be attested where this build has no record; that it failed there is no matter of opinion."""
    seen = _journey(await released(probe), "core flow", "phone", "tablet")
    if seen.result is not Result.SKIP:
        return seen
    word = await attested(probe, "WEB-4", what="a phone and a tablet")
    return seen if word.result is Result.SKIP else word


def _journey(found: ReleaseEvidence, flow: str, *screens: str) -> Answer:
    """Part `browser`: `{"has_passed": true, "steps": [{"text": "core flow, phone", "milliseconds": 900}]}`."""
    browser = found.parts.get("browser")
    if browser is None:
        return missing(found, "a journey in a browser")
    if not browser["has_passed"]:
        return failed("The journey in a browser failed.", _AGAIN, kind=Kind.RECORD)
    steps = [step["text"] for step in browser["steps"]]
    if unseen := [screen for screen in screens if f"{flow}, {screen}" not in steps]:
        return missing(found, f"the {flow} on a {unseen[0]}")
    where = " and ".join(screens)
    return passed(
        f"The {flow} passed, emulated {where}, {len(steps)} steps. {browser['at'][:10]}.", kind=Kind.RECORD
    )
