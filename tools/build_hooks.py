"""Builds the front end into the wheel as `hauberk/web`, so that an installation needs no Node, the release evidence, the
manual, and the files of `deploy/` that servers without an image are set up with.

Skipped for editable installs, which serve `web/dist`; the front end also with HAUBERK_SKIP_FRONTEND=1.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# No folder that a machine keeps secrets in: what is forced in is not held against .gitignore.
SHIPPED = (
    "docs",
    "deploy/alertmanager",
    "deploy/compose/postgres",
    "deploy/env",
    "deploy/grafana",
    "deploy/loki",
    "deploy/prometheus",
    "deploy/systemd",
)


class FrontEnd(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        self._evidence(build_data)
        for name in SHIPPED:
            build_data["force_include"][str(Path(self.root) / name)] = f"hauberk/{name}"
        web = Path(self.root) / "web"
        if os.environ.get("HAUBERK_SKIP_FRONTEND") == "1":
            return
        if not (web / "package.json").exists():
            raise FileNotFoundError(f"{web} has no front end; HAUBERK_SKIP_FRONTEND=1 builds without one")
        if not (web / "node_modules").exists():
            self._npm(web, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        self._npm(web, "run", "build", "--silent")
        build_data["force_include"][str(web / "dist")] = "hauberk/web"

    def _evidence(self, build_data: dict[str, Any]) -> None:
        written = Path(self.root) / "build" / "release-evidence.json"
        script = Path(self.root) / "tools" / "release_evidence.py"
        subprocess.run([sys.executable, script, "write", written], check=True)
        build_data["force_include"][str(written)] = "hauberk/release-evidence.json"

    def _npm(self, web: Path, *arguments: str) -> None:
        self.app.display_info(f"npm {' '.join(arguments)}")
        subprocess.run(["npm", *arguments], cwd=web, check=True)
