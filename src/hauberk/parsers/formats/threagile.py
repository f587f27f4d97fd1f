"""Threagile: the risks that follow from a model of the architecture."""

import re

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://threagile.io: critical, high, elevated, medium, low
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "elevated": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
}
_SETTLED = ("accepted", "mitigated", "false-positive")
_PARTS = ("technical_asset", "shared_runtime", "trust_boundary", "data_asset", "communication_link")
_TAG = re.compile(r"</?[a-z]+>")
_CATEGORIES = {  # what Threagile's built-in rules declare: https://github.com/Threagile/threagile, folder risks
    16: "missing-hardening",
    22: "path-traversal",
    74: "search-query-injection",
    79: "cross-site-scripting",
    89: "sql-nosql-injection",
    90: "ldap-injection",
    200: "accidental-secret-leak",
    284: "missing-identity-propagation",
    287: "missing-identity-store",
    306: "missing-authentication",
    308: "missing-authentication-second-factor",
    311: "unencrypted-asset",
    319: "unencrypted-communication",
    352: "cross-site-request-forgery",
    400: "dos-risky-access-across-trust-boundary",
    434: "missing-file-validation",
    501: "unguarded-access-from-internet unguarded-direct-datastore-access",
    502: "untrusted-deserialization",
    522: "missing-vault",
    611: "xml-external-entity",
    693: "service-registry-poisoning",
    912: "code-backdooring container-baseimage-backdooring",
    918: "server-side-request-forgery",
    1008: "container-platform-escape incomplete-model missing-cloud-hardening missing-identity-provider-isolation "
    "missing-network-segmentation missing-vault-isolation missing-waf mixed-targets-on-shared-runtime "
    "unnecessary-communication-link unnecessary-data-asset unnecessary-data-transfer unnecessary-technical-asset "
    "wrong-communication-link-content wrong-trust-boundary-content",
    1127: "missing-build-infrastructure push-instead-of-pull-deployment unchecked-deployment",
}
_WEAKNESSES = {name: cwe for cwe, names in _CATEGORIES.items() for name in names.split()}


@sdk.parser(
    id="threagile-json",
    scanner="Threagile",
    docs="https://threagile.io/",
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.category", "item.synthetic_id", "item.exploitation_likelihood", "item.severity"),
        sdk.JsonKeys("item.category", "item.synthetic_id", "item.title"),
    ),
    versions="0.9 and 1.0, which leaves out the lowest step of every scale",
    items=sdk.JsonItems("item"),
)
def threagile(risk: sdk.Json) -> sdk.Findings:
    """`threagile -model threagile.yaml -output out -generate-risks-json`; the report is `out/risks.json`"""
    category = risk["category"]
    state, word = sdk.text(risk.get("risk_status")), sdk.text(risk.get("severity")) or "low"
    weakness = _WEAKNESSES.get(category)
    parts = sdk.texts([risk.get(f"most_relevant_{part}") for part in _PARTS])
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=_TAG.sub("", risk["title"]),
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=category,
        cwes=(weakness,) if weakness else (),
        locations=(sdk.Location(resource=risk["synthetic_id"]),),
        components=tuple(sdk.Component(name=part) for part in parts[:1]),
        tags=parts,
        confidence=sdk.text(risk.get("exploitation_likelihood")),
        stable_id=risk["synthetic_id"],
        suppression=sdk.suppression(state in _SETTLED, justification=state),
    )
