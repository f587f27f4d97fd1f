"""Harbor: what its scanner adapters report of an artifact."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_LISTS = ("vulnerabilities.item", "*.vulnerabilities.item")
_COLUMNS = (
    "Repository",
    "Artifact Digest",
    "CVE",
    "Package",
    "Current Version",
    "Fixed in version",
    "Severity",
)
_HEADER = tuple(f"{root}{name}" for root in ("", "*.") for name in ("generated_at", "scanner"))


@sdk.parser(
    id="harbor-json",
    scanner="Harbor",
    docs="https://goharbor.io/docs/latest/administration/vulnerability-scanning/",
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{root}generated_at", f"{root}scanner.vendor", later=(f"{root}vulnerabilities",))
            for root in ("", "*.")
        ),
        sdk.JsonKeys(*(f"{_LISTS[0]}.{key}" for key in ("package", "fix_version", "links"))),
    ),
    versions="the adapter's report 1.0 and 1.1, with and without its MIME type around it",
)
def harbor(report: sdk.Report) -> sdk.Findings:
    """`GET /api/v2.0/projects/PROJECT/repositories/REPOSITORY/artifacts/TAG/additions/vulnerabilities`"""
    for node in report.json(*_LISTS, *_HEADER):
        if node.pattern in _LISTS:
            yield from report.read_one(node, _vulnerability)
        elif node.pattern.endswith("generated_at"):
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            tool = [sdk.pick(node.value, "name"), sdk.pick(node.value, "version")]
            yield sdk.ReportHeader(tool_version=" ".join(sdk.texts(tool)))


@sdk.parser(
    id="harbor-csv",
    scanner="Harbor",
    title="Harbor CSV",
    docs="https://goharbor.io/docs/latest/administration/vulnerability-scanning/export-cves/",
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="2.6 and later",
)
def harbor_csv(row: sdk.Row) -> sdk.Findings:
    """Projects → select them → Actions → Export CVEs"""
    rated = {
        f"{key}_{v}": row.get(f"CVSS {v.upper()} {key.title()}")
        for v in ("v3", "v2")
        for key in ("score", "vector")
    }
    yield from _vulnerability(
        {
            "id": row["CVE"],
            "package": row["Package"],
            "version": row["Current Version"],
            "fix_version": row["Fixed in version"],
            "severity": row["Severity"],
            "artifact_digests": row["Artifact Digest"],
            "cwe_ids": re.split(r"[^\w-]+", row.get("CWE Ids", "")),
            "preferred_cvss": rated,
            "repository": row["Repository"],
        }
    )


def _vulnerability(found: sdk.Json) -> sdk.Findings:
    name, version = found["package"], sdk.text(found.get("version"))
    digest = sdk.first(found.get("artifact_digests"), found.get("artifact_digest"))
    path = sdk.text(sdk.pick(found, "vendor_attributes.package_path"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(found["id"], name, version),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["id"],
        description=sdk.text(found.get("description")),
        identifiers=sdk.identifiers(found["id"]) or sdk.texts(found["id"]),
        cwes=sdk.cwes(found.get("cwe_ids")),
        cvss=sdk.assessments(*_assessments(found)),
        locations=(sdk.Location(path=path, resource=digest),) if path or digest else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.text(sdk.pick(found, "vendor_attributes.purl")),
                fixed_versions=sdk.parts(found.get("fix_version")),
                path=path,
            ),
        ),
        references=sdk.urls(found.get("links")),
        tags=sdk.texts([found.get("status")]),
        target=_target(found.get("repository"), digest),
    )


def _target(repository: str | None, digest: str | None) -> str | None:
    return "@".join(sdk.texts([repository, digest])) or None


def _assessments(found: sdk.Json) -> Iterator[sdk.Rating]:
    preferred = found.get("preferred_cvss") or {}
    rated = [(preferred.get(f"vector_{v}"), preferred.get(f"score_{v}"), "Harbor") for v in ("v3", "v2")]
    for source, given in (sdk.pick(found, "vendor_attributes.CVSS") or {}).items():
        rated += [(given.get(f"{v}Vector"), given.get(f"{v}Score"), source) for v in ("V40", "V3", "V2")]
    for vector, score, source in rated:
        yield vector, score, source
