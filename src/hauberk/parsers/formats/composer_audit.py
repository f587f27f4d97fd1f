"""Composer audit: known vulnerabilities of PHP packages, and packages that are abandoned."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="composer-audit-json",
    scanner="Composer audit",
    docs="https://getcomposer.org/doc/03-cli.md#audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("advisories.*.item.advisoryId", "advisories.*.item.affectedVersions"),
        sdk.JsonKeys("advisories.*.*.advisoryId"),
        sdk.JsonKeys("abandoned", empty=("advisories",)),
        sdk.JsonKeys(empty=("advisories",), absent=("actions", "metadata", "muted", "runId")),  # before 2.7
        sdk.JsonKeys("ignored-advisories", "advisories"),
    ),
    versions="Composer 2.4 and later",
)
def composer_audit(report: sdk.Report) -> sdk.Findings:
    """`composer audit --format=json --locked > composer-audit.json`"""
    for node in report.json("advisories.*", "ignored-advisories.*", "abandoned.*"):
        if node.pattern == "abandoned.*":
            yield _abandoned(str(node.key), sdk.text(node.value))
        else:
            listed = node.value.values() if isinstance(node.value, dict) else node.value
            yield from sdk.each(listed, _advisory, node.position)


def _advisory(said: sdk.Json) -> sdk.Findings:
    """The installed version is not told. Ignored ones say why, if at all, in `ignoreReason`."""
    name, word = said["packageName"], sdk.text(said.get("severity"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said.get("title"), name),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=said["advisoryId"],
        identifiers=sdk.identifiers(
            said.get("cve"),
            said.get("link"),
            [source.get("remoteId") for source in sdk.listed(said.get("sources"))],
        ),
        components=(sdk.Component(name=name, purl=sdk.purl("composer", name)),),
        references=sdk.urls(said.get("link")),
        tags=sdk.texts(f"affected:{said['affectedVersions']}" if said.get("affectedVersions") else None),
        suppression=_ignored(said),
    )


def _ignored(said: sdk.Json) -> sdk.Suppression | None:
    if "ignoreReason" not in said:
        return None
    return sdk.Suppression(justification=sdk.text(said["ignoreReason"]))


def _abandoned(name: str, replacement: str | None) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=f"{name} is abandoned",
        severity=sdk.Severity.INFO,
        rule_id="abandoned",
        remediation=f"Use {replacement}." if replacement else None,
        components=(sdk.Component(name=name, purl=sdk.purl("composer", name)),),
    )
