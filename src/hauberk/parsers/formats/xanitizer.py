"""Xanitizer: taint paths and other findings in Java, Scala and JavaScript."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_DISMISSED = ("False Positive", "Ignored", "Intended", "Obsolete", "Duplicate")


@sdk.parser(
    id="xanitizer-xml",
    scanner="Xanitizer",
    docs="https://www.rigs-it.com/xanitizer/",
    kinds=[sdk.SAST, sdk.SCA],
    sniff=sdk.XmlRoot("XanitizerFindingsList"),
    items=sdk.XmlElements("finding"),
    header={"tool_version": "@xanitizerVersionShort", "scanned_at": "@timeStamp"},
)
def xanitizer(found: sdk.XmlElement) -> sdk.Findings:
    """*Reports*, *Findings List Report*, format XML, with code and path nodes"""
    said = sdk.child_texts(found)
    kind = said["problemType"] or ""
    state = said.get("classification")
    dates = (said.get("date") or "").partition(" - ")[0]
    description = said.get("description")
    yield sdk.ReportedFinding(
        kind=sdk.SCA if said.get("category") == "OWASP Dependency Check" else sdk.SAST,
        title=kind,
        severity=sdk.severity_of_score(said.get("rating")),
        severity_reported=said.get("rating"),
        rule_id=said.get("problemTypeId") or kind,
        rule_name=kind,
        description=description,
        identifiers=sdk.identifiers(description),
        cwes=sdk.cwes((said.get("cweNumber") or "").replace(",", "")),  # `CWE-1,035`
        locations=tuple(_locations(found, said)),
        tags=sdk.texts([said.get("category"), state]),
        found_at=sdk.timestamp(dates),
        suppression=sdk.suppression(state in _DISMISSED, justification=said.get("comment") or state),
    )


def _locations(found: sdk.XmlElement, said: dict[str, str | None]) -> Iterator[sdk.Location]:
    """Where the path ends, then the way that leads there."""
    folder = (said.get("package") or "").replace(".", "/")
    file = "/".join(sdk.texts([folder, said.get("file")])) or None
    places = [
        node
        for tag in ("endNode", "node", "startNode", "Path/{*}node")
        for node in found.iterfind(f"{{*}}{tag}")
    ]
    for node in places:
        snippet = [code.text for code in node.iterfind("{*}code") if code.get("finding") == "true"]
        yield sdk.Location(
            path=node.get("relativePath") or file or node.get("classFQN"),
            line=sdk.line(node.get("lineNo")),
            symbol=node.get("classFQN"),
            snippet="\n".join(sdk.texts(snippet)) or None,
            evidence=node.get("fact"),
        )
    if not places and file:
        yield sdk.Location(path=file, line=sdk.line(said.get("line")), symbol=said.get("class"))
