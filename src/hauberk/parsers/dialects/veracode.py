"""What Veracode's reports share: the severity scale, mitigations and packages."""

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://docs.veracode.com/r/review_severity_exploitability
    "5": sdk.Severity.CRITICAL,
    "4": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "2": sdk.Severity.LOW,
    "1": sdk.Severity.LOW,
    "0": sdk.Severity.INFO,
}


def mitigation(state: str | None, why: str | None) -> sdk.Suppression | None:
    """A mitigation counts when it was approved; a proposed one is still to be decided."""
    word = (state or "").lower()
    if word not in ("accepted", "approved", "proposed"):
        return None
    return sdk.Suppression(justification=why or "mitigated", is_accepted=word != "proposed")


def component(
    file_name: str, version: str | None, path: str | None = None, name: str | None = None
) -> sdk.Component:
    """`acme-core-1.2.jar` of version 1.2 is `acme-core.jar` in every version."""
    stable = file_name.replace(f"-{version}.", ".", 1) if version else file_name
    return sdk.Component(name=name or stable, version=version, path=path)
