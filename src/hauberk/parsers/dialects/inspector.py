"""What Amazon Inspector's API and its CSV reports have in common: severities, kinds, package managers, its nothings."""

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://docs.aws.amazon.com/inspector/latest/user/findings-understanding-severity.html
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
    "untriaged": sdk.Severity.INFO,
}
_KINDS = {"CODE_VULNERABILITY": sdk.SAST, "NETWORK_REACHABILITY": sdk.CLOUD}
_MANAGERS = {"PYTHONPKG": "pypi", "NODEPKG": "npm", "DOTNET_CORE": "nuget"}
_NOTHING = ("", "NotAvailable", "Not Available", "None Provided", "N/A")


def kind_of(finding_type: str, *, is_image: bool) -> sdk.FindingKind:
    """What a finding of this type is; a vulnerable package of an image is the container's."""
    return _KINDS.get(finding_type) or (sdk.CONTAINER if is_image else sdk.SCA)


def purl(
    manager: str | None,
    name: str,
    version: str | None,
    release: str | None = None,
    platform: str | None = None,
) -> str | None:
    """The package's purl. The system's own are known by its platform (`UBUNTU_22_04`), else RPMs by their release."""
    if manager == "OS":
        system = (platform or "").partition("_")[0].lower()
        is_known = sdk.purl_type(system) in sdk.OPERATING_SYSTEM_TYPES
        unknown = "rpm" if release else None
        manager = system if is_known else unknown
    whole = "-".join(sdk.texts([version, release])) or None
    return sdk.purl(_MANAGERS.get(manager or "", manager), name, whole)


def said(value: sdk.Json) -> str | None:
    """Inspector spells out that there is nothing."""
    return None if value in _NOTHING else sdk.text(value)
