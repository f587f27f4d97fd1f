"""What Wapiti found at one place, by the names of its JSON, whichever of its reports it stands in."""

from urllib.parse import urljoin

import msgspec

from hauberk.parsers import sdk

_LEVELS: sdk.Scale = {  # wapitiCore: INFO_LEVEL to CRITICAL_LEVEL
    "0": sdk.Severity.INFO,
    "1": sdk.Severity.LOW,
    "2": sdk.Severity.MEDIUM,
    "3": sdk.Severity.HIGH,
    "4": sdk.Severity.CRITICAL,
}


def _short(info: str) -> str:
    """The first line; a technology is told as JSON (`{"name": "nginx", "versions": ["1.18"], …}`)."""
    try:
        known = msgspec.json.decode(info)
    except msgspec.DecodeError:
        known = None
    if not isinstance(known, dict) or not known.get("name"):
        return info.split("\n", 1)[0]
    return " ".join(sdk.texts([known["name"], *sdk.texts(known.get("versions"))]))


def entry(target: str | None, about: sdk.Json, entry: sdk.Json) -> sdk.Findings:
    level, info = sdk.text(entry.get("level")), sdk.text(entry.get("info"))
    request = sdk.text(entry.get("http_request"))
    references = about["ref"]
    title = f"{about['name']}: {_short(info)}" if info else about["name"]
    parameter = sdk.text(entry.get("parameter"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title,
        severity=sdk.severity(level, _LEVELS),
        severity_reported=level,
        rule_id=about["name"] if parameter else title,  # a page may lack several headers
        description=sdk.paragraphs(info, about["desc"]),
        remediation=sdk.text(about["sol"]),
        identifiers=sdk.identifiers(info),
        cwes=sdk.cwes(*(str(title) for title in references.values())),
        locations=(
            sdk.at_url(
                urljoin(target or "", sdk.text(entry.get("path")) or ""),
                method=sdk.text(entry.get("method")),
                parameter=parameter,
                evidence=sdk.paragraphs(request, entry.get("curl_command")),
            ),
        ),
        references=sdk.urls(list(references)),
        tags=sdk.texts([entry.get("module"), *sdk.texts(entry.get("wstg") or ())]),
        target=target,
    )
