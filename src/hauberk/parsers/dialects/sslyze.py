"""What SSLyze says of a server, in the words of version 3 and later, and what of that nobody should offer any more."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import tls

_FLAWS = {
    "heartbleed": "is_vulnerable_to_heartbleed",
    "openssl_ccs_injection": "is_vulnerable_to_ccs_injection",
}
_SUITES = "_cipher_suites"
_NAMES = {
    "certinfo": "certificate_info",
    "reneg": "session_renegotiation",
    "openssl_ccs": "openssl_ccs_injection",
}
_FLAGS = {  # of the certificate's deployment: what versions 1 and 2 called them
    "leaf_certificate_subject_matches_hostname": "certificate_matches_hostname",
    "received_chain_has_valid_order": "is_certificate_chain_order_valid",
    "verified_chain_has_sha1_signature": "has_sha1_in_certificate_chain",
}


def modern(name: str, said: sdk.Json) -> tuple[str, sdk.Json]:
    """The name and the result of a command of versions 1 and 2, as version 3 has them."""
    if not isinstance(said, dict):
        return name, None
    if "accepted_cipher_list" in said:
        names = [{"cipher_suite": {"name": _name_of(each)}} for each in said["accepted_cipher_list"] or ()]
        return spelled(name) + _SUITES, {"accepted_cipher_suites": names}
    if name == "robot":
        return name, {"robot_result": said.get("robot_result_enum")}
    if name == "compression":
        return "tls_compression", {"supports_compression": said.get("compression_name") is not None}
    if name == "certinfo":
        checks = said.get("path_validation_result_list") or ()
        problems = [each.get("verify_string") or each.get("openssl_error_string") for each in checks]
        found = [{"openssl_error_string": None if problem == "ok" else problem} for problem in problems]
        flags = {now: said.get(now, said.get(before)) for now, before in _FLAGS.items()}
        return _NAMES[name], {
            "certificate_deployments": [{**said, **flags, "path_validation_results": found}]
        }
    return _NAMES.get(name, name), said


def _name_of(suite: sdk.Json) -> str | None:
    return sdk.first(suite.get("name"), suite.get("openssl_name"))


def findings(name: str, result: sdk.Json, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    if not result:
        return
    if name.endswith(_SUITES):
        accepted = [
            sdk.pick(each, "cipher_suite.name") for each in sdk.listed(result.get("accepted_cipher_suites"))
        ]
        yield from suites(name.removesuffix(_SUITES), sdk.texts(accepted), place)
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


def suites(version: str, accepted: tuple[str, ...], place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    old = tls.OLD_VERSIONS.get(version)
    named = old or version.replace("tls_", "TLS ").replace("_", ".")
    bad = accepted if old else tuple(suite for suite in accepted if not tls.is_recommended(suite))
    if bad:
        title = f"{named} is offered" if old else f"Cipher suites that are not recommended for {named}"
        listed = "\n".join(f"- {suite}" for suite in bad)
        yield tls.finding(title, version, sdk.Severity.MEDIUM, place, description=listed)


def _certificates(result: sdk.Json, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    problems: dict[str, None] = {}
    for deployment in sdk.listed(result.get("certificate_deployments")):
        checks = deployment.get("path_validation_results") or ()
        problems |= dict.fromkeys(sdk.texts([_problem(each) for each in checks]))
        problems |= dict.fromkeys(_flags(deployment))
    if problems:
        title = "Problems with the certificate"
        yield tls.finding(
            title, "certificate_info", sdk.Severity.MEDIUM, place, description="\n".join(problems)
        )


def _problem(check: sdk.Json) -> str | None:
    """Version 6 asks another library whether the chain is valid, and has another name for what that says."""
    return sdk.first(check.get("openssl_error_string"), check.get("validation_error"))


def _flags(deployment: dict[str, sdk.Json]) -> Iterator[str]:
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


def spelled(name: str) -> str:
    """`tlsv1`, `tlsv1_2`, `sslv3` as JSON reports have it."""
    kind, _, number = name.partition("v")
    return f"{kind}_{number}" if "_" in number else f"{kind}_{number}_0"
