"""One warning of Brakeman, by the names of its JSON."""

from collections.abc import Iterator

from hauberk.parsers import sdk


def warning(said: sdk.Json, *, is_ignored: bool) -> sdk.Findings:
    sure = sdk.text(said.get("confidence"))
    quoted = sdk.text(said.get("user_input"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"{said['warning_type']}: {said['message']}",
        severity=sdk.Severity.MEDIUM,  # Brakeman says how sure it is, not how bad it would be
        rule_id=sdk.text(said.get("check_name")) or said["warning_type"],
        rule_name=said["warning_type"],
        description=f"Input: {quoted}" if quoted else None,
        identifiers=sdk.identifiers(said["message"]),
        cwes=sdk.cwes(said.get("cwe_id")),
        locations=(_place(said), *_path(said)),
        references=sdk.urls(said.get("link")),
        confidence=sure,
        stable_id=sdk.text(said.get("fingerprint")),
        suppression=sdk.suppression(is_ignored, where="inline", justification=said.get("note")),
    )


def _place(warning: sdk.Json) -> sdk.Location:
    at = warning.get("location") or {}
    return sdk.Location(
        path=warning.get("file"),
        line=sdk.line(warning.get("line")),
        symbol=_method(at) or sdk.text(at.get("template")),
        snippet=sdk.text(warning.get("code")),
    )


def _method(said: sdk.Json) -> str:
    return ".".join(sdk.texts([said.get("class"), said.get("method")]))


def _path(warning: sdk.Json) -> Iterator[sdk.Location]:
    """How the template is reached from a controller."""
    for step in sdk.listed(warning.get("render_path")):
        if isinstance(step, dict):
            path, line = sdk.text(step.get("file")), sdk.line(step.get("line"))
            yield sdk.Location(path=path, line=line, symbol=_method(step) or sdk.text(step.get("name")))
