"""Builds the front end into the wheel as `hauberk/web`, so that an installation needs no Node.

Skipped for editable installs, which serve `web/dist`, and with HAUBERK_SKIP_FRONTEND=1.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = Path(self.root) / "web"
        if version == "editable" or os.environ.get("HAUBERK_SKIP_FRONTEND") == "1":
            return
        if not (web / "package.json").exists():
            raise FileNotFoundError(f"{web} has no front end; HAUBERK_SKIP_FRONTEND=1 builds without one")
        if not (web / "node_modules").exists():
            self._npm(web, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        self._npm(web, "run", "build", "--silent")
        build_data["force_include"][str(web / "dist")] = "hauberk/web"

    def _npm(self, web: Path, *arguments: str) -> None:
        self.app.display_info(f"npm {' '.join(arguments)}")
        subprocess.run(["npm", *arguments], cwd=web, check=True)
