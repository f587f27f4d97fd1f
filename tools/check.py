"""All checks that CI runs, each in one line with its time; every one runs, then all that failed are named.

What reads the source runs two at a time and is told as it ends; the tests come last and have the machine alone.

`--fix` formats and repairs instead; `--only NAME` runs the checks whose name begins so. A generated file is kept
fresh by a script `tools/generate_*.py` that takes `--check`: it is found by its name.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
# Each worker compiles what the tests and pytest's plugins are made of; a machine that keeps none of it does so in every run.
KEEPS_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
QUICK = "not faults and not e2e and not nightly"
COVERAGE, JUNIT = Path("build/coverage.json"), Path("build/junit.xml")
COVERED = 89.0
"""Per cent of lines and branches."""
# A process that dies is not started again: the file that killed it would kill the next, and the run would not end.
SUITE = [
    *(sys.executable, "-m", "pytest", "-m", QUICK, "-n", "auto", "--maxprocesses", "4"),
    *("--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0"),
]
FIXES = {
    "ruff": [BIN / "ruff", "check", "--fix", "--quiet", "."],
    "format": [BIN / "ruff", "format", "--quiet", "."],
    "web": ["npm", "--prefix", "web", "run", "format", "--silent"],
}
CHECKS = {
    "types": [BIN / "mypy"],  # the longest, so first
    "front end": ["npm", "--prefix", "web", "run", "check", "--silent"],
    "deployment": [sys.executable, "tools/check_deployment.py", "--keep"],
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "lint": [BIN / "ruff", "check", "--quiet", "."],
    "imports": [BIN / "lint-imports"],
    "dependencies": [BIN / "deptry", "src"],
    "tests": [*SUITE, "-p", "tests.measured", "--junitxml", str(JUNIT)],
}


def generated() -> dict[str, list[str | Path]]:
    return {
        f"generated {script.stem.removeprefix('generate_')}": [sys.executable, script, "--check"]
        for script in sorted(Path("tools").glob("generate_*.py"))
    }


# What failed beside others on few cores is asked once more, alone and without coverage; what fails twice, fails.
AGAIN = [
    *(sys.executable, "-m", "pytest", "-m", QUICK),
    *("--last-failed", "--last-failed-no-failures", "none"),
]


def run(name: str, command: list[str | Path]) -> bool:
    began = time.monotonic()
    shown = name == "tests"  # long, and its summary is what CI keeps
    ended = subprocess.run(command, check=False, capture_output=not shown, text=True, env=KEEPS_BYTECODE)
    if shown and ended.returncode == 1:
        print("Some failed: these once more, alone.", flush=True)
        ended = subprocess.run(AGAIN, check=False, text=True, env=KEEPS_BYTECODE)
    outcome = "ok" if ended.returncode == 0 else "FAILED"
    told = [f"{name:.<28} {outcome} ({time.monotonic() - began:.0f} s)"]
    if ended.returncode != 0 and not shown:
        told.append(ended.stdout + ended.stderr)
    print("\n".join(told), flush=True)  # at once: another one may end just now
    return ended.returncode == 0


def is_covered() -> bool:
    """By what all processes of the suite reached together."""
    files = sorted(COVERAGE.with_suffix("").glob("*.json"))
    merge = [sys.executable, "-m", "slipcover", "--json", "--out", COVERAGE, "--merge", *files]
    subprocess.run(merge, check=True, stdout=subprocess.DEVNULL)
    covered = json.loads(COVERAGE.read_text())["summary"]["percent_covered"]
    print(
        f"Of lines and branches {covered:.2f} % are covered; at least {COVERED:g} % have to be.", flush=True
    )
    return bool(covered >= COVERED)


def keep_evidence() -> None:
    """What the tests came to, for the release that is built from this source."""
    evidence = [sys.executable, "tools/release_evidence.py"]
    subprocess.run([*evidence, "suite", "python", JUNIT], check=True)
    subprocess.run([*evidence, "coverage", COVERAGE], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.chdir(Path(__file__).parent.parent)
    *quick, tests = CHECKS.items()
    chosen = FIXES if options.fix else dict([*quick, *generated().items(), tests])
    asked = {name: command for name, command in chosen.items() if name.startswith(options.only)}
    last = asked.pop("tests", None)
    with ThreadPoolExecutor(1 if options.fix else 2) as lanes:
        passed = dict(zip(asked, lanes.map(run, asked, asked.values()), strict=True))
    if last is not None:
        shutil.rmtree(COVERAGE.with_suffix(""), ignore_errors=True)
        passed["tests"] = run("tests", last)
        if passed["tests"]:
            passed["coverage"] = is_covered()
    failed = [name for name, is_well in passed.items() if not is_well]
    if passed.get("tests"):
        keep_evidence()
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
