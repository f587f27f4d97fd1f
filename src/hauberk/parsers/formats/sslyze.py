"""SSLyze: what a TLS server offers. It rates nothing: this tells what nobody should offer any more."""

from collections.abc import Iterator
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import tls

_DOCS = "https://github.com/nabla-c0d3/sslyze"
_FLAWS = {
    "heartbleed": "is_vulnerable_to_heartbleed",
    "openssl_ccs_injection": "is_vulnerable_to_ccs_injection",
}
_SUITES = "_cipher_suites"


@sdk.parser(
    id="sslyze-json",
    scanner="SSLyze",
    title="SSLyze JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("server_scan_results.item.scan_commands_results"),
        sdk.JsonKeys("server_scan_results.item.scan_result"),
        sdk.JsonKeys("server_scan_results.item.connectivity_status"),
        sdk.JsonKeys("server_connectivity_errors", "server_scan_results"),
        sdk.JsonKeys("sslyze_url", empty=("server_scan_results",)),
    ),
    items=sdk.JsonItems("server_scan_results.item"),
    header={"scanned_at": "date_scans_completed", "tool_version": "sslyze_version"},
    versions="3 and later",
)
def sslyze_json(server: sdk.Json) -> sdk.Findings:
    """`sslyze --json_out=sslyze.json host.example`"""
    where = server.get("server_location") or sdk.pick(server, "server_info.server_location")
    port = sdk.integer(where.get("port"), minimum=1, maximum=65535)
    place = sdk.Location(host=where["hostname"], port=port, protocol="tcp")
    yield sdk.ReportHeader(targets=(f"{place.host}:{port}",))
    results = server.get("scan_result") or server.get("scan_commands_results") or {}
    for name, said in results.items():
        yield from _result(name, said.get("result", said) if isinstance(said, dict) else None, place)


def _result(name: str, result: sdk.Json, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    if not result:
        return
    if name.endswith(_SUITES):
        accepted = [
            sdk.pick(each, "cipher_suite.name") for each in result.get("accepted_cipher_suites") or ()
        ]
        yield from _suites(name.removesuffix(_SUITES), sdk.texts(accepted), place)
    elif name == "certificate_info":
        yield from _certificates(result, place)
    elif name == "session_renegotiation":
        yield from _renegotiation(result, place)
    elif name in tls.KNOWN and _is_flawed(name, result):
        title, cve, severity = tls.KNOWN[name]
        yield tls.finding(title, name, severity, place, identifiers=(cve,))


def _is_flawed(name: str, result: sdk.Json) -> bool:
    if name == "robot":
        return (sdk.text(result.get("robot_result")) or "").upper().startswith("VULNERABLE")
    return result.get(_FLAWS.get(name, "supports_compression")) is True


def _suites(version: str, accepted: tuple[str, ...], place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    old = tls.OLD_VERSIONS.get(version)
    named = old or version.replace("tls_", "TLS ").replace("_", ".")
    bad = accepted if old else tuple(suite for suite in accepted if not tls.is_recommended(suite))
    if bad:
        title = f"{named} is offered" if old else f"Cipher suites that are not recommended for {named}"
        listed = "\n".join(f"- {suite}" for suite in bad)
        yield tls.finding(title, version, sdk.Severity.MEDIUM, place, description=listed)


def _certificates(result: sdk.Json, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    problems: dict[str, None] = {}
    for deployment in result.get("certificate_deployments") or ():
        checks = deployment.get("path_validation_results") or ()
        problems |= dict.fromkeys(sdk.texts([each.get("openssl_error_string") for each in checks]))
        problems |= dict.fromkeys(_flags(deployment))
    if problems:
        title = "Problems with the certificate"
        yield tls.finding(
            title, "certificate_info", sdk.Severity.MEDIUM, place, description="\n".join(problems)
        )


def _flags(deployment: dict[str, Any]) -> Iterator[str]:
    if deployment.get("leaf_certificate_subject_matches_hostname") is False:
        yield "the certificate is for another host name"
    if deployment.get("received_chain_has_valid_order") is False:
        yield "the chain of certificates is out of order"
    if deployment.get("verified_chain_has_sha1_signature") is True:
        yield "the chain of certificates has a SHA-1 signature"
    if deployment.get("verified_chain_has_legacy_symantec_anchor") is True:
        yield "the chain of certificates ends in an anchor that is no longer trusted"


def _renegotiation(result: sdk.Json, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    risky = result.get(
        "is_vulnerable_to_client_renegotiation_dos", result.get("accepts_client_renegotiation")
    )
    if result.get("supports_secure_renegotiation") is False:
        cve = ("CVE-2009-3555",)
        yield tls.finding("Insecure renegotiation", "reneg", sdk.Severity.MEDIUM, place, identifiers=cve)
    if risky is True:
        yield tls.finding("Clients can renegotiate without end", "reneg-dos", sdk.Severity.MEDIUM, place)


@sdk.parser(
    id="sslyze-xml",
    scanner="SSLyze",
    title="SSLyze XML",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("document", attributes=("SSLyzeVersion",)),
    items=sdk.XmlElements("results/target"),
    header={"tool_version": "@SSLyzeVersion"},
    versions="1 and 2",
)
def sslyze_xml(target: sdk.XmlElement) -> sdk.Findings:
    """`sslyze --xml_out=sslyze.xml host.example`, versions before 3"""
    port = sdk.integer(target.get("port"), minimum=1, maximum=65535)
    place = sdk.Location(host=target.get("host"), port=port, protocol="tcp")
    for version in target.iterfind("*"):
        name = sdk.local_name(version.tag)
        accepted = [each.get("name") for each in version.iterfind("acceptedCipherSuites/cipherSuite")]
        yield from _suites(_spelled(name), sdk.texts(accepted), place)
        if version.find(".//*[@isVulnerable='True']") is not None:
            title, cve, severity = tls.KNOWN.get(
                "openssl_ccs_injection" if name == "openssl_ccs" else name
            ) or (name, "", sdk.Severity.MEDIUM)
            yield tls.finding(title, name, severity, place, identifiers=sdk.identifiers(cve))


def _spelled(name: str) -> str:
    """`tlsv1`, `tlsv1_2`, `sslv3` as JSON reports have it."""
    kind, _, number = name.partition("v")
    return f"{kind}_{number}" if "_" in number else f"{kind}_{number}_0"
