"""What a checkout says of its delivery: workflows, updates, deployment files, settings of the environments.

Each look answers with what is wrong, in sentences, and what was seen. The build keeps the answers as release evidence,
because an installed copy has none of these files.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from dotenv import dotenv_values

from hauberk.infra.settings.loading import problems_of, variable_names
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.infra.settings.sections import Environment

WORKFLOWS = ".github/workflows"
ENVIRONMENTS: Final = (Environment.DEVELOPMENT, Environment.STAGING, Environment.PRODUCTION)
ECOSYSTEMS: Final = {"pip": "/", "npm": "/web", "github-actions": "/", "docker": "/deploy/docker"}
# What scans what, by the words of a step.
SCANS: Final = {
    "Python dependencies": r"pip-audit",
    "npm dependencies": r"npm .*audit(?! signatures)",
    "code": r"codeql-action/analyze",
    "secrets": r"gitleaks",
    "the image": r"(?s)trivy.*--exit-code[ =][1-9]",
    "workflows": r"zizmor",
}
FILES: Final = (
    "deploy/docker/Dockerfile",
    "deploy/compose/compose.yaml",
    "deploy/helm/hauberk/Chart.yaml",
    "deploy/systemd/hauberk.target",
    "deploy/release.sh",
)
_COMMANDS: Final = {
    "migrate": "migrate",
    "api": "serve",
    "worker": "worker",
    "scheduler": "scheduler",
    "archiver": "archiver",
}
_SETTING: Final = ("compose", "helm", "systemd")
_OF_DEPLOYMENT: Final = frozenset({"HAUBERK_IMAGE", "HAUBERK_PREVIOUS_IMAGE"})
"""Which images are started, for Compose itself."""
_VARIABLE: Final = re.compile(r"\bHAUBERK_[A-Z0-9_]*[A-Z0-9]\b")
_SWALLOWED = re.compile(r"\|\|\s*(true|:|exit 0)\s*$")
_PINNED = re.compile(r"^(\./.+|[\w./-]+@[0-9a-f]{40})$")
_SECRET_NAMES = re.compile(r"_(PASSWORD|TOKEN|KEYS?|DSN|SECRET)$|^HAUBERK_(DATABASE\w*|QUEUE|CACHE)_URL$")
_SAMPLES: Final = {
    "DATABASE": "postgresql://a:b@host/hauberk",
    "QUEUE": "redis://host:6379",
    "CACHE": "redis://host:6379",
}


@dataclass(frozen=True, slots=True)
class Seen:
    problems: list[str]
    evidence: str


def tests_in_ci(root: Path) -> Seen:
    """Every push and every pull request runs the one command that tests everything."""
    found = workflows(root)
    problems = _unreadable(found)
    running = [
        name
        for name, flow in found.items()
        if {"push", "pull_request"} <= _triggers(flow).keys()
        and not _narrowed(_triggers(flow)["push"])
        and any(re.search(r"\.ci/run|make check", each) for each in _words(flow))
    ]
    if not running:
        problems.append("No workflow runs .ci/run on every push and pull request.")
    return Seen(problems, f"{', '.join(running) or 'nothing'} runs the checks on every push")


def scans_in_ci(root: Path) -> Seen:
    found = workflows(root)
    scanning = {
        name: flow
        for name, flow in found.items()
        if {"push", "pull_request", "schedule"} & _triggers(flow).keys()
    }
    words = [each for flow in scanning.values() for each in _words(flow)]
    missing = [what for what, shape in SCANS.items() if not any(re.search(shape, each) for each in words)]
    problems = [*_unreadable(found), *(f"Nothing scans {what}." for what in missing)]
    unpinned = [
        f"{name} uses {each}, which is not pinned to a commit."
        for name, flow in found.items()
        for each in _uses(flow)
        if not _PINNED.match(each)
    ]
    return Seen(
        [*problems, *unpinned], f"scanned are {', '.join(each for each in SCANS if each not in missing)}"
    )


def updates(root: Path) -> Seen:
    path = root / ".github/dependabot.yml"
    if not path.is_file():
        return Seen(["There is no .github/dependabot.yml."], "nothing")
    content = _yaml(path)
    asked = {
        (each.get("package-ecosystem"), each.get("directory"))
        for each in (content or {}).get("updates", [])
        if (each.get("schedule") or {}).get("interval") and not _offers_none(each)
    }
    missing = [f"{name} in {folder}" for name, folder in ECOSYSTEMS.items() if (name, folder) not in asked]
    covered = ", ".join(
        name for name in ECOSYSTEMS if not any(each.startswith(f"{name} ") for each in missing)
    )
    return Seen([f"Nobody is told of updates of {each}." for each in missing], f"covered are {covered}")


def _offers_none(update: Mapping[str, Any]) -> bool:
    ignored = [each for each in update.get("ignore") or [] if set(each) == {"dependency-name"}]
    return update.get("open-pull-requests-limit") == 0 or any(
        each["dependency-name"] == "*" for each in ignored
    )


def deployment(root: Path) -> Seen:
    """That the files are there and say what they must; tools/check_deployment.py renders and lints them."""
    missing = [f"There is no {name}." for name in FILES if not (root / name).is_file()]
    if missing:
        return Seen(missing, "nothing")
    compose = _yaml(root / "deploy/compose/compose.yaml")
    services = set((compose or {}).get("services", {}))
    wanted = {
        "postgres",
        "pgbouncer",
        "queue",
        "cache",
        "migrate",
        "api",
        "worker",
        "scheduler",
        "archiver",
        "nginx",
    }
    problems = [f"compose.yaml has no {name}." for name in sorted(wanted - services)]
    problems += _wrong_commands(compose or {})
    problems += [
        f"{name} sets {variable}, which is no setting." for name, variable in _unknown_settings(root)
    ]
    dockerfile = (root / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
    users = re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)
    if not users or users[-1].split(":")[0] in ("root", "0"):
        problems.append("The image runs as root.")
    if not re.search(r"^HEALTHCHECK ", dockerfile, re.MULTILINE):
        problems.append("The image has no health check.")
    return Seen(problems, f"image, {len(services)} compose services, Helm chart and systemd units")


def _wrong_commands(compose: Mapping[Any, Any]) -> list[str]:
    found = {name: compose.get("services", {}).get(name, {}).get("command") for name in _COMMANDS}
    return [
        f"compose.yaml starts {name} with {found[name]} and not with '{command}'."
        for name, command in _COMMANDS.items()
        if name in compose.get("services", {}) and found[name] != [command]
    ]


def _unknown_settings(root: Path) -> list[tuple[str, str]]:
    """A misspelt variable has no effect, and nothing that renders or lints knows."""
    known = {*variable_names(), *(f"{name}_FILE" for name in variable_names()), *_OF_DEPLOYMENT}
    files = [
        path for name in _SETTING for path in sorted((root / "deploy" / name).rglob("*")) if path.is_file()
    ]
    return [
        (path.name, variable)
        for path in files
        for variable in sorted(set(_VARIABLE.findall(path.read_text(encoding="utf-8"))) - known)
    ]


def promotion(root: Path) -> Seen:
    """A merge goes to staging, a person promotes to production, and a failed smoke test goes back."""
    found = workflows(root)
    problems = _unreadable(found)
    deploying = {
        name: {str(job.get("environment")) for job in flow.get("jobs", {}).values() if isinstance(job, dict)}
        for name, flow in found.items()
    }
    for environment, trigger in (("staging", "push"), ("production", "workflow_dispatch")):
        if not any(
            environment in into and trigger in _triggers(found[name]) for name, into in deploying.items()
        ):
            problems.append(f"No workflow deploys to {environment} on {trigger}.")
    release = root / "deploy/release.sh"
    lines = release.read_text(encoding="utf-8").splitlines() if release.is_file() else []
    steps = "\n".join(each for each in lines if not each.lstrip().startswith("#"))
    problems += [
        f"deploy/release.sh has no {what}."
        for what, shape in (
            ("smoke test", "helm test"),
            ("rollback", "helm rollback"),
            ("snapshot", "backup create"),
        )
        if shape not in steps
    ]
    return Seen(problems, "a merge goes to staging, production by promotion, with smoke test and rollback")


def environment_files(root: Path) -> Seen:
    problems = []
    for environment in ENVIRONMENTS:
        path = root / f"deploy/env/{environment}.env"
        if not path.is_file():
            problems.append(f"There is no {path.relative_to(root)}.")
            continue
        given = {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()}
        if given.get("HAUBERK_ENVIRONMENT") != environment:
            problems.append(f"{path.name} is not of environment {environment}.")
        problems += [
            f"{path.name} holds {name}."
            for name, value in given.items()
            if value and _SECRET_NAMES.search(name)
        ]
        problems += [f"{path.name}: {each}" for each in problems_of(_with_samples(given))]
    return Seen(problems, f"{', '.join(ENVIRONMENTS)}: valid, without secrets")


LOOKS: Final[Mapping[str, Callable[[Path], Seen]]] = {
    "CFG-1": environment_files,
    "DEL-1": tests_in_ci,
    "DEL-2": scans_in_ci,
    "DEL-3": updates,
    "DEL-4": deployment,
    "DEL-5": promotion,
}


def workflows(root: Path) -> dict[str, dict[Any, Any]]:
    """By file name; one that is no YAML is empty."""
    return {path.name: _yaml(path) or {} for path in sorted((root / WORKFLOWS).glob("*.y*ml"))}


def _yaml(path: Path) -> dict[Any, Any] | None:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError):
        return None
    return content if isinstance(content, dict) else None


def _unreadable(found: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} is no workflow."
        for name, flow in found.items()
        if not flow.get("jobs") or not _triggers(flow)
    ]


def _triggers(flow: Mapping[Any, Any]) -> dict[str, Any]:
    """YAML reads the key `on` as true."""
    given = flow.get("on", flow.get(True)) or {}
    if isinstance(given, str):
        return {given: None}
    return dict.fromkeys(given) if isinstance(given, list) else dict(given)


def _narrowed(trigger: Any) -> bool:
    return bool({"branches", "branches-ignore", "paths", "paths-ignore", "tags"} & set(trigger or {}))


def _jobs(flow: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [job for job in (flow.get("jobs") or {}).values() if isinstance(job, dict)]


def _steps(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [step for job in jobs for step in job.get("steps") or [] if isinstance(step, dict)]


def _words(flow: Mapping[Any, Any]) -> list[str]:
    """Of the steps that turn a run red when they fail; the others keep nothing out."""
    steps = [each for each in _steps([job for job in _jobs(flow) if _counts(job)]) if _counts(each)]
    words = [str(step.get(key)) for step in steps for key in ("run", "uses") if step.get(key)]
    return [each for each in words if not _SWALLOWED.search(each)]


def _counts(part: Mapping[str, Any]) -> bool:
    is_never = str(part.get("if", "")).strip("${} ").lower() == "false"
    return not is_never and str(part.get("continue-on-error", False)).strip("${} ").lower() == "false"


def _uses(flow: Mapping[Any, Any]) -> list[str]:
    return [str(step["uses"]) for step in _steps(_jobs(flow)) if "uses" in step]


def _with_samples(given: Mapping[str, str]) -> dict[str, str]:
    """What is read from a file where the installation runs, as something of its kind."""
    found = {}
    for name, value in given.items():
        base = name.removesuffix("_FILE")
        if base == name or base not in variable_names():
            found[name] = value
            continue
        kind = base.split("_")[1]
        found[base] = new_secret() if base == "HAUBERK_SECRET_KEYS" else _SAMPLES.get(kind, json.dumps(base))
    return found
