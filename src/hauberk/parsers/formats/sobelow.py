"""Sobelow: the security checker of Phoenix applications (Elixir)."""

import re
from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://hexdocs.pm/sobelow/"
_PACKAGE = re.compile(r"(?P<title>Known Vulnerable Dependency - (?P<name>\w+)) v(?P<version>\S+)")


@sdk.parser(
    id="sobelow-json",
    scanner="Sobelow",
    docs="https://github.com/sobelow/sobelow#options",
    kinds=[sdk.SAST, sdk.SCA],
    sniff=sdk.JsonKeys(
        "findings.high_confidence", "findings.medium_confidence", "findings.low_confidence", "total_findings"
    ),
    versions="0.7 and later, `--format json`",
)
def sobelow(report: sdk.Report) -> sdk.Findings:
    """`mix sobelow --format json --out sobelow.json`"""
    levels = [f"findings.{level}_confidence.item" for level in ("high", "medium", "low")]
    for node in report.json("sobelow_version", "version", *levels):
        if node.pattern in levels:
            yield from report.read_one(node, partial(_finding, node.pattern.split(".")[1].split("_")[0]))
        else:
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))


def _finding(confidence: str, finding: sdk.Json) -> sdk.Findings:
    check, _, name = finding["type"].partition(": ")  # `XSS.Raw: XSS`
    variable = _unquoted(finding.get("variable"))
    about = {
        "Variable": variable,
        "Key": _unquoted(finding.get("key")),
        "Pipeline": _unquoted(finding.get("pipeline")),
        "Route": _unquoted(finding.get("route")),
    }
    package = _PACKAGE.fullmatch(name)
    yield sdk.ReportedFinding(
        kind=sdk.SCA if package else sdk.SAST,
        title=package["title"] if package else name or check,
        severity=sdk.Severity.MEDIUM,  # Sobelow says how sure it is, not how bad it would be
        rule_id=check,
        description=sdk.paragraphs(
            _unquoted(finding.get("details")), *(f"{what}: {value}" for what, value in about.items() if value)
        ),
        identifiers=sdk.identifiers(finding.get("cve")),
        locations=(
            sdk.Location(
                path=finding["file"],
                line=sdk.line(finding.get("line")),
                column=sdk.line(finding.get("column")),
                symbol=about["Pipeline"] or about["Route"],
                evidence=variable or about["Key"],
            ),
        ),
        components=_components(package, finding["file"]),
        references=(f"{_DOCS}Sobelow.{check}.html",),
        confidence=confidence,
    )


def _components(package: re.Match[str] | None, path: str) -> tuple[sdk.Component, ...]:
    if not package:
        return ()
    name, version = package["name"].lower(), package["version"]
    return (sdk.Component(name=name, version=version, purl=sdk.purl("hex", name, version), path=path),)


def _unquoted(value: sdk.Json) -> str | None:
    """What is no plain name is printed as Elixir's source, in quotes of its own."""
    said = sdk.text(value)
    return said.strip('"') or None if said else None
