"""What Nikto's formats have in common. It rates nothing: what an advisory is known for is medium, the rest is info."""

import re

from hauberk.parsers import sdk

_OF_PLUGINS = "999"  # one such number stands for all that a plug-in may say
_NOT_AN_ADVISORY = ("", "0")


def site(host: sdk.Json) -> str:
    name, port = sdk.first(host.get("host"), host.get("ip")), sdk.text(host.get("port"))
    return f"{'https' if port in ('443', '8443') else 'http'}://{name}:{port}"


def item(host: sdk.Json, said: sdk.Json) -> sdk.ReportedFinding:
    """One of the JSON report, whose address may be a path on the host."""
    url = sdk.text(said.get("url")) or ""
    return finding(
        message=said["msg"].removeprefix(": "),
        rule=sdk.text(said.get("id")),
        osvdb=sdk.text(said.get("OSVDB")) or "",
        references=sdk.text(said.get("references")),
        place=sdk.at_url(url if "://" in url else site(host) + url, method=sdk.text(said.get("method"))),
        target=site(host),
    )


def finding(
    *,
    message: str,
    rule: str | None,
    osvdb: str,
    references: str | None,
    place: sdk.Location,
    target: str | None,
) -> sdk.ReportedFinding:
    known = sdk.identifiers(message, references)
    is_known = bool(known) or osvdb not in _NOT_AN_ADVISORY
    path = re.sub(r"^https?://[^/]+", "", place.url or "")
    title = message.removeprefix(f"{path}: ").strip()
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title,
        severity=sdk.Severity.MEDIUM if is_known else sdk.Severity.INFO,
        rule_id=f"{rule}: {title}" if rule and rule.startswith(_OF_PLUGINS) else rule or title,
        identifiers=known,
        cwes=sdk.cwes(references, message),
        locations=(place,),
        references=sdk.links(references, message),
        tags=(f"OSVDB-{osvdb}",) if osvdb not in _NOT_AN_ADVISORY else (),
        target=target,
    )
