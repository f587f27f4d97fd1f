"""Sysdig Secure: its scheduled vulnerability reports of workloads, registries and pipelines."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, sysdig

_DOCS = "https://docs.sysdig.com/en/sysdig-secure/reporting/"
_NAMES = {  # what we call it: the CSV of today, the CSV before, the JSON
    "id": ("Vulnerability Name", "Vulnerability ID", "vuln_id"),
    "severity": ("Vulnerability Severity", "Severity", "vuln_severity"),
    "package": ("Package Name", "Package name", "scan_package_name"),
    "version": ("Package Version", "Package version", "scan_package_version"),
    "type": ("Package Type", "Package type", "scan_package_type"),
    "path": ("Package Path", "Package path", "scan_package_path"),
    "image": ("Image Name", "Image", "container_image"),
    "system": ("OS Name", "container_image_distro"),
    "cvss_version": ("CVSS Version", "CVSS version", "vuln_cvss_version"),
    "score": ("CVSS Score", "CVSS score", "vuln_cvss_score"),
    "vector": ("CVSS Vector", "CVSS vector", "vuln_cvss_vector"),
    "link": ("Vuln link", "vuln_link"),
    "fixed": ("Fix Version", "Fix version", "vuln_fixed_in_version"),
    "exploit": ("Public Exploit", "vuln_has_exploit"),
    "accepted": ("Risk Accepted", "Risk accepted", "vuln_risk_accepted"),
    "in_use": ("Package In Use", "In use", "scan_package_in_use"),
    "kev": ("CISA KEV Publish Date", "vuln_cisa_kev_publish_date"),
    "cluster": ("Kubernetes Cluster Name", "K8S cluster name", "kubernetes_cluster_name"),
    "namespace": ("Kubernetes Namespace Name", "K8S namespace name", "kubernetes_namespace_name"),
    "kind": ("Kubernetes Workload Type", "K8S workload type", "kubernetes_workload_type"),
    "workload": ("Kubernetes Workload Name", "K8S workload name", "kubernetes_workload_name"),
    "container": ("Kubernetes Container Name", "K8S container name", "kubernetes_pod_container_name"),
}
_TODAY = ("Vulnerability Name", "Vulnerability Severity", "Package Name", "Image Name")
_BEFORE = ("Vulnerability ID", "Severity", "Package name", "Package version", "Fix version")


@sdk.parser(
    id="sysdig-report-csv",
    scanner="Sysdig",
    title="Sysdig report CSV",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_TODAY),
    items=sdk.CsvRows(*_TODAY),
    versions="2025 and later",
)
def sysdig_report_csv(row: sdk.Row) -> sdk.Findings:
    """In Sysdig Secure: Reporting, a vulnerability report, format CSV"""
    yield from _finding(row)


@sdk.parser(
    id="sysdig-report-csv-v1",
    scanner="Sysdig",
    title="Sysdig report CSV, before 2025",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_BEFORE),
    items=sdk.CsvRows(*_BEFORE),
)
def sysdig_report_csv_v1(row: sdk.Row) -> sdk.Findings:
    """In Sysdig Secure: Vulnerabilities, Reporting, format CSV"""
    yield from _finding(row)


@sdk.parser(
    id="sysdig-report-json",
    scanner="Sysdig",
    title="Sysdig report JSON",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.JsonKeys("panels.item.data.item.vuln_id", "panels.item.data.item.scan_package_name"),
    items=sdk.JsonItems("panels.item.data.item"),
    versions="2025 and later",
)
def sysdig_report_json(row: sdk.Json) -> sdk.Findings:
    """In Sysdig Secure: Reporting, a vulnerability report, format JSON"""
    yield from _finding(row)


def _finding(row: sdk.Json) -> sdk.Findings:
    said = {field: sdk.first(*map(row.get, names)) for field, names in _NAMES.items()}
    flags = {
        field: any(row.get(name) in (True, "true") for name in _NAMES[field])
        for field in ("accepted", "exploit")
    }
    identifier, name = said["id"], said["package"]
    if not identifier or not name or not sdk.identifiers(identifier):
        raise sdk.UnreadableItem(f"{identifier!r} is no vulnerability of a package")
    workload = "/".join(
        sdk.texts([said[part] for part in ("cluster", "namespace", "kind", "workload", "container")])
    )
    system = said["system"].partition(" ")[0] if said["system"] else None
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(identifier, name, said["version"]),
        severity=sdk.severity(said.get("severity"), sysdig.SEVERITIES),
        severity_reported=said.get("severity"),
        rule_id=identifier,
        identifiers=sdk.identifiers(identifier),
        cvss=sdk.assessments((said["vector"], said["score"], "Sysdig", said["cvss_version"])),
        known_exploited=True if said["kev"] else None,
        locations=(sdk.Location(path=said.get("path"), resource=workload or None),),
        components=(
            sdk.Component(
                name=name,
                version=said["version"],
                purl=sdk.purl(
                    system if (said["type"] or "").lower() == "os" else said["type"], name, said["version"]
                ),
                fixed_versions=sdk.parts(said["fixed"]),
                path=said.get("path"),
            ),
        ),
        references=sdk.urls(said["link"]),
        tags=("public exploit",) if flags["exploit"] else (),
        suppression=sdk.suppression(flags["accepted"], justification="risk accepted"),
        target=workload or said["image"],
    )
