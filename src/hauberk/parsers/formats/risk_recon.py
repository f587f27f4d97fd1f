"""RiskRecon (Mastercard): findings about companies' exposure, from the API."""

from hauberk.parsers import sdk


@sdk.parser(
    id="risk-recon-json",
    scanner="RiskRecon",
    docs="https://docs.riskrecon.com/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{root}item.security_criteria", f"{root}item.analyst_status")
            for root in ("findings.", "data.", "")
        )
    ),
    versions="`GET /v1/findings/{company}`: the whole answer, or its list",
)
def risk_recon(report: sdk.Report) -> sdk.Findings:
    """`curl -H "Authorization: …" https://api.riskrecon.com/v1/findings/$COMPANY -o riskrecon.json`"""
    yield from report.read(report.json("findings.item", "data.item", "item"), _finding)


def _finding(said: sdk.Json) -> sdk.Findings:
    word, title = sdk.text(said.get("severity")), sdk.text(said["finding"])
    host = sdk.first(*(said.get(name) for name in ("host_name", "domain_name", "ip_address")))
    about = (said.get(name) for name in ("finding_context", "finding_data_description", "finding_data_value"))
    is_false = str(said.get("false_positive")).lower() == "true"
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{title}: {host}" if host else title or "",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=f"{said.get('security_criteria')}: {title}",
        description=sdk.paragraphs(*about),
        identifiers=sdk.identifiers(said.get("finding_data_value"), said.get("finding_context")),
        locations=(
            sdk.Location(
                host=host,
                host_ids=sdk.machine(said.get("ip_address")),
                evidence=sdk.text(said.get("finding_data_value")),
            ),
        ),
        tags=sdk.texts([said.get("security_domain"), said.get("vendor"), said.get("service")]),
        stable_id=sdk.text(said.get("finding_id")),
        suppression=sdk.suppression(is_false, justification="false positive"),
        target=sdk.text(said.get("domain_name")),
        found_at=sdk.timestamp(said.get("first_seen")),
    )
