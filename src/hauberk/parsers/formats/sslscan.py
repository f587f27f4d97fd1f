"""sslscan: what a TLS server offers and whether Heartbleed is there. It rates nothing but ciphers, as weak or not."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sslscan as dialect

_OFFERED = ("acceptable", "strong", "")
_NOT_OFFERED = ("rejected", "failed")


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
    for each in test.iterfind("heartbleed[@vulnerable='1']"):
        yield dialect.heartbleed(each.get("sslversion") or "", place)
    for each in test.iterfind("protocol[@enabled='1']"):
        yield from dialect.old_version(f"{(each.get('type') or '').upper()}v{each.get('version')}", place)
    if test.find("compression[@supported='1']") is not None:
        yield dialect.compression(place)
    for each in test.iterfind("cipher"):
        strength, status = each.get("strength") or "", each.get("status")
        if strength not in _OFFERED and status not in _NOT_OFFERED:
            yield dialect.cipher(
                each.attrib["cipher"],
                each.get("sslversion") or "",
                place,
                bits=each.get("bits"),
                strength=strength,
                status=status,
            )
