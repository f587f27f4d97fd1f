"""Reports about one flaw of one package: where it is, what the flaw is called, and who says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

MONDAY = datetime(2026, 3, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = "CVE-2024-1"
OTHER = "GHSA-aaaa-bbbb-cccc"


def packages(*paths: str, version: str = "1.0.0", scanner: str = "gate") -> dict[str, Any]:
    """One flaw of one package, in each of these manifests."""
    component = {"name": "lodash", "version": version, "purl": f"pkg:npm/lodash@{version}"}
    return {
        "format": "hauberk", "version": 1, "scanner": scanner,
        "findings": [
            {"kind": "sca", "title": "Pollution", "severity": "high", "identifiers": ["CVE-2024-1"],
             "components": [component | {"path": path}]}
            for path in paths
        ],
    }  # fmt: skip


def one(*paths: str, version: str = "1.0.0") -> dict[str, Any]:
    return packages(*paths, version=version, scanner="one")


def two(*paths: str) -> dict[str, Any]:
    return packages(*paths, scanner="two")


def named(*names: str | tuple[str, ...], scanner: str = "one", path: str = "a.json") -> dict[str, Any]:
    """One result at one place for each name of the flaw, or for several together."""
    (result,) = packages(path)["findings"]
    identifiers = [[each] if isinstance(each, str) else list(each) for each in names]
    return packages(scanner=scanner) | {"findings": [result | {"identifiers": each} for each in identifiers]}
