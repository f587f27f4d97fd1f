"""A vulnerable package of an agent's host, as all of Wazuh's outputs tell it."""

import re
from typing import Any

from hauberk.parsers import sdk

_FIXED = re.compile(r"less than (?P<version>\S+)")


def fixed(condition: str | None) -> tuple[str, ...]:
    """`Package less than 1.2.3`; what has no fix says `Package unfixed`."""
    return tuple(match["version"] for match in _FIXED.finditer(condition or ""))


def carrier(name: str | None, version: str | None, condition: str | None) -> sdk.Component | None:
    return sdk.Component(name=name, version=version, fixed_versions=fixed(condition)) if name else None


def finding(
    known: str,
    word: str | None,
    *,
    host: str | None,
    ids: tuple[str, ...],
    carrier: sdk.Component | None,
    cvss: list[sdk.Rating],
    title: str | None = None,
    **more: Any,
) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=title or (f"{known} affects {carrier.name}" if carrier else known),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=known,
        identifiers=sdk.identifiers(known),
        cvss=sdk.assessments(*cvss),
        locations=(sdk.Location(host=host, host_ids=ids),) if host else (),
        components=(carrier,) if carrier else (),
        target=host,
        **more,
    )
