"""Safety: known vulnerabilities of Python packages, of an environment (`check`) or of a project's files (`scan`)."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="safety-check-json",
    scanner="Safety",
    title="Safety (check)",
    docs="https://docs.safetycli.com/safety-docs/output/json-output",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("report_meta.safety_version", "vulnerabilities"),
        sdk.JsonKeys("report_meta.safety_version", "scanned_packages"),
        sdk.JsonKeys("vulnerabilities.item.vulnerability_id", "vulnerabilities.item.analyzed_version"),
    ),
    versions="2 and 3 (`safety check`)",
)
def safety_check(report: sdk.Report) -> sdk.Findings:
    """`safety check --output json > safety.json`"""
    for node in report.json("report_meta", "vulnerabilities.item", "ignored_vulnerabilities.item"):
        if node.pattern == "report_meta":
            about = node.value
            yield sdk.ReportHeader(
                tool_version=sdk.text(about.get("safety_version")),
                scanned_at=sdk.timestamp(about.get("timestamp")),
            )
        else:
            yield from report.read_one(node, _vulnerability)


@sdk.parser(
    id="safety-scan-json",
    scanner="Safety",
    title="Safety (scan)",
    docs="https://docs.safetycli.com/safety-docs/safety-cli-3/scanning-for-vulnerable-and-malicious-packages",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("meta.telemetry.safety_version", "scan_results"),
        sdk.JsonKeys("meta.scan_type", "meta.scan_locations", "scan_results.projects"),
    ),
    items=sdk.JsonItems("scan_results.projects.item.files.item"),
    header={
        "tool_version": "meta.telemetry.safety_version",
        "scanned_at": "meta.timestamp",
        "ref": "scan_results.projects.item.git.branch",
    },
    versions="schema 3.0 (`safety scan`)",
)
def safety_scan(file: sdk.Json) -> sdk.Findings:
    """`safety scan --output json --save-as json safety.json`"""
    for dependency in file["results"]["dependencies"]:
        for wanted in dependency["specifications"]:
            version = wanted["raw"].partition("==")[2].strip() or None
            known = wanted.get("vulnerabilities") or {}
            component = sdk.Component(
                name=dependency["name"],
                version=version,
                purl=sdk.purl("pypi", dependency["name"], version),
                fixed_versions=sdk.texts(sdk.pick(known, "remediation.recommended")),
                path=sdk.text(file.get("location")),
            )
            for said in sdk.listed(known.get("known_vulnerabilities")):
                rating = said.get("cve") or {}
                ignored = said.get("ignored")
                yield _finding(
                    said["id"],
                    component,
                    sdk.identifiers(rating.get("name")),
                    rating,
                    advisory=rating.get("advisory"),
                    suppression=sdk.suppression(ignored, justification=sdk.pick(ignored, "reason")),
                )


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    name, version = said["package_name"], sdk.text(said.get("analyzed_version"))
    fixed = said.get("fixed_versions") or said.get("closest_versions_without_known_vulnerabilities")
    names = sdk.identifiers(said.get("CVE"), said.get("more_info_url"))
    yield _finding(
        said["vulnerability_id"],
        sdk.Component(
            name=name, version=version, purl=sdk.purl("pypi", name, version), fixed_versions=sdk.texts(fixed)
        ),
        names,
        said.get("severity") or {},
        advisory=said.get("advisory"),
        references=sdk.urls(said.get("more_info_url"), said.get("resources")),
        suppression=sdk.suppression(said.get("ignored"), justification=said.get("ignored_reason")),
    )


def _finding(
    number: sdk.Json,
    component: sdk.Component,
    names: tuple[str, ...],
    rating: sdk.Json,
    *,
    advisory: sdk.Json,
    references: tuple[str, ...] = (),
    suppression: sdk.Suppression | None,
) -> sdk.ReportedFinding:
    """Safety rates by CVSS alone, and what has no CVE not at all: that is unknown."""
    third, second = rating.get("cvssv3") or {}, rating.get("cvssv2") or {}
    word = third.get("base_severity")
    score = third.get("base_score") or second.get("base_score")
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(names[0] if names else f"Safety {number}", component.name, component.version),
        severity=sdk.severity(word) if word else sdk.severity_of_score(score),
        severity_reported=sdk.text(word),
        rule_id=sdk.text(number),
        description=sdk.text(advisory),
        identifiers=names,
        cwes=packages.CWES,
        cvss=sdk.assessments(
            (third.get("vector_string"), third.get("base_score")),
            (second.get("vector_string"), second.get("base_score")),
        ),
        components=(component,),
        references=references,
        suppression=suppression,
    )
