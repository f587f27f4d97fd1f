"""Cyberwatch: known vulnerabilities and security issues of servers, as Galeax's exporter collects them."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.cyberwatch.com/help/en/API_documentation/: `cve_level` and `level`
    "level_critical": sdk.Severity.CRITICAL,
    "level_high": sdk.Severity.HIGH,
    "level_medium": sdk.Severity.MEDIUM,
    "level_low": sdk.Severity.LOW,
    "level_info": sdk.Severity.INFO,
    "level_none": sdk.Severity.INFO,
}


@sdk.parser(
    id="cyberwatch-json",
    scanner="Cyberwatch",
    docs="https://docs.cyberwatch.com/help/en/API_documentation/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("cves.item.cve_code", "cves.item.servers"),
        sdk.JsonKeys("security_issues.item.security_issue_id"),
        sdk.JsonKeys(empty=("cves", "security_issues")),
    ),
    versions="`cves` and `security_issues` of API 3, with their servers",
)
def cyberwatch(report: sdk.Report) -> sdk.Findings:
    """`GET /api/v3/vulnerabilities/cve_announcements` and `/api/v3/security_issues`, each with its servers, in one file"""
    yield from report.read(report.json("cves.item"), _vulnerability)
    yield from report.read(report.json("security_issues.item"), _issue)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    code, word = said["cve_code"], sdk.text(said.get("cve_level"))
    vectors = [value for key, value in said.items() if key.startswith("cvss") and isinstance(value, str)]
    rated = sdk.assessments(*((vector, None, "NVD") for vector in vectors))
    places, suppression = _places(sdk.listed(said.get("servers")))
    maturity = sdk.text(said.get("exploit_code_maturity"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=code,
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=code,
        description=sdk.text(said.get("content")),
        identifiers=sdk.identifiers(code),
        cwes=sdk.cwes(sdk.pick(said, "cwes.cwe_id")),
        cvss=rated or sdk.assessments((None, said.get("cve_score"), "Cyberwatch")),
        epss=sdk.number(said.get("cve_epss")),
        locations=places,
        components=tuple(_components(sdk.listed(said.get("servers")))),
        tags=sdk.texts(
            [f"exploit:{maturity}" if maturity else None, *sdk.texts(sdk.pick(said, "cwes.attacks"))]
        ),
        suppression=suppression,
        found_at=sdk.timestamp(said.get("cve_published_at")),
    )


def _issue(said: sdk.Json) -> sdk.Findings:
    places, suppression = _places(sdk.listed(said.get("servers")))
    word = sdk.text(said.get("level"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=said["security_issue_title"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=sdk.text(said["security_issue_id"]),
        description=sdk.text(said.get("security_issue_description")),
        identifiers=sdk.identifiers(
            [each.get("cve_code") for each in sdk.listed(said.get("cve_announcements"))]
        ),
        locations=places,
        stable_id=sdk.text(said.get("id")),
        suppression=suppression,
        found_at=sdk.timestamp(sdk.pick(said, "servers.0.detected_at")),
    )


def _places(servers: sdk.Json) -> tuple[tuple[sdk.Location, ...], sdk.Suppression | None]:
    """The servers that have it now; where none has, those that had it, and what became of it."""
    active = [
        each for each in servers if each.get("active") not in (False, "inactive") and not each.get("ignored")
    ]
    names = sdk.texts([each.get("computer_name") for each in active or servers])
    ended = None
    if servers and not active:
        is_ignored = any(each.get("ignored") for each in servers)
        ended = sdk.Suppression(justification="ignored" if is_ignored else "fixed")
    return tuple(sdk.Location(host=name) for name in names), ended


def _components(servers: sdk.Json) -> Iterator[sdk.Component]:
    """What an update would bring: the product and its version on the server."""
    for server in servers:
        for update in sdk.listed(server.get("updates")):
            current, target = update.get("current") or {}, update.get("target") or {}
            name = sdk.first(current.get("product"), target.get("product"))
            if name:
                yield sdk.Component(
                    name=name,
                    version=sdk.text(current.get("version")),
                    fixed_versions=sdk.texts(target.get("version")),
                )
