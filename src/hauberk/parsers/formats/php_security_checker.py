"""Local PHP Security Checker and the Symfony CLI: known vulnerabilities of PHP packages."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="php-security-checker-json",
    scanner="Symfony Security Check",
    docs="https://github.com/fabpot/local-php-security-checker#usage",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("*.version", "*.advisories.item.title", "*.advisories.item.link"),
        sdk.JsonKeys("*.version", "*.advisories.*.title", "*.advisories.*.link"),
    ),
    versions="`symfony check:security`, local-php-security-checker and SensioLabs' security-checker",
)
def php_security_checker(report: sdk.Report) -> sdk.Findings:
    """`symfony check:security --format=json > security-check.json`"""
    for node in report.json("*"):
        yield from report.read_one(node, partial(_package, str(node.key)))


def _package(name: str, package: sdk.Json) -> sdk.Findings:
    tag = sdk.text(package.get("version")) or ""
    version = tag.removeprefix("v") or None
    known = package["advisories"]
    known = known.values() if isinstance(known, dict) else known  # security-checker lists them by file
    for advisory in known:
        identifiers = sdk.identifiers(advisory.get("cve"), advisory["title"], advisory.get("link"))
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(advisory.get("title"), name),
            severity=sdk.Severity.INFO,
            rule_id=sdk.first(identifiers) or sdk.text(advisory.get("link")),
            identifiers=identifiers,
            cwes=packages.CWES,
            components=(sdk.Component(name=name, version=version, purl=sdk.purl("composer", name, version)),),
            references=sdk.urls(advisory.get("link")),
        )
