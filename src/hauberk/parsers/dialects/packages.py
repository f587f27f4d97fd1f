"""What scanners of package lists have in common."""

CWES = (1035, 1395)
"""Where a scanner names no weakness: using components with known vulnerabilities, which every such result is."""


def title(said: str, name: str, version: str | None = None) -> str:
    """The advisory's title with the package's name in it."""
    said = said.strip()
    return said if name.lower() in said.lower() else f"{said} in {name} {version or ''}".rstrip()
