"""WPScan: vulnerabilities of a WordPress, its themes and plug-ins, and what was found beside."""

from functools import partial

from hauberk.parsers import sdk

_WORDPRESS, _THEME = "version", "main_theme"
_EXTENSIONS = ("plugins.*", "themes.*", "timthumbs.*")
_FOUND = "interesting_findings.item"
_BANNER = {"banner.description": "(?i).*wordpress.*"}
_LEAKED = ("config_backups.*", "db_exports.*")
_ABOUT = ("target_url", "effective_url", "stop_time", "start_time", "banner.version", "scan_aborted")


@sdk.parser(
    id="wpscan-json",
    scanner="WPScan",
    docs="https://github.com/wpscanteam/wpscan/wiki/WPScan-User-Documentation",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("target_url", "effective_url", "interesting_findings"),
        sdk.JsonKeys("target_url", values=_BANNER),
        sdk.JsonKeys("scan_aborted", values=_BANNER),
    ),
    versions="3.x",
)
def wpscan(report: sdk.Report) -> sdk.Findings:
    """`wpscan --url https://blog.example --enumerate vp,vt --api-token … -f json -o wpscan.json`"""
    about = {node.pattern: node.value for node in report.json(*_ABOUT)}
    url = sdk.first(about.get("target_url"), about.get("effective_url"))
    yield sdk.ReportHeader(
        asset=sdk.at_url(url).host,
        asset_kind="site",
        targets=sdk.texts(url),
        scanned_at=sdk.timestamp(about.get("stop_time") or about.get("start_time")),
        tool_version=sdk.text(about.get("banner.version")),
    )
    reason = sdk.text(about.get("scan_aborted"))
    for node in report.json(_WORDPRESS, _THEME, *_EXTENSIONS, _FOUND, *_LEAKED):
        reason = None  # what it had found by then is said
        if node.pattern == _FOUND:
            yield from report.read_one(node, partial(_interesting, url, sdk.Severity.INFO))
        elif node.pattern in _LEAKED:  # by its address; passwords are in it
            yield from report.read_one(node, partial(_interesting, str(node.key), sdk.Severity.HIGH))
        elif node.value:
            yield from report.read_one(node, partial(_part, url, str(node.key)))
    if reason:
        raise sdk.ReportError("schema_mismatch", f"WPScan gave up: {reason[:200]}")


def _part(url: str | None, key: str, part: sdk.Json) -> sdk.Findings:
    """WordPress itself, or a theme or plug-in of it."""
    name = "WordPress" if key == _WORDPRESS else sdk.text(part.get("slug")) or key
    number = part.get("number") if key == _WORDPRESS else sdk.pick(part, "version.number")
    place = sdk.text(part.get("location")) or url
    component = sdk.Component(name=name, version=sdk.text(number))
    reasons = (part.get("found_by"), *sdk.texts(part.get("interesting_entries") or ()))
    read = partial(_vulnerability, component, sdk.at_url(place, evidence=sdk.paragraphs(*reasons)), url)
    yield from sdk.each(part.get("vulnerabilities"), read, f"{key}.vulnerabilities")


def _vulnerability(
    component: sdk.Component, place: sdk.Location, url: str | None, said: sdk.Json
) -> sdk.Findings:
    known = said.get("references") or {}
    score = said.get("cvss") or {}
    fixed = sdk.texts(said.get("fixed_in"))
    identity = sdk.first(known.get("wpvulndb"))
    page = f"https://wpscan.com/vulnerability/{identity}" if identity else None
    numbers = [f"CVE-{each}" for each in sdk.texts(known.get("cve"))]
    cvss = sdk.assessments((score.get("vector"), score.get("score"), "WPScan"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said["title"],
        severity=_severity(cvss),
        severity_reported=sdk.text(score.get("score")),
        rule_id=identity,
        description=sdk.paragraphs(said.get("description"), said.get("poc")),
        remediation=f"Update to {fixed[0]}." if fixed else None,
        identifiers=sdk.identifiers(numbers, said["title"]),
        cwes=sdk.cwes(said.get("cwe")) or (1035,),  # a component with a known vulnerability
        cvss=cvss,
        locations=(place,),
        components=(sdk.Component(name=component.name, version=component.version, fixed_versions=fixed),),
        references=sdk.urls(known.get("url"), page),
        target=url,
    )


def _severity(cvss: tuple[sdk.Cvss, ...]) -> sdk.Severity:
    """WPScan has no word for it; a known vulnerability without a score is medium until somebody looks."""
    return sdk.severity_of_score(cvss[0].score) if cvss else sdk.Severity.MEDIUM


def _interesting(url: str | None, severity: sdk.Severity, said: sdk.Json) -> sdk.Findings:
    entries = sdk.texts(said.get("interesting_entries") or ())
    known = said.get("references") or {}
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"Interesting finding: {said.get('to_s') or said['type']}",
        severity=severity,
        rule_id=sdk.text(said.get("type")),
        description=sdk.paragraphs(said.get("found_by"), *entries),
        locations=(sdk.at_url(said.get("url") or url, evidence="\n".join(entries)),),
        references=sdk.urls(*known.values()),
        confidence=sdk.text(said.get("confidence")),
        target=url,
    )
