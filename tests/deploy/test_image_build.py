"""What builds the wheel, and the image around it, has all that it needs: rehearsed without a container engine."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/docker/Dockerfile"


def _lines(path):
    return [
        line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")
    ]


def _let_through(name):
    """As the engine reads a .dockerignore: the last pattern that a path or a folder above it matches decides."""
    parts = name.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    is_ignored = False
    for line in _lines(DOCKERFILE.with_name("Dockerfile.dockerignore")):
        pattern = line.removeprefix("!").removeprefix("**/")
        is_anywhere = line.removeprefix("!").startswith("**/")
        if any(fnmatch(part, pattern) for part in (parts if is_anywhere else above)):
            is_ignored = not line.startswith("!")
    return not is_ignored


def _stage(name):
    """The instructions of one stage, each on one line."""
    text = re.sub(r"\\\n\s*", " ", DOCKERFILE.read_text())
    return (
        re.search(rf"^FROM \S+ AS {name}\n(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL)
        .group(1)
        .splitlines()
    )


@pytest.fixture
def context(tmp_path):
    """What the engine would be sent of this checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.splitlines() if _let_through(name) and (ROOT / name).is_file()]
    if not names:
        pytest.skip("this is no checkout")
    for name in names:
        (tmp_path / "context" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "context" / name)
    return tmp_path / "context"


def _copied(context, source):
    """Does the COPY instructions of the stage that builds, with a page in place of the front end."""
    for line in _stage("build"):
        words = line.split()
        if words[:1] != ["COPY"]:
            continue
        *froms, to = [word for word in words[1:] if not word.startswith("--")]
        for name in froms:
            if "--from=web" in words:
                (source / to).mkdir(parents=True)
                (source / to / "index.html").write_text("<!doctype html>")
            elif (context / name).is_dir():
                shutil.copytree(context / name, source / to, dirs_exist_ok=True)
            else:
                (source / to).mkdir(parents=True, exist_ok=True) if to.endswith("/") else None
                shutil.copy(context / name, source / to)


@pytest.mark.long
def test_the_image_builds_its_wheel_from_what_it_is_sent(context, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    _copied(context, source)
    ended = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "wheels"],
        cwd=source,
        env={"PATH": "/usr/bin:/bin", "HAUBERK_SKIP_FRONTEND": "1", "HAUBERK_BUILD_COMMIT": "c0ffee"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    with zipfile.ZipFile(next((tmp_path / "wheels").glob("*.whl"))) as wheel:
        names = wheel.namelist()
        evidence = wheel.read("hauberk/release-evidence.json").decode()
    assert len(names) == len(set(names))
    assert '"commit": "c0ffee"' in evidence
    # What the manual sends a reader to is there, and no secret of the machine that built it.
    for name in (
        "docs/operations/install.md",
        "deploy/prometheus/rules/",
        "deploy/systemd/hauberk.target",
        "deploy/env/production.env",
    ):
        assert any(each.startswith(f"hauberk/{name}") for each in names), name
    assert not [each for each in names if "compose/secrets" in each]


def test_a_build_without_isolation_finds_what_it_requires_in_the_lock():
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    locks = [(ROOT / name).read_text() for name in ("requirements-build.txt", "requirements-dev.txt")]
    for each in required:
        name = re.match(r"[\w-]+", each).group()
        found = [re.findall(rf"^{name}==(\S+)", lock, re.MULTILINE) for lock in locks]
        assert found[0], f"requirements-build.txt has no {name}"
        assert not found[1] or found[0] == found[1], f"{name} is locked in two versions"


def test_the_released_wheel_is_built_from_the_checkout_where_its_evidence_lies():
    """By itself `build` makes the wheel from the unpacked source distribution, where no evidence is."""
    flow = (ROOT / ".github/workflows/release.yml").read_text()
    (command,) = re.findall(r"-m build .*", flow)
    assert "--wheel" in command
