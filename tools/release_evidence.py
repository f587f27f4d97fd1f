"""Release evidence: what CI found out about a source is kept as parts, and the build signs them into the wheel.

    release_evidence.py suite NAME JUNIT.xml     results of a test run: its tests, failures and skips, by suite
    release_evidence.py coverage COVERAGE.json   the figures of `slipcover --json`
    release_evidence.py part NAME FILE.json      anything else: audit, lint, mutation, browser, image
    release_evidence.py history                  looks for secrets in every line that git history ever added
    release_evidence.py write [FILE]             signs what is there (default: into src/hauberk, for a checkout)

Each part is stamped with the hash of the source that it is about; a part of another source is left out. It is signed
with the key in HAUBERK_RELEASE_SIGNING_KEY (64 hexadecimal digits; or a file with it in …_FILE), else with a key that
is made for this build and forgotten.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "build" / "evidence"
LOCKS = ("requirements.txt", "web/package-lock.json")
# Which folder of the tests belongs to which suites.
SUITES = {
    "integration": (
        "tests.db",
        "tests.jobs",
        "tests.ingest",
        "tests.features",
        "tests.worker",
        "tests.plans",
    ),
    "api": ("tests.api", "tests.features"),
    "auth": ("tests.features.identity",),
    "upload": ("tests.features.scans",),
    "vulnerabilities": ("tests.features.vulnerabilities",),
    "contract": ("tests.contract",),
    "checks": ("tests.features.readiness",),
    "migrations": ("tests.db.test_migrations",),
}


def _build() -> ModuleType:
    """The product's own idea of what its source is, without importing the product."""
    sys.path.insert(0, str(ROOT / "src"))
    spec = importlib.util.spec_from_file_location("build", ROOT / "src/hauberk/infra/readiness/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source() -> str:
    return str(_build().hash_of(ROOT / "src" / "hauberk"))


def keep(name: str, value: Any) -> None:
    PARTS.mkdir(parents=True, exist_ok=True)
    stamped = {"source": source(), "at": datetime.now(UTC).isoformat(timespec="seconds"), "value": value}
    (PARTS / f"{name}.json").write_text(json.dumps(stamped, indent=1))
    print(f"release evidence: {name} kept")


def suites(junit: Path) -> dict[str, dict[str, int]]:
    """By suite and over all; a case is named by the module it is in."""
    found: dict[str, dict[str, int]] = {}
    for case in ET.parse(junit).getroot().iter("testcase"):  # noqa: S314 - written by pytest in the line before
        module = case.get("classname", "")
        names = [name for name, folders in SUITES.items() if module.startswith(folders)]
        for name in ("all", *names):
            counts = found.setdefault(name, {"tests": 0, "failed": 0, "skipped": 0})
            counts["tests"] += 1
            counts["failed"] += case.find("failure") is not None or case.find("error") is not None
            counts["skipped"] += case.find("skipped") is not None
    return found


def coverage(report: Path) -> dict[str, float]:
    found = json.loads(report.read_text())["summary"]

    def share(of: str) -> float:
        covered, missing = found[f"covered_{of}"], found[f"missing_{of}"]
        return round(100 * covered / max(1, covered + missing), 2)

    return {"lines": share("lines"), "branches": share("branches")}


def history() -> dict[str, int]:
    """Secrets in what was ever committed outside of the tests, whose samples hold made-up ones on purpose."""
    sys.path.insert(0, str(ROOT / "src"))
    from hauberk.infra.telemetry import has_secret  # noqa: PLC0415 - only this needs the product

    commits = _git("rev-list", "--all", "--count")
    paths = ("--", ".", ":(exclude)tests", ":(exclude)web/src/testing", ":(exclude)*package-lock.json")
    log = subprocess.Popen(
        ["git", "log", "--all", "-p", "--unified=0", "--no-color", "--no-textconv", *paths],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert log.stdout is not None
    added = found = 0
    for line in log.stdout:
        if line.startswith("+") and not line.startswith("+++"):
            added += 1
            found += has_secret(line)
    if log.wait() != 0:
        sys.exit("git could not show the history.")
    return {"commits": int(commits), "lines": added, "secrets": found}


def collected() -> dict[str, Any]:
    """All parts of this source, and what the build itself knows."""
    now = source()
    parts: dict[str, Any] = {}
    for file in sorted(PARTS.glob("*.json")) if PARTS.is_dir() else []:
        kept = json.loads(file.read_text())
        if kept["source"] == now:
            parts[file.stem] = {**kept["value"], "at": kept["at"]}
        else:
            print(f"release evidence: {file.stem} is of another source, left out")
    return {
        **parts,
        "source": now,
        "commit": os.environ.get("HAUBERK_BUILD_COMMIT") or _git("rev-parse", "HEAD") or "unknown",
        "previous_release": _git("describe", "--tags", "--abbrev=0", "HEAD^") or None,
        "lock": _lock_hash(),
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sbom": {"python": python_sbom(), "npm": npm_sbom()},
    }


def _git(*arguments: str) -> str:
    try:
        ended = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""


def _lock_hash() -> str:
    digest = hashlib.sha256()
    for name in LOCKS:
        digest.update((ROOT / name).read_bytes() if (ROOT / name).is_file() else b"")
    return digest.hexdigest()


def python_sbom() -> dict[str, Any]:
    """CycloneDX, from the locked requirements."""
    components = []
    for name, version, rest in re.findall(
        r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)((?:.*\\\n)(?:\s+--hash=.*\n)*)",
        _text("requirements.txt"),
        re.MULTILINE,
    ):
        hashes = [{"alg": "SHA-256", "content": each} for each in re.findall(r"sha256:([0-9a-f]{64})", rest)]
        purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
        components.append(_component(name, version, purl, hashes))
    return _bom(components)


def npm_sbom() -> dict[str, Any]:
    """CycloneDX, from package-lock.json: what reaches the browser, not what builds it."""
    packages = json.loads(_text("web/package-lock.json") or '{"packages": {}}')["packages"]
    components = []
    for path, entry in packages.items():
        if not path or entry.get("dev") or "version" not in entry:
            continue
        name = path.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40', 1)}@{entry['version']}"
        components.append(_component(name, entry["version"], purl, []))
    return _bom(components)


def _component(name: str, version: str, purl: str, hashes: list[dict[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "library", "name": name, "version": version, "purl": purl}
    return {**found, "hashes": hashes} if hashes else found


def _bom(components: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def _text(name: str) -> str:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def write(file: Path) -> None:
    """Signed; whoever changes a word of it afterwards is found out."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    given = _signing_key()
    key = (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given)) if given else Ed25519PrivateKey.generate()
    )
    evidence = {**collected(), "is_key_throwaway": not given}
    signed = json.dumps(evidence, sort_keys=True, separators=(",", ":")).encode()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    document = {"evidence": evidence, "signature": {"key": public, "value": key.sign(signed).hex()}}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, sort_keys=True))
    print(f"release evidence: written, signed by {public[:16]}: {', '.join(sorted(evidence))}")


def _signing_key() -> str:
    file = os.environ.get("HAUBERK_RELEASE_SIGNING_KEY_FILE")
    return (Path(file).read_text() if file else os.environ.get("HAUBERK_RELEASE_SIGNING_KEY", "")).strip()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("act", choices=["suite", "coverage", "part", "history", "write"])
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    match options.act, options.arguments:
        case "suite", [name, file]:
            keep(f"suites-{name}", suites(Path(file)))
        case "coverage", [file]:
            keep("coverage", coverage(Path(file)))
        case "part", [name, file]:
            keep(name, json.loads(Path(file).read_text()))
        case "history", []:
            keep("history", history())
        case "write", [*file]:
            write(Path(file[0]) if file else ROOT / "src" / "hauberk" / _build().EVIDENCE)
        case _:
            parser.error("see the list above")


if __name__ == "__main__":
    main()
