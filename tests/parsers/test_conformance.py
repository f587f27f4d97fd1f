"""The parsers against real reports that nobody here wrote, where those lie beside the checkout."""

import json
import shlex
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import pytest

SCANS = Path(__file__).parents[3] / "shared" / "scans"
REASONS = Path(__file__).parents[2] / "docs" / "conformance-exceptions.md"
LESS_ALIKE = (  # the reference rates what the report does not rate, or folds what it lists
    "anchore_engine",
    "api_bugcrowd",
    "api_vulners",
    "aws_inspector2",
    "aws_prowler_v3plus",
    "burp",
    "cargo_audit",
    "checkmarx_cxflow_sast",
    "deepfence_threatmapper",
    "dsop",
    "fortify",
    "gcloud_artifact_scan",
    "gitlab_sast",
    "govulncheck",
    "jfrog_xray_unified",
    "kubehunter",
    "kubescape",
    "mobsf",
    "ms_defender",
    "openvas",
    "openvex",
    "ossindex_devaudit",
    "osv_scanner",
    "outpost24",
    "prowler",
    "qualys_webapp",
    "retirejs",
    "sonatype",
    "sslscan",
    "sslyze",
    "talisman",
    "veracode",
)
NOT_FOLLOWED = {  # the reference is wrong by the report's own words: each has its reason in a row of REASONS
    "awssecurityhub": "AWS Security Hub",
    "anchorectl_vulns": "anchorectl",
    "bundler_audit": "bundler-audit",
    "openscap": "OpenSCAP",
    "contrast": "Contrast Assess",
    "coverity_api": "Coverity Connect",
    "appspider": "AppSpider",
    "wazuh": "Wazuh",
    "burp_suite_dast": "Burp Suite DAST",
    "blackduck_component_risk": "Black Duck component risk",
    "crunch42": "42Crunch",
}

pytestmark = [
    pytest.mark.skipif(not SCANS.is_dir(), reason="the shared sample reports are not beside the checkout"),
    pytest.mark.timeout(400),  # whichever test comes first waits for the reading of all reports
]


@pytest.fixture(scope="module")
def likeness(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """How alike the readings of each tool's reports are, from 0 to 1."""
    out = tmp_path_factory.mktemp("conformance") / "scores.json"
    command = f"{shlex.quote(sys.executable)} -m hauberk.cli.parse --json"
    subprocess.run(
        [sys.executable, str(SCANS / "conformance.py"), "--command", command, "--json", str(out)],
        capture_output=True,
        check=True,
    )
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for row in json.loads(out.read_text(encoding="utf-8")):
        scores[row["tool"]].append(row["score"])
    return {tool: fmean(of_files) for tool, of_files in scores.items()}


@pytest.mark.long
def test_real_reports_are_read_at_least_as_well_as_the_reference(likeness: dict[str, float]) -> None:
    assert len(likeness) > len(NOT_FOLLOWED)
    wanted = {tool: 0.9 if tool in LESS_ALIKE else 0.97 for tool in likeness if tool not in NOT_FOLLOWED}
    assert {tool: likeness[tool] for tool, least in wanted.items() if likeness[tool] < least} == {}


@pytest.mark.long
def test_only_tools_that_differ_much_are_excepted_and_each_says_why(likeness: dict[str, float]) -> None:
    rows = [
        line.split("|")[1].strip() for line in REASONS.read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    assert sorted(rows[2:]) == sorted(NOT_FOLLOWED.values())
    assert [tool for tool in NOT_FOLLOWED if likeness[tool] >= 0.9] == []
