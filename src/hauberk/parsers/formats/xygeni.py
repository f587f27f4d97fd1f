"""Xygeni: weaknesses in code, and leaked secrets."""

from hauberk.parsers import sdk


@sdk.parser(
    id="xygeni-json",
    scanner="Xygeni",
    docs="https://docs.xygeni.io/xygeni-scanner-cli/xygeni-cli-overview/output-formats",
    kinds=[sdk.SAST, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("metadata.uuid", values={"metadata.format": r"(sast|secrets)-xygeni"}),
        sdk.JsonKeys(
            "metadata.uuid", "metadata.reportProperties", values={"metadata.scanType": "sast|secrets"}
        ),
    ),
)
def xygeni(report: sdk.Report) -> sdk.Findings:
    """`xygeni sast --format json --output sast.json` or `xygeni secrets --format json --output secrets.json`"""
    for node in report.json("metadata", "vulnerabilities.item", "secrets.item"):
        readers = {"metadata": _header, "vulnerabilities.item": _weakness, "secrets.item": _secret}
        yield from report.read(iter((node,)), readers[node.pattern])


def _header(said: sdk.Json) -> sdk.Findings:
    yield sdk.ReportHeader(
        tool_version=sdk.text((said.get("reportProperties") or {}).get("tool.version")),
        scanned_at=sdk.timestamp(said.get("timestamp")),
        asset=sdk.text(said.get("projectName")),
        ref=(sdk.text(sdk.pick(said, "scm.branch")) or "").removeprefix("origin/") or None,
    )


def _place(at: sdk.Json, *, shows_code: bool) -> sdk.Location:
    return sdk.Location(
        path=at.get("filepath"),
        line=sdk.line(at.get("beginLine")),
        end_line=sdk.line(at.get("endLine")),
        column=sdk.line(at.get("beginColumn")),
        snippet=sdk.text(at.get("code")) if shows_code else None,
    )


def _weakness(found: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=found["detector"].rpartition(".")[2].replace("_", " "),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["detector"],
        rule_name=sdk.text(found.get("kind")),
        description=sdk.text(found.get("explanation")) or sdk.text(found.get("description")),
        cwes=sdk.cwes(found.get("cwes"), found.get("cwe")),
        locations=(_place(found["location"], shows_code=True),),
        references=sdk.urls(found.get("url")),
        tags=sdk.texts([found.get("language"), *sdk.texts(found.get("tags"))]),
        confidence=sdk.text(found.get("confidence")),
        stable_id=sdk.text(found.get("uniqueHash")),
    )


def _secret(found: sdk.Json) -> sdk.Findings:
    """The value is masked in the report; it stays where it is."""
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{sdk.text(found.get('description')) or found['type']} in {found['location']['filepath']}",
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["detector"],
        rule_name=sdk.text(found["type"]),
        cwes=(798,),  # use of hard-coded credentials
        locations=(_place(found["location"], shows_code=False),),
        tags=sdk.texts(found.get("tags")),
        confidence=sdk.text(found.get("confidence")),
        stable_id=sdk.text(found.get("uniqueHash")),
    )
