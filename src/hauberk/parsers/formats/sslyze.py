"""SSLyze: what a TLS server offers. It rates nothing: this tells what nobody should offer any more."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sslyze, tls

_DOCS = "https://github.com/nabla-c0d3/sslyze"


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
        sdk.JsonKeys("sslyze_version", empty=("server_scan_results",)),
    ),
    items=sdk.JsonItems("server_scan_results.item"),
    header={"scanned_at": "date_scans_completed", "tool_version": "sslyze_version"},
    versions="3 and later",
)
def sslyze_json(server: sdk.Json) -> sdk.Findings:
    """`sslyze --json_out=sslyze.json host.example`"""
    where = server.get("server_location") or sdk.pick(server, "server_info.server_location")
    port = sdk.port(where.get("port"))
    place = sdk.Location(host=where["hostname"], port=port, protocol="tcp")
    yield sdk.ReportHeader(targets=(f"{place.host}:{port}",))
    results = server.get("scan_result") or server.get("scan_commands_results") or {}
    for name, said in results.items():
        yield from sslyze.findings(name, said.get("result", said) if isinstance(said, dict) else None, place)


@sdk.parser(
    id="sslyze-json-v2",
    scanner="SSLyze",
    title="SSLyze JSON (before version 3)",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("accepted_targets.item.commands_results", "accepted_targets.item.server_info"),
        sdk.JsonKeys("accepted_targets", "invalid_targets", "sslyze_version"),
    ),
    items=sdk.JsonItems("accepted_targets.item"),
    header={"tool_version": "sslyze_version"},
    versions="1 and 2",
)
def sslyze_json_v2(server: sdk.Json) -> sdk.Findings:
    """`sslyze --json_out=sslyze.json host.example`, versions before 3"""
    where = server["server_info"]
    port = sdk.port(where.get("port"))
    place = sdk.Location(host=where["hostname"], port=port, protocol="tcp")
    yield sdk.ReportHeader(targets=(f"{place.host}:{port}",))
    for name, said in server["commands_results"].items():
        yield from sslyze.findings(*sslyze.modern(name, said), place)


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
    port = sdk.port(target.get("port"))
    place = sdk.Location(host=target.get("host"), port=port, protocol="tcp")
    for said in target.iterfind("*"):
        name = sdk.local_name(said.tag).removesuffix("_basic")
        accepted = [each.get("name") for each in said.iterfind("acceptedCipherSuites/cipherSuite")]
        yield from sslyze.suites(sslyze.spelled(name), sdk.texts(accepted), place)
        if said.find(".//*[@isVulnerable='True']") is not None:
            title, cve, severity = tls.KNOWN.get(
                "openssl_ccs_injection" if name == "openssl_ccs" else name
            ) or (name, "", sdk.Severity.MEDIUM)
            yield tls.finding(title, name, severity, place, identifiers=sdk.identifiers(cve))
        yield from sslyze.findings(*sslyze.modern(name, _as_in_json(name, said)), place)


def _as_in_json(name: str, said: sdk.XmlElement) -> sdk.Json:
    """What versions 1 and 2 say of these in their other report, as far as they say it here."""
    if name == "reneg":
        told = next(said.iterfind("sessionRenegotiation"), None)
        return {
            "accepts_client_renegotiation": _flag(told, "canBeClientInitiated"),
            "supports_secure_renegotiation": _flag(told, "isSecure"),
        }
    if name == "compression":
        supported = said.find("compressionMethod[@isSupported='True']")
        return {"compression_name": None if supported is None else supported.get("type")}
    if name == "robot":
        return {"robot_result_enum": next((each.get("resultEnum") for each in said.iterfind("*")), None)}
    if name == "certinfo":
        chain = next(said.iterfind("receivedCertificateChain"), None)
        checks = said.iterfind("certificateValidation/pathValidation")
        return {
            "certificate_matches_hostname": _flag(
                said.find("certificateValidation/hostnameValidation"), "certificateMatchesServerHostname"
            ),
            "is_certificate_chain_order_valid": _flag(chain, "isChainOrderValid"),
            "path_validation_result_list": [
                {"verify_string": each.get("validationResult")} for each in checks
            ],
        }
    return None


def _flag(element: sdk.XmlElement | None, name: str) -> bool | None:
    word = None if element is None else element.get(name)
    return None if word is None else word == "True"
