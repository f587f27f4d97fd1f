"""What Black Duck's exports and its API say alike: origins of components, identifiers, what was decided."""

from hauberk.parsers import sdk

# Remediation states with which nothing is left to do (its REST API, `remediationStatus`).
_SETTLED = ("IGNORED", "MITIGATED", "PATCHED", "DUPLICATE", "REMEDIATION_COMPLETE", "NOT_AFFECTED")
SEVERITIES: sdk.Scale = {  # https://docs.blackduck.com/: the security risk of a vulnerability
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    **dict.fromkeys(("ok", "none", "unspecified"), sdk.Severity.INFO),
}
_ORIGINS = {"npmjs": "npm", "crates": "cargo", "packagist": "composer"}


def purl(origin: str | None, identifier: str | None) -> str | None:
    """`maven` with `org.yaml:snakeyaml:1.16`; `npmjs` with `lodash/3.10.1`; `debian` with `curl/7.5-1/amd64`."""
    if not origin or not identifier:
        return None
    ecosystem = _ORIGINS.get(origin.lower(), origin.lower())
    is_package = sdk.purl_type(ecosystem) in sdk.OPERATING_SYSTEM_TYPES
    colon = identifier.rpartition(":")
    if ecosystem in ("maven", "github") and colon[0]:
        name, version = colon[0], colon[2]
    elif is_package:
        name, version, *_ = [*identifier.split("/"), ""]
    else:
        name, _, version = identifier.rpartition("/")
    return sdk.purl(ecosystem, name, version) if name else None


def identifiers(said: str, source: str | None, *more: str | None) -> tuple[str, ...]:
    """`BDSA-2019-2725 (CVE-2019-12402)` are two; the VulnDB's are bare numbers."""
    found = sdk.identifiers(said, *more)
    return found or (sdk.identifiers(f"VULNDB-{said}") if source == "VULNDB" and said.isdigit() else ())


def suppression(state: str | None, comment: str | None) -> sdk.Suppression | None:
    if (state or "").upper().replace(" ", "_") not in _SETTLED:
        return None
    return sdk.Suppression(justification=": ".join(sdk.texts([state, comment])))
