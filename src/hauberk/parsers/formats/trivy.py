"""Trivy: vulnerabilities, misconfigurations, secrets and licences of images, file systems and clusters."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects.trivy import TargetResult

_ABOUT = ("ArtifactName", "ArtifactType", "CreatedAt", "ClusterName", "Trivy")
_WORKLOADS = ("Resources.item", "Vulnerabilities.item", "Misconfigurations.item")


@sdk.parser(
    id="trivy-json",
    scanner="Trivy",
    docs="https://trivy.dev/latest/docs/configuration/reporting/#json",
    kinds=[sdk.CONTAINER, sdk.SCA, sdk.IAC, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("SchemaVersion", "ArtifactName", "ArtifactType"),
        sdk.JsonKeys("Results.item.Target", "Results.item.Class"),
        sdk.JsonKeys("item.Target", "item.Type"),
        sdk.JsonKeys("item.Target", "item.Vulnerabilities"),
        sdk.JsonKeys("ClusterName", "Resources.item.Kind", later=("Resources.item.Results",)),
        sdk.JsonKeys("ClusterName", "Vulnerabilities.item.Results"),
        sdk.JsonKeys("ClusterName", "Misconfigurations.item.Results"),
    ),
    versions="0.1 and later: the present schema 2, the older list of targets, `trivy k8s`",
)
def trivy(report: sdk.Report) -> sdk.Findings:
    """`trivy image|fs|config|repo|k8s --format json --output trivy.json TARGET`"""
    about: dict[str, sdk.Json] = {}
    for node in report.json(*_ABOUT, "Results.item", "item", *_WORKLOADS):
        if node.pattern in _ABOUT:
            about[node.pattern] = node.value
        elif node.pattern in _WORKLOADS:
            name = "/".join(sdk.texts([node.value.get(key) for key in ("Namespace", "Kind", "Name")]))
            for index, result in enumerate(node.value.get("Results") or ()):
                yield from TargetResult(result, f"{node.position}.Results[{index}]", workload=name).findings()
        else:
            is_image = about.get("ArtifactType") in ("container_image", "vm")
            yield from TargetResult(node.value, node.position, is_image=is_image).findings()
    yield sdk.ReportHeader(
        tool_version=sdk.text(sdk.pick(about, "Trivy.Version")),
        scanned_at=sdk.timestamp(about.get("CreatedAt")),
        asset=sdk.text(about.get("ArtifactName")) or sdk.text(about.get("ClusterName")),
        asset_kind="image" if about.get("ArtifactType") == "container_image" else None,
    )
