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
LESS_ALIKE = (  # the reference rates what the report does not rate, or folds what it lists
    "api_blackduck",
    "auditjs",
    "blackduck",
    "blackduck_binary_analysis",
    "cargo_audit",
    "checkmarx_osa",
    "composer_audit",
    "csaf",
    "cyberwatch_galeax",
    "dependency_track",
    "detect_secrets",
    "dotnet_vulnerable",
    "ggshield",
    "github_secrets_detection_report",
    "github_vulnerability",
    "gitlab_api_fuzzing",
    "gitlab_container_scan",
    "gitlab_dast",
    "gitlab_dep_scan",
    "gitlab_secret_detection_report",
    "gitleaks",
    "govulncheck",
    "jfrog_xray_api_summary_artifact",
    "jfrog_xray_on_demand_binary_scan",
    "jfrog_xray_unified",
    "jfrogxray",
    "kiuwan_sca",
    "mend",
    "meterian",
    "mix_audit",
    "n0s1",
    "nancy",
    "noseyparker",
    "nsp",
    "openvex",
    "ort",
    "ossindex_devaudit",
    "php_symfony_security_check",
    "pip_audit",
    "pnpm_audit",
    "retirejs",
    "reversinglabs_spectraassure",
    "rusty_hog",
    "scantist",
    "secretlint",
    "snyk_issue_api",
    "sonatype",
    "talisman",
    "trufflehog",
    "trufflehog3",
    "veracode_sca",
    "whispers",
    "yarn_audit",
)

pytestmark = pytest.mark.skipif(
    not SCANS.is_dir(), reason="the shared sample reports are not beside the checkout"
)


@pytest.mark.parametrize(
    ("tool", "least"), [*((tool, 0.97) for tool in TOOLS), *((tool, 0.9) for tool in LESS_ALIKE)]
)
def test_real_reports_are_read_at_least_as_well_as_the_reference(tool: str, least: float) -> None:
    done = subprocess.run(
        [
            *(sys.executable, str(SCANS / "conformance.py"), "--tool", tool, "--min", str(least)),
            *("--command", f"{shlex.quote(sys.executable)} -m hauberk.cli.parse --json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
