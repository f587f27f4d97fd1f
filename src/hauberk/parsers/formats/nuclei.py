"""Nuclei: ProjectDiscovery's template-based scanner of web applications and network services."""

import re

from hauberk.parsers import sdk

_DOCS = "https://docs.projectdiscovery.io/opensource/nuclei/running#nuclei-outputs"
_WEB = ("http", "headless", "websocket", "offlinehttp")
_TRANSPORTS = {"network": "tcp", "ssl": "tcp", "javascript": "tcp"}
_LEAKING = frozenset(("cookie", "token", "tokens", "secret", "secrets", "keys", "credential", "credentials"))

_LINE = (
    r"^(?:\[\d{4}-[^\]\n]+\] )?\[(?P<template>[^\]:\n]+)(?::(?P<matcher>[^\]\n]+))?\] "
    r"\[(?P<protocol>http|headless|websocket|offlinehttp|dns|tcp|network|ssl|whois|javascript|file|code|workflow)\] "
    r"\[(?P<word>unknown|info|low|medium|high|critical)\] (?P<matched>\S+)(?: \[(?P<extracted>[^\]]+)\])?"
)


@sdk.parser(
    id="nuclei-json",
    scanner="Nuclei",
    docs=_DOCS,
    kinds=[sdk.DAST, sdk.INFRASTRUCTURE, sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys("template-id", "info.name", "info.severity"),
        sdk.JsonLineKeys("templateID", "info.name", "info.severity"),
        sdk.JsonLineKeys("template-id", "template-path", "matcher-status"),
        sdk.JsonLineKeys("template-id", "matched-at", "info.name"),
        sdk.JsonLineKeys("template", "matched", "name", "severity", "author"),
    ),
    versions="2 and 3, `-json`, `-jsonl` and `-json-export`",
    may_be_blank=True,
)
def nuclei(report: sdk.Report) -> sdk.Findings:
    """`nuclei -l targets.txt -jsonl -o nuclei.jsonl` or `-json-export nuclei.json`"""
    last = None
    for node in report.json_lines():
        yield from report.read_one(node, _result)
        seen = sdk.timestamp(sdk.pick(node.value, "timestamp"))
        last = max(filter(None, (last, seen)), default=None)
    yield sdk.ReportHeader(scanned_at=last)


@sdk.parser(
    id="nuclei-text",
    scanner="Nuclei",
    title="Nuclei text",
    docs=_DOCS,
    kinds=[sdk.DAST, sdk.INFRASTRUCTURE, sdk.SAST],
    sniff=sdk.TextLines(_LINE),
    versions="2.3 and later; the JSON report says more",
    may_be_blank=True,
)
def nuclei_text(report: sdk.Report) -> sdk.Findings:
    """`nuclei -l targets.txt -o nuclei.txt`"""
    line = re.compile(_LINE)
    for node in report.lines():
        if found := line.match(sdk.uncoloured(node.value)):
            extracted = [each.strip('" ') for each in (found["extracted"] or "").split(",")]
            yield from _result(
                {
                    "template-id": found["template"],
                    "matcher-name": found["matcher"],
                    "type": found["protocol"],
                    "matched-at": found["matched"],
                    "extracted-results": extracted,
                    "info": {"name": found["template"], "severity": found["word"]},
                }
            )


def _result(result: sdk.Json) -> sdk.Findings:
    if result.get("matcher-status") is False:  # with `-matcher-status` what did not match is written as well
        return
    # Before version 2.3, what the template says of itself stands beside the rest.
    info = result if "info" not in result and "matched" in result else result["info"]
    template = result.get("template-id") or result.get("templateID") or result["template"]
    matcher = sdk.text(result.get("matcher-name") or result.get("matcher_name"))
    tags = _words(info.get("tags"))
    known = info.get("classification") or {}
    kind = _kind(result)
    # Of what is only information, the matcher names what was detected: a technology, a header.
    is_detection = info.get("severity") == "info"
    yield sdk.ReportedFinding(
        kind=kind,
        title=info["name"],
        severity=sdk.severity(info.get("severity")),
        severity_reported=sdk.text(info.get("severity")),
        rule_id=f"{template}:{matcher}" if matcher else template,
        rule_name=matcher,
        description=sdk.paragraphs(info.get("description"), info.get("impact")),
        remediation=sdk.text(info.get("remediation")),
        identifiers=sdk.identifiers(known.get("cve-id"), template),
        cwes=sdk.cwes(known.get("cwe-id")),
        cvss=sdk.assessments((known.get("cvss-metrics"), known.get("cvss-score"), "Nuclei")),
        epss=sdk.number(known.get("epss-score")),
        known_exploited=True if "kev" in tags else None,
        locations=(_place(result, kind, tags),),
        components=(sdk.Component(name=matcher),) if matcher and is_detection else (),
        references=sdk.urls(_words(info.get("reference"))),
        tags=tags,
        target=sdk.text(result.get("host")) or (sdk.text(result.get("url")) or "").lstrip("/") or None,
    )


def _kind(result: sdk.Json) -> sdk.FindingKind:
    protocol = result.get("type") or "http"
    if protocol == "file":
        return sdk.SAST
    return sdk.DAST if protocol in _WEB else sdk.INFRASTRUCTURE


def _place(result: sdk.Json, kind: sdk.FindingKind, tags: tuple[str, ...]) -> sdk.Location:
    matched = sdk.text(result.get("matched-at") or result.get("matched"))
    extracted = sdk.texts(result.get("extracted-results") or result.get("extracted_results") or ())
    evidence = None if _LEAKING & set(tags) else "\n".join(extracted) or None
    if kind == sdk.SAST:
        lines = result.get("matched-line") or ()
        return sdk.Location(path=matched, line=sdk.line(lines[0] if lines else None), evidence=evidence)
    address = matched or (sdk.text(result.get("url")) or "").lstrip("/") or result.get("host")
    place = sdk.at_url(address, evidence=evidence)
    if kind == sdk.DAST:
        return sdk.Location(
            url=place.url,
            host=place.host,
            port=place.port,
            method=sdk.http_method(result.get("fuzzing_method") or result.get("request")),
            parameter=sdk.text(result.get("fuzzing_parameter")),
            evidence=evidence,
        )
    protocol = result["type"]
    return sdk.Location(
        host=place.host,
        port=place.port or sdk.port(result.get("port")),
        protocol=_TRANSPORTS.get(protocol, protocol),
        evidence=evidence,
    )


def _words(value: sdk.Json) -> tuple[str, ...]:
    """Lists that older versions wrote as text: `a,b` or a Markdown list."""
    if isinstance(value, str):
        value = [word.strip(" \t-") for word in value.replace(",", "\n").splitlines()]
    return sdk.texts(value)
