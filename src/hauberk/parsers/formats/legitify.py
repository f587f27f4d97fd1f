"""Legitify: insecure settings of organizations, repositories, members and runners on GitHub and GitLab."""

from functools import partial

from hauberk.parsers import sdk

_SCHEMES = ("content.*", "content.*.*", "*", "*.*")


@sdk.parser(
    id="legitify-json",
    scanner="Legitify",
    docs="https://github.com/Legit-Labs/legitify#output-options",
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(f"{path}.policyInfo", f"{path}.violations") for path in _SCHEMES),
        sdk.JsonKeys("content", values={"type": r"flattened|group-by-\w+"}),
    ),
    versions="the flattened scheme and those grouped by namespace, resource or severity",
)
def legitify(report: sdk.Report) -> sdk.Findings:
    """`legitify analyze --org ORG --output-format json --output-file legitify.json`"""
    for node in report.json("content.*", "*"):
        if isinstance(node.value, dict):
            policies = [node.value] if "policyInfo" in node.value else list(node.value.values())
            yield from sdk.each(policies, _policy, node.position)


def _policy(policy: sdk.Json) -> sdk.Findings:
    yield from sdk.each(policy["violations"], partial(_violation, policy["policyInfo"]), "violations")


def _violation(policy: sdk.Json, found: sdk.Json) -> sdk.Findings:
    if found.get("status", found.get("Status")) != "FAILED":
        return
    link = sdk.text(found.get("canonicalLink"))
    place = sdk.at_url(link)
    aux = found.get("aux") or {}
    named = [f"{name}: {value}" for name, value in aux.items() if sdk.text(value)]
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=policy["title"],
        severity=sdk.severity(policy.get("severity")),
        severity_reported=sdk.text(policy.get("severity")),
        rule_id=policy["policyName"],
        rule_name=sdk.text(policy.get("fullyQualifiedPolicyName")),
        description=sdk.paragraphs(policy.get("description"), *sdk.texts(policy.get("threat"))),
        remediation="\n".join(sdk.texts(policy.get("remediationSteps") or ())) or None,
        locations=(
            sdk.Location(
                url=place.url,
                host=place.host,
                port=place.port,
                resource=link or sdk.text(aux.get("entityId")),
                evidence="\n".join(named) or None,
            ),
        ),
        components=(sdk.Component(name=str(aux["entityName"])),) if sdk.text(aux.get("entityName")) else (),
        tags=sdk.texts([policy.get("namespace"), found.get("violationEntityType")]),
        target=link,
    )
