"""Renders and lints what is deployed, with the real tools as far as they are packages; one line for each.

    check_deployment.py            exit status 1 when something is wrong, 3 when a tool is missing
    check_deployment.py --keep     the same, and keeps the answer as a part of the release evidence

hadolint reads the Dockerfile; the compose file is held against the compose specification; Helm's own engine lints and
renders the chart, and every object is held against the schema of Kubernetes; systemd-analyze, where there is one,
verifies the units. Nothing is started: no container engine and no cluster is needed, and none is tried.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHART = ROOT / "deploy/helm/hauberk"
VALUES: dict[str, Any] = {
    "image": {"repository": "registry.example.org/hauberk", "digest": f"sha256:{'a' * 64}"},
    "publicUrl": "https://hauberk.example.org",
    "storageUrl": "s3://bucket/storage",
    "backupUrl": "s3://backups/hauberk",
    "secret": {"existing": "hauberk-secrets"},
}
# Each of these changes what is rendered; required values that are missing must be refused.
VARIANTS: list[dict[str, Any]] = [
    {},
    {"api": {"autoscaling": {"enabled": False}}, "worker": {"autoscaling": {"enabled": False}}},
    {"archiver": {"enabled": False}, "networkPolicy": {"enabled": False}, "ingress": {"enabled": False}},
]
KINDS = {
    *("Deployment", "StatefulSet", "Job", "Service", "Ingress", "ConfigMap", "ServiceAccount"),
    *("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "Pod"),
}
COMMANDS = {"migrate", "serve", "worker", "scheduler", "archiver"}
EXPOSURE = 4.0
SHOWN = 400  # characters of what a tool says


class WrongError(Exception):
    """What a tool said."""


class MissingError(Exception):
    """A tool is not installed."""


def dockerfile() -> str:
    said = _run("hadolint", "--failure-threshold", "style", str(ROOT / "deploy/docker/Dockerfile"))
    return f"hadolint is silent{said}"


def compose() -> str:
    _run(
        "check-jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(ROOT / "deploy/compose/compose.yaml"),
    )
    text = (ROOT / "deploy/compose/compose.yaml").read_text()
    named = set(re.findall(r"[\s\"](\.\.?/[\w./-]+):/", text))
    if lost := sorted(
        each for each in named if "/secrets" not in each and not (ROOT / "deploy/compose" / each).exists()
    ):
        raise WrongError(f"compose.yaml mounts {', '.join(lost)}, which is not there")
    return (
        f"compose.yaml fits the compose specification, and the {len(named)} places that it mounts are there"
    )


def workflows() -> str:
    files = sorted(str(path) for path in (ROOT / ".github/workflows").glob("*.yml"))
    _run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    _run("check-jsonschema", "--builtin-schema", "vendor.dependabot", str(ROOT / ".github/dependabot.yml"))
    _run("zizmor", "--offline", "--quiet", *files)
    return f"{len(files)} workflows fit their schema and zizmor is silent"


def chart() -> str:
    if sys.platform != "linux":
        return "the chart is not rendered: Helm's engine is packaged for Linux alone"
    try:
        import kubernetes_validate  # noqa: PLC0415 - of development
        import yaml  # noqa: PLC0415
        from helm_python import chart as helm  # noqa: PLC0415
    except ImportError as error:
        raise MissingError(str(error.name)) from error
    told = helm.lint(str(CHART), values=VALUES)
    if told["errors"]:
        raise WrongError(str(told["errors"]))
    loaded, kinds, count = helm.Chart.load(str(CHART)), set(), 0
    for variant in VARIANTS:
        for text in loaded.render(values={**VALUES, **variant}, name="hauberk", namespace="hauberk").values():
            for each in yaml.safe_load_all(text):
                if each:
                    kubernetes_validate.validate(each, "1.31", strict=True)
                    _know_commands(each)
                    kinds.add(each["kind"])
                    count += 1
    if KINDS - kinds:
        raise WrongError(f"the chart renders no {', '.join(sorted(KINDS - kinds))}")
    try:
        loaded.render(values={**VALUES, "publicUrl": "http://plain.example.org"})
    except Exception:  # noqa: BLE001 - whichever error the engine has for it
        return f"Helm rendered {count} objects, all valid for Kubernetes 1.31"
    raise WrongError("the chart accepts a public address without https")


def _know_commands(rendered: dict[str, Any]) -> None:
    """Every container of ours is started with a command that there is."""
    pod = rendered.get("spec", {}).get("template", {}).get("spec", {})
    for container in pod.get("containers", []):
        if container.get("args", ["serve"])[0] not in COMMANDS:
            raise WrongError(
                f"the chart starts {container['name']} with {container['args'][0]}, which is no command"
            )


def units() -> str:
    """Of an installation whose program is /bin/true: the real one is not here."""
    if shutil.which("systemd-analyze") is None:
        return "systemd units not verified: there is no systemd here"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "deploy/systemd", folder, dirs_exist_ok=True)
        template = Path(folder) / "hauberk@.service"
        for path in Path(folder).glob("*.service"):
            path.write_text(path.read_text().replace("/opt/hauberk/bin/hauberk", "/bin/true"))
        names = ["hauberk-migrate.service"]
        for role in ("serve", "worker", "scheduler", "archiver"):
            shutil.copy(template, Path(folder) / f"hauberk@{role}.service")
            names.append(f"hauberk@{role}.service")
        environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
        paths = [str(Path(folder) / name) for name in (*names, "hauberk.target")]
        said = _run("systemd-analyze", "verify", *paths, environment=environment)
        if folder in said:
            raise WrongError(said.strip())
        worst = 0.0
        for path in paths[:-1]:
            told = _run(
                "systemd-analyze", "security", "--offline=true", "--no-pager", path, environment=environment
            )
            worst = max(worst, float(told.rpartition(": ")[2].split()[0]))
    if worst > EXPOSURE:
        raise WrongError(f"a unit's exposure is {worst}, {EXPOSURE} is allowed")
    return f"{len(names)} systemd units verify, exposure {worst} at most"


CHECKS: dict[str, Callable[[], str]] = {
    "image": dockerfile,
    "compose": compose,
    "chart": chart,
    "units": units,
    "workflows": workflows,
}


def _run(name: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    program = BIN / name if (BIN / name).exists() else shutil.which(name)
    if program is None:
        raise MissingError(name)
    ended = subprocess.run(
        [program, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment or dict(os.environ),
    )
    if ended.returncode != 0:
        raise WrongError((ended.stdout + ended.stderr).strip()[-2000:])
    return (ended.stdout + ended.stderr) if name.startswith("systemd") else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    said, wrong, absent = [], [], []
    for name, check in CHECKS.items():
        try:
            said.append(check())
        except MissingError as error:
            absent.append(f"{name} needs {error}")
        except Exception as error:  # noqa: BLE001 - whatever a tool ends with, all of them are asked
            wrong.append(f"{name}: {str(error)[:SHOWN]}")
    print("\n".join(f"{each[:1].upper()}{each[1:]}." for each in (wrong or absent or said)))
    if options.keep and not absent:
        _keep(wrong, said)
    return 1 if wrong else 3 if absent else 0


def _keep(wrong: list[str], said: list[str]) -> None:
    """With what the files themselves say, row by row."""
    sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]
    import release_evidence  # noqa: PLC0415 - a script beside this one

    from hauberk.infra.delivery.files import LOOKS  # noqa: PLC0415 - only this needs the product

    seen = {row: look(ROOT) for row, look in LOOKS.items()}
    rows = {row: {"problems": each.problems, "evidence": each.evidence} for row, each in seen.items()}
    rows["DEL-4"]["problems"] = [*seen["DEL-4"].problems, *wrong]
    rows["DEL-4"]["evidence"] = f"{seen['DEL-4'].evidence}: {'; '.join(said)}"
    release_evidence.keep("delivery", json.loads(json.dumps(rows)))


if __name__ == "__main__":
    sys.exit(main())
