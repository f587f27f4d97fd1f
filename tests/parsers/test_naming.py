"""A report's format may be told by its scanner's name, also as other platforms write it."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from hauberk.domain.reported import ReportedFinding
from hauberk.parsers.naming import formats_named
from hauberk.parsers.reading import OpenedReport, open_report
from hauberk.parsers.registry import parsers
from hauberk.parsers.sdk import ReportError

SAMPLES = Path(__file__).parent / "samples"
SARIF = json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Any"}}, "results": []}]})


def opened(text: str, name: str) -> OpenedReport:
    return open_report(BytesIO(text.encode()), format=name)


def count(text: str, name: str) -> tuple[str, int]:
    report = opened(text, name)
    return report.format.id, sum(isinstance(each, ReportedFinding) for each in report.records())


def test_each_scanner_names_its_formats() -> None:
    for format_id, parser in parsers().items():
        for name in (parser.info.scanner, f"{parser.info.scanner} Scan", parser.info.scanner.lower()):
            assert format_id in {each.info.id for each in formats_named(name)}, name


@pytest.mark.parametrize(
    ("name", "format_id"),
    [
        ("trivy-json", "trivy-json"),
        ("anchore_grype", "grype-json"),
        ("AWS Inspector2 Scan", "inspector2-json"),
        ("AWS Security Finding Format (ASFF) Scan", "asff-json"),
        ("Chef Inspect Log", "chef-inspec-jsonl"),
        ("Codechecker Report native", "codechecker-json"),
        ("docker-bench-security Scan", "docker-bench-json"),
        ("Hadolint Dockerfile check", "hadolint-json"),
        ("MobSF Scan", "mobsf-json"),
        ("MobSF Scan", "mobsfscan-json"),
        ("NPM Audit v7+ Scan", "npm-audit-json"),
        ("OpenVAS Parser v2", "openvas-xml"),
        ("OssIndex Devaudit SCA Scan Importer", "devaudit-json"),
        ("Qualys Infrastructure Scan (WebGUI XML)", "qualys-scan-xml"),
        ("Tenable Scan", "nessus-csv"),
        ("zap", "zap-xml"),
    ],
)
def test_it_may_go_by_other_names(name: str, format_id: str) -> None:
    assert format_id in {each.info.id for each in formats_named(name)}


@pytest.mark.parametrize("name", ["", "scan", "Scan Report", "no such scanner", "trivy-xml", "éé"])
def test_a_name_that_nobody_bears_is_refused(name: str) -> None:
    assert formats_named(name) == []
    with pytest.raises(ReportError) as refused:
        opened("[]", name)
    assert refused.value.code == "unsupported_format"


@pytest.mark.parametrize(
    ("name", "text", "format_id"),
    [
        ("AWS Prowler Scan", "[]", "prowler-json"),
        ("Gitleaks Scan", "[]", "gitleaks-json"),
        ("Semgrep Pro JSON Report", '{"findings": []}', "semgrep-platform-json"),
        ("Snyk Scan", "[]", "snyk-json"),
        ("Trivy Scan", "{}", "trivy-json"),
        ("Twistlock Image Scan", '{"results": []}', "twistlock-json"),
        ("Flawfinder Scan", SARIF, "sarif"),
    ],
)
def test_an_empty_report_is_read_by_the_name(name: str, text: str, format_id: str) -> None:
    assert count(text, name) == (format_id, 0)


def test_of_several_formats_the_one_that_fits_is_taken() -> None:
    for format_id in ("zap-json", "zap-xml"):
        sample = next(each for each in SAMPLES.joinpath(format_id).iterdir() if ".golden." not in each.name)
        assert count(sample.read_text(), "ZAP")[0] == format_id


def test_another_scanners_report_is_not_believed() -> None:
    with pytest.raises(ReportError):
        count('{"results": [], "errors": [], "paths": {"scanned": []}, "version": "1.0"}', "Nessus Scan")
