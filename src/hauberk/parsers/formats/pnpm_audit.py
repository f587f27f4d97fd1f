"""pnpm audit: known vulnerabilities of the packages in pnpm's lock file."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_registry


@sdk.parser(
    id="pnpm-audit-json",
    scanner="pnpm audit",
    docs="https://pnpm.io/cli/audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("advisories.*.module_name", absent=("actions",)),
        sdk.JsonKeys("advisories", "metadata.vulnerabilities", absent=("actions", "advisories.*")),
        sdk.JsonKeys(
            "advisories.*.module_name",
            empty=("actions",),
            values={"advisories.*.findings.item.paths.item": r"\.(>.*)?"},
        ),
    ),
    items=sdk.JsonItems("advisories.*"),
)
def pnpm_audit(advisory: sdk.Json) -> sdk.Findings:
    """`pnpm audit --json > pnpm-audit.json`"""
    yield npm_registry.finding(advisory)
