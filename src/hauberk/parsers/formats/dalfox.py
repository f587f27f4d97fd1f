"""Dalfox: the scanner for cross-site scripting."""

from hauberk.parsers import sdk

_DOCS = "https://dalfox.hahwul.com/"
_KEYS = ("type", "inject_type", "method", "data", "param", "payload", "severity")
_KINDS = {  # https://github.com/hahwul/dalfox/blob/v2/docs/_advanced/resources/json.md, and A and I since version 3
    "V": "verified",
    "R": "reflected",
    "A": "found in the page's script",
    "G": "found by its pattern",
    "I": "informational",
}


@sdk.parser(
    id="dalfox-json",
    scanner="Dalfox",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(*(f"findings.item.{key}" for key in _KEYS)),
        sdk.JsonKeys(*(f"pocs.item.{key}" for key in _KEYS)),
        sdk.JsonKeys("meta.dalfox_version", "findings"),
    ),
    versions="3, `-f json`; of 2 what the server and the library tell",
)
def dalfox(report: sdk.Report) -> sdk.Findings:
    """`dalfox scan https://app.example/?q=1 -f json -o dalfox.json`"""
    for node in report.json("meta", "end_time", "findings.item", "pocs.item"):
        if node.pattern == "meta":
            yield sdk.ReportHeader(tool_version=sdk.text(sdk.pick(node.value, "dalfox_version")))
        elif node.pattern == "end_time":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            yield from report.read_one(node, _finding)


@sdk.parser(
    id="dalfox-jsonl",
    scanner="Dalfox",
    title="Dalfox JSON Lines",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys(*_KEYS),
        sdk.JsonLineKeys("meta.dalfox_version", "meta.findings_count", absent=("findings",)),
    ),
    items=sdk.JsonLines(),
    versions="3, `-f jsonl`; 2, `--format json` and `jsonl`",
)
def dalfox_lines(line: sdk.Json) -> sdk.Findings:
    """`dalfox scan https://app.example/?q=1 -f jsonl -o dalfox.jsonl`; of version 2 `--format json`"""
    if version := sdk.text(sdk.pick(line, "meta.dalfox_version")):
        yield sdk.ReportHeader(tool_version=version)
    elif line:  # version 2 ends its list by an empty object
        yield from _finding(line)


def _finding(poc: sdk.Json) -> sdk.Findings:
    type_, word, said = sdk.text(poc.get("type")), sdk.text(poc.get("severity")), sdk.text(poc.get("data"))
    where, payload, message = (
        poc["inject_type"],
        sdk.text(poc.get("payload")),
        sdk.text(poc.get("message_str")),
    )
    is_scripting = type_ in ("V", "R", "A")
    meant = _KINDS.get(type_ or "")
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title="Cross-site scripting" if is_scripting else (message or where).partition(" / payload:")[0],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id="xss" if is_scripting else where.partition("(")[0],
        description=sdk.paragraphs(
            message, f"Injected: {where}", payload and f"Payload: {payload}", said and f"Proof: {said}"
        ),
        cwes=sdk.cwes(poc.get("cwe")),
        locations=(_place(poc, said),),
        confidence=sdk.first(poc.get("confidence"), meant),
    )


def _place(poc: sdk.Json, said: str | None) -> sdk.Location:
    """The page, without the payload that is in its address; the proof may also be a call of curl."""
    param = sdk.text(poc.get("param"))
    address = sdk.first(sdk.links(said), said) or ""
    return sdk.at_url(
        address.partition("?")[0].partition("#")[0],
        method=sdk.text(poc.get("method")),
        parameter=None if param == "-" else param,  # no parameter carries it
        evidence=sdk.text(poc.get("evidence")),
    )
