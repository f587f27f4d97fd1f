"""What Checkmarx's products share: result states, severities and the nodes of a data flow."""

import re
from collections.abc import Iterable

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://docs.checkmarx.com/en/34965-68593-severity-calculation.html
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "information": sdk.Severity.INFO,
}
# The numbers are CxSAST's: https://docs.checkmarx.com/en/34965-46474-managing-the-result-state.html
_NOT_EXPLOITABLE = ("1", "not exploitable")
_PROPOSED = ("4", "proposed not exploitable")
_PACKAGE = re.compile(r"(\w+)-(.+)-(v?\d[^-]*(?:-[A-Za-z].*)?)")


def title_of(query: str) -> str:
    """`Reflected_XSS_All_Clients` as people read it."""
    return query.replace("_", " ").strip()


def suppression_of(state: sdk.Json, comment: str | None = None) -> sdk.Suppression | None:
    word = (sdk.text(state) or "").lower().replace("_", " ")
    if word not in (*_NOT_EXPLOITABLE, *_PROPOSED):
        return None
    return sdk.Suppression(justification=comment or "not exploitable", is_accepted=word in _NOT_EXPLOITABLE)


def place_first(flow: Iterable[sdk.Location]) -> tuple[sdk.Location, ...]:
    """A data flow with its end, the place of the problem, before the way that leads there."""
    steps = tuple(flow)
    return steps[-1:] + steps[:-1]


def node(said: sdk.Json) -> sdk.Location:
    """One step of a flow in Checkmarx One's JSON."""
    return sdk.Location(
        path=said.get("fileName"),
        line=sdk.line(said.get("line")),
        column=sdk.line(said.get("column")),
        symbol=sdk.text(said.get("method")),
        snippet=sdk.text(said.get("code")),
    )


def package(
    identifier: str | None, fixed: tuple[str, ...] = (), path: str | None = None
) -> sdk.Component | None:
    """SCA names a package `Npm-bluebird-3.7.2`."""
    parts = _PACKAGE.fullmatch(identifier or "")
    if parts is None:
        return None
    ecosystem, name, version = parts.groups()
    return sdk.Component(
        name=name,
        version=version,
        purl=sdk.purl(ecosystem, name, version),
        fixed_versions=fixed,
        path=path,
    )
