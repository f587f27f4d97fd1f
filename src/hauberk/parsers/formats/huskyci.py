"""huskyCI: results of the scanners that it runs in a pipeline, grouped by language, scanner and severity."""

from functools import partial

from hauberk.parsers import sdk

_LANGUAGES = ("go", "python", "javascript", "ruby", "java", "csharp", "hcl", "generic")
_RESULTS = tuple(f"{name}results.*.*.item" for name in _LANGUAGES)
_KINDS = {
    "gitleaks": sdk.SECRET,
    "safety": sdk.SCA,
    "npmaudit": sdk.SCA,
    "yarnaudit": sdk.SCA,
    "tfsec": sdk.IAC,
}


@sdk.parser(
    id="huskyci-json",
    scanner="huskyCI",
    docs="https://github.com/globocom/huskyCI/wiki",
    kinds=[sdk.SAST, sdk.SECRET, sdk.SCA, sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("RID", "repositoryURL", "containers"),
        sdk.JsonKeys("huskyciresults"),
        *(sdk.JsonKeys(f"{name}.securitytool", f"{name}.severity") for name in _RESULTS),
    ),
)
def huskyci(report: sdk.Report) -> sdk.Findings:
    """`GET /analysis/RID` of the huskyCI API, or the client's JSON output"""
    about = ("repositoryURL", "repositoryBranch", "finishedAt")
    said = {node.pattern: sdk.text(node.value) for node in report.json(*about)}
    asset = said.get("repositoryURL")
    yield sdk.ReportHeader(
        asset=asset,
        asset_kind="repository" if asset else None,
        ref=said.get("repositoryBranch"),
        scanned_at=sdk.timestamp(said.get("finishedAt")),
    )
    for node in report.json("huskyciresults.*.*.*.item", *_RESULTS):
        is_silenced = node.container.endswith("nosecvulns")
        yield from report.read_one(node, partial(_finding, is_silenced=is_silenced))


def _finding(found: sdk.Json, *, is_silenced: bool) -> sdk.Findings:
    tool = found["securitytool"]
    kind = _KINDS.get(tool.lower(), sdk.SAST)
    title, details = sdk.text(found.get("title")), sdk.text(found.get("details"))
    code, version = sdk.text(found.get("code")), sdk.text(found.get("version"))
    name = sdk.text(found.get("package")) or (code if kind is sdk.SCA else None)
    if name and not version:  # Safety's: `django 1.11`
        name, _, version = name.partition(" ")
    path, quoted = sdk.text(found.get("file")), None if kind is sdk.SECRET else code
    place = sdk.Location(path=path, line=sdk.line(found.get("line")), snippet=quoted)
    yield sdk.ReportedFinding(
        kind=kind,
        title=title or (details or tool).partition("\n")[0],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=sdk.text(found.get("type")) or f"{tool}: {(title or details or '').partition(' in: ')[0]}",
        description=details,
        identifiers=sdk.identifiers(title, details),
        cwes=sdk.cwes(title, details),
        locations=(place,) if path else (),
        components=(sdk.Component(name=name, version=version or None),) if kind is sdk.SCA and name else (),
        tags=sdk.texts([tool, found.get("language")]),
        confidence=sdk.text(found.get("confidence")),
        secret=code if kind is sdk.SECRET else None,
        suppression=sdk.suppression(is_silenced, where="inline", justification="#nosec"),
    )
