"""The parsers against real reports that nobody here wrote, where those lie beside the checkout."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

SCANS = Path(__file__).parents[3] / "shared" / "scans"
TOOLS = (
    "anchore_grype",
    "bandit",
    "cyclonedx",
    "dependency_check",
    "generic",
    "gosec",
    "npm_audit",
    "npm_audit_7_plus",
    "nuclei",
    "sarif",
    "semgrep",
    "snyk",
    "tenable",
    "trivy",
    "zap",
)

pytestmark = pytest.mark.skipif(
    not SCANS.is_dir(), reason="the shared sample reports are not beside the checkout"
)


@pytest.mark.parametrize("tool", TOOLS)
def test_real_reports_are_read_at_least_as_well_as_the_reference(tool: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, str(SCANS / "conformance.py"), "--tool", tool, "--min", "0.97"),
            *("--command", f"{shlex.quote(sys.executable)} -m hauberk.cli.parse --json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
