"""detect-secrets: its baseline of secrets in files, with what an audit said of them."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets


@sdk.parser(
    id="detect-secrets-json",
    scanner="detect-secrets",
    docs="https://github.com/Yelp/detect-secrets#scan-command",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("plugins_used", later=("results", "generated_at")),
        sdk.JsonKeys("results.*.item.hashed_secret", "results.*.item.type"),
    ),
    versions="baselines of version 0.12 and later",
)
def detect_secrets(report: sdk.Report) -> sdk.Findings:
    """`detect-secrets scan > .secrets.baseline`, after `detect-secrets audit .secrets.baseline` with its answers"""
    for node in report.json("results.*.item", "version", "generated_at", required="results.*"):
        if node.pattern == "version":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
        elif node.pattern == "generated_at":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            path = node.container.removeprefix("results.")
            yield from report.read_one(node, partial(_secret, path))


@sdk.parser(
    id="detect-secrets-report-json",
    scanner="detect-secrets",
    title="detect-secrets audit report",
    docs="https://github.com/Yelp/detect-secrets#auditing-secrets-in-baseline",
    kinds=[sdk.SECRET],
    sniff=sdk.JsonKeys(
        "results.item.filename",
        "results.item.lines",
        "results.item.types",
        values={"results.item.category": "UNVERIFIED|VERIFIED_TRUE|VERIFIED_FALSE"},
    ),
    items=sdk.JsonItems("results.item"),
    versions="1.1 and later",
)
def detect_secrets_report(said: sdk.Json) -> sdk.Findings:
    """`detect-secrets audit --report .secrets.baseline > secrets.json`"""
    category, path = said["category"], said["filename"]
    for kind in sdk.texts(said["types"]):
        for line in said["lines"] or (None,):
            yield sdk.ReportedFinding(
                kind=sdk.SECRET,
                title=f"{kind} in {path}",
                severity=secrets.severity(is_valid=category == "VERIFIED_TRUE"),
                rule_id=kind,
                cwes=secrets.CWES,
                locations=(sdk.Location(path=path, line=sdk.line(line)),),
                confidence=category.lower().replace("_", " "),
                secret=sdk.text(said.get("secrets")),
                suppression=sdk.suppression(
                    category == "VERIFIED_FALSE", justification="audited as no secret"
                ),
            )


def _secret(path: str, said: sdk.Json) -> sdk.Findings:
    """The value itself is never told, its SHA-1 is."""
    kind, audited = said["type"], said.get("is_secret")
    verified = "verified" if said.get("is_verified") else None
    path = sdk.text(said.get("filename")) or path
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{kind} in {path}",
        severity=secrets.severity(is_valid=said.get("is_verified")),
        rule_id=kind,
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path, line=sdk.line(said.get("line_number")), symbol=f"sha1:{said['hashed_secret']}"
            ),
        ),
        confidence="audited" if audited else verified,
        stable_id=sdk.text(said["hashed_secret"]),
        suppression=sdk.suppression(audited is False, justification="audited as no secret"),
    )
