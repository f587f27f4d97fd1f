"""The audits of npm 6, Yarn 1 and pnpm for people: the tables that they print."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import audit_tables, npm_registry


def _findings(report: sdk.Report) -> sdk.Findings:
    for advisory in audit_tables.advisories(node.value for node in report.lines()):
        yield npm_registry.finding(advisory)


@sdk.parser(
    id="npm-audit-table",
    scanner="npm audit",
    title="npm audit table (npm 6)",
    docs="https://docs.npmjs.com/cli/v6/commands/npm-audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"=== npm audit security report ==="),
        sdk.TextLines(r"^│ (?:Low|Moderate|High|Critical) +│ +\S", r"^│ Dependency of +│ +\S"),
    ),
    versions="npm 6, with and without the lines around its cells",
)
def npm_audit_table(report: sdk.Report) -> sdk.Findings:
    """`npm audit > npm-audit.txt`"""
    yield from _findings(report)


@sdk.parser(
    id="yarn-audit-table",
    scanner="Yarn audit",
    title="Yarn audit table (Yarn 1)",
    docs="https://classic.yarnpkg.com/en/docs/cli/audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^yarn audit v\d"),
        sdk.TextLines(r"^│ (?:info|low|moderate|high|critical) +│ +\S", r"^│ Dependency of +│ +\S"),
    ),
    versions="Yarn 1",
)
def yarn_audit_table(report: sdk.Report) -> sdk.Findings:
    """`yarn audit > yarn-audit.txt`"""
    yield from _findings(report)


@sdk.parser(
    id="pnpm-audit-table",
    scanner="pnpm audit",
    title="pnpm audit table",
    docs="https://pnpm.io/cli/audit",
    kinds=[sdk.SCA],
    sniff=sdk.TextLines(
        r"^│ (?:low|moderate|high|critical) +│ +\S", r"^│ Patched versions +│", r"^│ Paths +│"
    ),
)
def pnpm_audit_table(report: sdk.Report) -> sdk.Findings:
    """`pnpm audit > pnpm-audit.txt`"""
    yield from _findings(report)
