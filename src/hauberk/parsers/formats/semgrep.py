"""Semgrep: code, secrets and supply chain, from the command line."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import semgrep

_WITHHELD = "requires login"
_IDENTIFIERS = ("sca-vuln-database-identifier", "cve", "ghsa")


@sdk.parser(
    id="semgrep-json",
    scanner="Semgrep",
    docs="https://semgrep.dev/docs/semgrep-appsec-platform/json-and-sarif",
    kinds=[sdk.SAST, sdk.SCA, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("results.item.check_id", "results.item.extra.message", "results.item.start.line"),
        sdk.JsonKeys("errors", "paths.scanned", "results.item.check_id"),
        sdk.JsonKeys("errors", "paths.scanned", empty=("results",)),
        sdk.JsonKeys(empty=("results", "errors"), absent=("metrics", "generated_at")),
    ),
    items=sdk.JsonItems("results.item"),
    header={"tool_version": "version"},
    versions="0.x and 1.x",
)
def semgrep_json(result: sdk.Json) -> sdk.Findings:
    """`semgrep scan --json --output semgrep.json` (or `semgrep ci --json`)"""
    extra = result["extra"]
    metadata = extra.get("metadata") or {}
    dependency = sdk.pick(extra, "sca_info.dependency_match.found_dependency")
    kind = _kind(result["check_id"], metadata, dependency)
    quoted = _shown(extra.get("lines"))
    yield sdk.ReportedFinding(
        kind=kind,
        title=result["check_id"].rsplit(".", 1)[-1] + (f" in {dependency['package']}" if dependency else ""),
        severity=sdk.severity(extra.get("severity"), semgrep.SEVERITIES),
        severity_reported=sdk.text(extra.get("severity")),
        rule_id=result["check_id"],
        description=sdk.text(extra.get("message")),
        remediation=f"Replace with: {extra['fix']}" if extra.get("fix") else None,
        identifiers=sdk.identifiers(*(metadata.get(key) for key in _IDENTIFIERS)),
        cwes=sdk.cwes(metadata.get("cwe")),
        locations=tuple(_places(result, kind, quoted)),
        components=_components(dependency, result["path"], metadata) if dependency else (),
        references=sdk.urls(
            metadata.get("references"), metadata.get("source"), metadata.get("source-rule-url")
        ),
        tags=sdk.texts(metadata.get("category")) + sdk.texts(metadata.get("owasp")),
        confidence=_validity(extra) or sdk.text(metadata.get("confidence")),
        stable_id=_shown(extra.get("fingerprint")),
        secret=quoted if kind is sdk.SECRET else None,
        suppression=sdk.suppression(extra.get("is_ignored") is True, where="inline"),
    )


def _kind(rule: str, metadata: sdk.Json, dependency: sdk.Json) -> sdk.FindingKind:
    if dependency or "sca-kind" in metadata:
        return sdk.SCA
    words = (str(metadata.get("category")), *map(str, sdk.texts(metadata.get("technology"))), rule)
    return sdk.SECRET if semgrep.is_of_secrets(*words) else sdk.SAST


def _shown(value: sdk.Json) -> str | None:
    text = sdk.text(value)
    return None if text == _WITHHELD else text


def _places(result: sdk.Json, kind: sdk.FindingKind, quoted: str | None) -> Iterator[sdk.Location]:
    """Of a secret neither the line nor how data flows: both quote it."""
    extra, is_secret = result["extra"], kind is sdk.SECRET
    yield _location(result, extra, None if is_secret else quoted)
    if not is_secret:
        yield from _flow(extra)


def _location(result: sdk.Json, extra: sdk.Json, snippet: str | None) -> sdk.Location:
    return sdk.Location(
        path=sdk.text(sdk.pick(result, "path")),
        line=sdk.line(sdk.pick(result, "start.line")),
        end_line=sdk.line(sdk.pick(result, "end.line")),
        column=sdk.line(sdk.pick(result, "start.col")),
        snippet=snippet,
        commit=sdk.text(sdk.pick(extra, "historical_info.git_commit")),
    )


def _flow(extra: sdk.Json) -> Iterator[sdk.Location]:
    """How tainted data comes to the place: from its source over the variables that hold it."""
    trace = extra.get("dataflow_trace") or {}
    yield from _called(trace.get("taint_source"))
    for each in sdk.listed(trace.get("intermediate_vars")):
        yield _location(each.get("location"), {}, _shown(each.get("content")))


def _called(trace: sdk.Json) -> Iterator[sdk.Location]:
    """`["CliLoc", [place, code]]`, or within a call `["CliCall", [[place, code], variables, trace]]`."""
    kind, said = sdk.pick(trace, "0"), sdk.pick(trace, "1")
    if kind == "CliCall":
        yield from _called(sdk.pick(said, "2"))
    elif kind == "CliLoc":
        yield _location(sdk.pick(said, "0"), {}, _shown(sdk.pick(said, "1")))


def _validity(extra: sdk.Json) -> str | None:
    """Of secrets that Semgrep tried; it says of others that there is no validator."""
    state = sdk.text(extra.get("validation_state")) or ""
    return state.lower().replace("_", " ") if state.startswith("CONFIRMED") else None


def _components(dependency: sdk.Json, path: str, metadata: sdk.Json) -> tuple[sdk.Component, ...]:
    name, version = dependency["package"], sdk.text(dependency.get("version"))
    purl = sdk.purl(sdk.text(dependency.get("ecosystem")), name, version)
    fixed = sdk.texts([each.get(name) for each in sdk.listed(metadata.get("sca-fix-versions"))])
    return (sdk.Component(name=name, version=version, purl=purl, fixed_versions=fixed, path=path),)
