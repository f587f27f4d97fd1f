"""What scanners of package lists have in common."""

from hauberk.parsers import sdk

CWES = (1035, 1395)
"""Where a scanner names no weakness: using components with known vulnerabilities, which every such result is."""

OF_SYSTEM = ("deb", "rpm", "apk", "portage", "alpm")
"""As Syft calls the kinds of packages that belong to an operating system."""


def kind_of(purl: str | None) -> sdk.FindingKind:
    """What carries the problem: a package of an operating system is an image's."""
    is_of_system = str(purl).startswith(tuple(f"pkg:{kind}/" for kind in sdk.OPERATING_SYSTEM_TYPES))
    return sdk.CONTAINER if is_of_system else sdk.SCA


def title(words: sdk.Json, name: sdk.Json, version: sdk.Json = None) -> str:
    """The advisory's title or identifier, with the package in it: a title that names the package stays as it is."""
    named = sdk.text(name) or ""
    said = sdk.text(words) or ("Known vulnerability" if named else "")
    return said if named.lower() in said.lower() else " ".join(sdk.texts([said, "in", named, version]))
