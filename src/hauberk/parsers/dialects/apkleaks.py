"""One match of one of APKLeaks' patterns."""

from hauberk.parsers import sdk

_OF_ADDRESSES = ("LinkFinder", "IP_Address", "JSON_Web_Token_Link")  # no secrets


def finding(package: str | None, name: str, match: str) -> sdk.ReportedFinding:
    is_address = name in _OF_ADDRESSES
    return sdk.ReportedFinding(
        kind=sdk.SAST if is_address else sdk.SECRET,
        title=f"{name.replace('_', ' ')} in {package}" if package else name,
        severity=sdk.Severity.MEDIUM,  # APKLeaks rates nothing
        rule_id=name,
        locations=(sdk.Location(resource=package, evidence=match if is_address else None),),
        components=(sdk.Component(name=package),) if package else (),
        secret=None if is_address else match,
    )
