"""What sslscan finds at one address, whichever of its reports it stands in."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import tls

_OLD = {"SSLv2": "SSL 2.0", "SSLv3": "SSL 3.0", "TLSv1.0": "TLS 1.0", "TLSv1.1": "TLS 1.1"}


def heartbleed(version: str, place: sdk.Location) -> sdk.ReportedFinding:
    title, cve, severity = tls.KNOWN["heartbleed"]
    rule = f"heartbleed-{version}"
    return tls.finding(f"{title} with {version}", rule, severity, place, identifiers=(cve,))


def compression(place: sdk.Location) -> sdk.ReportedFinding:
    title, cve, severity = tls.KNOWN["tls_compression"]
    return tls.finding(title, "compression", severity, place, identifiers=(cve,))


def old_version(version: str, place: sdk.Location) -> sdk.Findings:
    if version in _OLD:
        rule = version.lower().replace("v", " ", 1)
        yield tls.finding(f"{_OLD[version]} is offered", rule, sdk.Severity.MEDIUM, place)


def cipher(
    name: str, version: str, place: sdk.Location, *, bits: str | None, strength: str, status: str | None
) -> sdk.ReportedFinding:
    said = f"{name} ({bits} bits) is {strength} and {status}."
    title = f"Cipher {name} with {version}"
    return tls.finding(title, f"{version}-{name}", sdk.Severity.INFO, place, description=said)
