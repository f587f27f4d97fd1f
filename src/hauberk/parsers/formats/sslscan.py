"""sslscan: what a TLS server offers and whether Heartbleed is there. It rates nothing but ciphers, as weak or not."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import tls

_OFFERED = ("acceptable", "strong", "")
_NOT_OFFERED = ("rejected", "failed")
_OLD = {"ssl 2": "SSL 2.0", "ssl 3": "SSL 3.0", "tls 1.0": "TLS 1.0", "tls 1.1": "TLS 1.1"}


@sdk.parser(
    id="sslscan-xml",
    scanner="sslscan",
    docs="https://github.com/rbsec/sslscan",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("document", values={"title": "SSLScan Results"}),
    items=sdk.XmlElements("ssltest"),
    versions="1.11 and later (rbsec)",
)
def sslscan(test: sdk.XmlElement) -> sdk.Findings:
    """`sslscan --xml=sslscan.xml host.example`"""
    port = sdk.port(test.get("port"))
    place = sdk.Location(host=test.attrib["host"], port=port, protocol="tcp")
    yield sdk.ReportHeader(targets=(f"{place.host}:{port}",))
    title, cve, severity = tls.KNOWN["heartbleed"]
    for each in test.iterfind("heartbleed[@vulnerable='1']"):
        version = each.get("sslversion") or ""
        yield tls.finding(
            f"{title} with {version}", f"heartbleed-{version}", severity, place, identifiers=(cve,)
        )
    for each in test.iterfind("protocol[@enabled='1']"):
        version = f"{each.get('type')} {each.get('version')}"
        if version in _OLD:
            yield tls.finding(f"{_OLD[version]} is offered", version, sdk.Severity.MEDIUM, place)
    for each in test.iterfind("cipher"):
        strength = each.get("strength") or ""
        if strength not in _OFFERED and each.get("status") not in _NOT_OFFERED:
            version, name = each.get("sslversion") or "", each.attrib["cipher"]
            said = f"{name} ({each.get('bits')} bits) is {strength} and {each.get('status')}."
            title = f"Cipher {name} with {version}"
            yield tls.finding(title, f"{version}-{name}", sdk.Severity.INFO, place, description=said)
