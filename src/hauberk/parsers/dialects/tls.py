"""What makes a TLS endpoint weak, for the tools that list what it offers and rate nothing."""

import re

from hauberk.parsers import sdk

OLD_VERSIONS = {  # RFC 8996 and RFC 7568 forbid them
    "ssl_2_0": "SSL 2.0",
    "ssl_3_0": "SSL 3.0",
    "tls_1_0": "TLS 1.0",
    "tls_1_1": "TLS 1.1",
}
_MODERN = re.compile(
    r"TLS_(?:AES|CHACHA20)_\w+"
    r"|TLS_(?:ECDHE_(?:RSA|ECDSA)|DHE_RSA)_WITH_(?:\w+_(?:GCM|CCM)\w*|CHACHA20_POLY1305\w*|AES_(?:128|256)_CBC_SHA(?:256|384))"
)
_MODERN_OPENSSL = re.compile(
    r"(?:ECDHE-(?:RSA|ECDSA)|DHE-RSA)-(?:[\w-]+-(?:GCM|CCM)[\w-]*|CHACHA20-POLY1305|AES(?:128|256)-SHA(?:256|384))"
)

KNOWN = {  # what a test is called: title, identifier, severity
    "heartbleed": ("Vulnerable to Heartbleed", "CVE-2014-0160", sdk.Severity.HIGH),
    "openssl_ccs_injection": ("Vulnerable to OpenSSL CCS injection", "CVE-2014-0224", sdk.Severity.HIGH),
    "robot": ("Vulnerable to ROBOT", "CVE-2017-13099", sdk.Severity.MEDIUM),
    "tls_compression": ("TLS compression is offered (CRIME)", "CVE-2012-4929", sdk.Severity.MEDIUM),
}


def is_recommended(suite: str) -> bool:
    """Forward secrecy and no broken cipher or hash (BSI TR-02102-2, table of recommended suites)."""
    return any(names.fullmatch(suite) for names in (_MODERN, _MODERN_OPENSSL))


def finding(
    title: str,
    rule: str,
    severity: sdk.Severity,
    place: sdk.Location,
    *,
    identifiers: tuple[str, ...] = (),
    description: str | None = None,
) -> sdk.ReportedFinding:
    at = f"{place.host}:{place.port}" if place.port else place.host
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{title} ({at})",
        severity=severity,
        rule_id=rule,
        description=description,
        identifiers=identifiers,
        cwes=(327,),
        locations=(place,),
        target=at,
    )
