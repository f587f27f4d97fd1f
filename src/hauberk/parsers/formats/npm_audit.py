"""npm audit: known vulnerabilities of the packages in a lock file, as npm 6 and as npm 7 and later report them."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_audits, npm_registry

_DOCS = "https://docs.npmjs.com/cli/commands/npm-audit"


@sdk.parser(
    id="npm-audit-json-v1",
    scanner="npm audit",
    title="npm audit (npm 6)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("actions.item", "advisories.*.module_name"),
        sdk.JsonKeys(
            "actions", "advisories", absent=("advisories.*",), later=("muted", "metadata.vulnerabilities")
        ),
    ),
    items=sdk.JsonItems("advisories.*"),
    versions="npm 6",
)
def npm_audit_v1(advisory: sdk.Json) -> sdk.Findings:
    """`npm audit --json > npm-audit.json`"""
    yield npm_registry.finding(advisory)


@sdk.parser(
    id="npm-audit-json",
    scanner="npm audit",
    title="npm audit (npm 7 and later)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("vulnerabilities", values={"auditReportVersion": "2"}),
        sdk.JsonKeys(*(f"vulnerabilities.*.{key}" for key in ("via", "effects", "fixAvailable"))),
    ),
    items=sdk.JsonItems("vulnerabilities.*"),
    versions="npm 7 and later (auditReportVersion 2)",
)
def npm_audit(package: sdk.Json) -> sdk.Findings:
    """`npm audit --json > npm-audit.json`"""
    yield from npm_audits.findings(package)
