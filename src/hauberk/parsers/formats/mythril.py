"""Mythril: contracts for the Ethereum virtual machine, by their bytecode."""

from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://mythril-classic.readthedocs.io/en/master/security-analysis.html"
_SEVERITIES: sdk.Scale = {  # https://github.com/Consensys/mythril, mythril/analysis/report.py: High, Medium, Low
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
}


@sdk.parser(
    id="mythril-json",
    scanner="Mythril",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("issues.item.swc-id", "issues.item.contract", "issues.item.address"),
        sdk.JsonKeys("success", "error", empty=("issues",)),
    ),
    versions="0.20 and later, `-o json`",
)
def mythril(report: sdk.Report) -> sdk.Findings:
    """`myth analyze contracts/Vault.sol -o json > mythril.json`"""
    for node in report.json("error", "issues.item"):
        if node.pattern == "issues.item":
            yield from report.read_one(node, _issue)
        elif reason := sdk.text(node.value):
            raise sdk.ReportError("schema_mismatch", f"Mythril gave up: {reason[:200]}")


@sdk.parser(
    id="mythril-jsonv2",
    scanner="Mythril",
    title="Mythril JSON v2",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.issues", "item.sourceType", "item.sourceFormat", "item.sourceList"),
    items=sdk.JsonItems("item"),
    versions="0.20 and later, `-o jsonv2`; also of MythX",
)
def mythril_v2(analysis: sdk.Json) -> sdk.Findings:
    """`myth analyze contracts/Vault.sol -o jsonv2 > mythril.json`"""
    sources = sdk.texts(analysis["sourceList"])
    for entry in sdk.listed(sdk.pick(analysis, "meta.logs")):
        if sdk.pick(entry, "level") == "error" and (reason := sdk.text(sdk.pick(entry, "msg"))):
            if not sources:  # nothing was looked at
                raise sdk.ReportError("schema_mismatch", f"Mythril gave up: {reason[:200]}")
            yield sdk.ItemProblem(position="meta.logs", reason=f"Mythril: {reason[-200:]}")
    yield from sdk.each(analysis["issues"], partial(_issue_v2, sources), "issues")


def _issue(issue: sdk.Json) -> sdk.Findings:
    file = sdk.text(issue.get("filename"))
    names = sdk.texts([issue.get("contract"), issue.get("function")])
    yield _finding(
        issue,
        title=issue["title"],
        number=sdk.text(issue.get("swc-id")),
        description=sdk.text(issue.get("description")),
        location=sdk.Location(
            path=None if file == "Internal File" else file,
            line=sdk.line(issue.get("lineno")),
            symbol=".".join(names) or None,
            snippet=sdk.text(issue.get("code")),
            evidence=_offset(issue.get("address")),
        ),
    )


def _issue_v2(sources: tuple[str, ...], issue: sdk.Json) -> sdk.Findings:
    head, tail = (sdk.text(sdk.pick(issue, f"description.{name}")) for name in ("head", "tail"))
    place = sdk.text(sdk.pick(issue, "locations.0.sourceMap")) or ""
    offset, _, rest = place.partition(":")
    yield _finding(
        issue,
        title=sdk.first(issue.get("swcTitle"), head) or "",
        number=(sdk.text(issue.get("swcID")) or "").removeprefix("SWC-"),
        description=sdk.paragraphs(head, tail),
        location=sdk.Location(
            path=_source(sources, sdk.integer(rest.partition(":")[2])), evidence=_offset(offset)
        ),
    )


def _finding(
    issue: sdk.Json, *, title: str, number: str | None, description: str | None, location: sdk.Location
) -> sdk.ReportedFinding:
    word = sdk.text(issue.get("severity"))
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=title,
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=f"SWC-{number}" if number else title,
        description=description,
        locations=(location,),
        references=(f"https://swcregistry.io/docs/SWC-{number}",) if number else (),
    )


def _source(sources: tuple[str, ...], index: int | None) -> str | None:
    """`712:1:0`: of the first source. Of a contract in several pieces the number may be of its bytecode."""
    if index is not None and index < len(sources):
        return sources[index]
    return sources[0] if len(sources) == 1 else None


def _offset(address: sdk.Json) -> str | None:
    at = sdk.integer(address)
    return None if at is None else f"bytecode at {at}"
