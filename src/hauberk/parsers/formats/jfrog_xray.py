"""JFrog Xray: vulnerabilities of artifacts, images and builds, in the shapes of its page, its API and its CLI."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import jfrog

_SCANNER = "JFrog Xray"
_KINDS = (sdk.SCA, sdk.CONTAINER)
_ROWS = sdk.AnyOf(
    sdk.JsonKeys("total_rows", "rows.item.issue_id"), sdk.JsonKeys("total_rows", empty=("rows",))
)


@sdk.parser(
    id="jfrog-xray-report-json",
    scanner=_SCANNER,
    title="JFrog Xray vulnerabilities report",
    docs=jfrog.DOCS,
    kinds=_KINDS,
    sniff=_ROWS,
    items=sdk.JsonItems("rows.item"),
)
def jfrog_xray_report(row: sdk.Json) -> sdk.Findings:
    """Xray → Reports → Vulnerabilities → Export → JSON, or `GET /xray/api/v1/reports/export/ID?format=json`"""
    path, artifact = sdk.text(row.get("path")), sdk.text(row.get("impacted_artifact"))
    vulnerable = jfrog.component(row["vulnerable_component"], row.get("fixed_versions"), path)
    yield jfrog.finding(
        row,
        vulnerable,
        is_image=jfrog.is_image_part(row["vulnerable_component"]),
        places=sdk.texts([path, *sdk.texts(row.get("impact_path"))]),
        target=artifact,
        found_at=row.get("artifact_scan_time"),
        tags=[row.get("applicability_result"), row.get("external_advisory_severity")],
    )


@sdk.parser(
    id="jfrog-xray-summary-json",
    scanner=_SCANNER,
    title="JFrog Xray artifact summary",
    docs=f"{jfrog.DOCS}/artifact-summary",
    kinds=_KINDS,
    sniff=sdk.AnyOf(
        sdk.JsonKeys("artifacts.item.general.component_id", "artifacts.item.issues"),
        sdk.JsonKeys("artifacts.item.general.component_id", "artifacts.item.licenses"),
    ),
    items=sdk.JsonItems("artifacts.item"),
    versions="REST API v1, artifact summary",
)
def jfrog_xray_summary(artifact: sdk.Json) -> sdk.Findings:
    """`POST /xray/api/v1/summary/artifact`; its issues name the artifact and the path in it, no package."""
    general = artifact["general"]
    name, _, version = (sdk.text(general.get("name")) or general["component_id"]).rpartition(":")
    is_image = str(general.get("pkg_type")).lower() == "docker"
    for issue in sdk.listed(artifact.get("issues")):
        paths = sdk.texts(issue.get("impact_path")) or sdk.texts(general.get("path")) or (None,)
        components = [
            sdk.Component(name=name or version, version=version if name else None, path=p) for p in paths
        ]
        yield jfrog.finding(
            issue, *components, is_image=is_image, places=paths, target=general["component_id"]
        )


@sdk.parser(
    id="jfrog-xray-scan-json",
    scanner=_SCANNER,
    title="JFrog CLI scan and audit",
    docs="https://docs.jfrog-applications.jfrog.io/jfrog-applications/jfrog-cli/cli-for-jfrog-security",
    kinds=_KINDS,
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.scan_id", "item.vulnerabilities.item.components"),
        sdk.JsonKeys("item.vulnerabilities.item.components.*.fixed_versions"),
        sdk.JsonKeys("item.scan_id", "item.violations.item.components"),
        sdk.JsonKeys("item.scan_id", "item.component_id", "item.package_type"),
    ),
    items=sdk.JsonItems("item"),
)
def jfrog_xray_scan(scan: sdk.Json) -> sdk.Findings:
    """`jf scan app.jar --format=json > xray.json`, also `jf audit` and `jf docker scan`"""
    yield sdk.ReportHeader(targets=sdk.texts(scan.get("component_id")))
    for name in ("vulnerabilities", "violations"):  # what a watch says, in the place of all there is
        yield from sdk.each(scan.get(name), partial(_of_scan, scan), name)


@sdk.parser(
    id="jfrog-xray-security-json",
    scanner=_SCANNER,
    title="JFrog Xray security export",
    docs=jfrog.DOCS,
    kinds=_KINDS,
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.item.source_comp_id", "data.item.component_versions"),
        sdk.JsonKeys("total_count", empty=("data",)),
    ),
    items=sdk.JsonItems("data.item"),
)
def jfrog_xray_security(issue: sdk.Json) -> sdk.Findings:
    """The component's page in Xray → Security → Export → JSON (before Xray 3.8)"""
    identifier, versions = issue["source_comp_id"], issue.get("component_versions") or {}
    said = {**issue, **(versions.get("more_details") or {}), "issue_id": issue.get("id")}
    yield jfrog.finding(
        said,
        jfrog.component(identifier, versions.get("fixed_versions")),
        is_image=jfrog.is_image_part(identifier),
        places=(identifier,),
        found_at=issue.get("edited"),
    )


def _of_scan(scan: sdk.Json, said: sdk.Json) -> sdk.Findings:
    """One for each component that has it: each has its own fixed versions and paths."""
    if said.get("type", "security") != "security":  # a licence, a risk of operation
        return
    for identifier, affected in said["components"].items():
        chains = [_chain(steps) for steps in sdk.listed(affected.get("impact_paths"))]
        paths = sdk.texts(chains) or (None,)
        components = [jfrog.component(identifier, affected.get("fixed_versions"), path) for path in paths]
        is_image = jfrog.is_image_part(identifier) or str(scan.get("component_id")).startswith("docker://")
        yield jfrog.finding(said, *components, is_image=is_image, target=sdk.text(scan.get("component_id")))


def _chain(steps: sdk.Json) -> str:
    """The files on the way in, the outermost first; without files the components."""
    files = sdk.texts([step.get("full_path") for step in steps])
    return " > ".join(files or sdk.texts([step.get("component_id") for step in steps]))
