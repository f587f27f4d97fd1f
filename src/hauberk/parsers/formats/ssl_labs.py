"""SSL Labs: a TLS server's grade at each of its addresses, and what it is vulnerable to."""

from functools import partial

from hauberk.parsers import sdk

_GRADES = {  # https://github.com/ssllabs/research/wiki/SSL-Server-Rating-Guide
    "A": sdk.Severity.INFO,
    "B": sdk.Severity.MEDIUM,
    "C": sdk.Severity.HIGH,
    "D": sdk.Severity.HIGH,
    "E": sdk.Severity.HIGH,
    "F": sdk.Severity.CRITICAL,
    "T": sdk.Severity.HIGH,  # the certificate is not trusted
    "M": sdk.Severity.HIGH,  # the certificate is for another name
}
_FLAWS = {
    "vulnBeast": "CVE-2011-3389",
    "heartbleed": "CVE-2014-0160",
    "poodle": "CVE-2014-3566",
    "freak": "CVE-2015-0204",
    "logjam": "CVE-2015-4000",
    "drownVulnerable": "CVE-2016-0800",
    "supportsRc4": "CVE-2013-2566",
}
_CODES = {  # of these tests, 2 and above say that it is vulnerable
    "openSslCcs": "CVE-2014-0224",
    "openSSLLuckyMinus20": "CVE-2016-2107",
    "ticketbleed": "CVE-2016-9244",
    "bleichenbacher": "CVE-2017-13099",
    "poodleTls": "CVE-2014-8730",
}


@sdk.parser(
    id="ssl-labs-json",
    scanner="SSL Labs",
    docs="https://github.com/ssllabs/ssllabs-scan/blob/master/ssllabs-api-docs-v3.md",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.host", "item.criteriaVersion", "item.engineVersion", "item.endpoints"),
    items=sdk.JsonItems("item"),
    versions="ssllabs-scan 1.x, API 2 and 3",
)
def ssl_labs(server: sdk.Json) -> sdk.Findings:
    """`ssllabs-scan host.example > ssllabs.json`"""
    yield sdk.ReportHeader(
        targets=sdk.texts(server["host"]), scanned_at=sdk.timestamp(server.get("testTime"))
    )
    yield from sdk.each(server.get("endpoints"), partial(_endpoint, server), "endpoints")


def _endpoint(server: sdk.Json, endpoint: sdk.Json) -> sdk.Findings:
    host, port = server["host"], sdk.port(server.get("port"))
    grade, details = sdk.text(endpoint.get("grade")), endpoint.get("details") or {}
    if grade is None:  # nobody answered there
        return
    flaws = {name: cve for name, cve in _FLAWS.items() if details.get(name) is True}
    flaws |= {name: cve for name, cve in _CODES.items() if (sdk.integer(details.get(name)) or 0) >= 2}
    offered = [f"{each.get('name')} {each.get('version')}" for each in sdk.listed(details.get("protocols"))]
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"TLS grade {grade} for {host}",
        severity=_GRADES.get(grade[0], sdk.Severity.UNKNOWN),
        severity_reported=grade,
        rule_id="ssl-labs-grade",
        description=sdk.paragraphs(f"Offers {', '.join(offered)}." if offered else None, *flaws),
        identifiers=tuple(flaws.values()),
        cwes=(310,),
        locations=(
            sdk.Location(
                url=f"https://{host}:{port}" if port else f"https://{host}",
                host=sdk.text(endpoint.get("ipAddress")),
                port=port,
                protocol="tcp",
            ),
        ),
        references=(f"https://www.ssllabs.com/ssltest/analyze.html?d={host}",),
        target=host,
    )
