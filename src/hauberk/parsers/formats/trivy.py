"""Trivy: vulnerabilities, misconfigurations, secrets and licences of images, file systems and clusters."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects.trivy import TargetResult

_IMAGE = ("Metadata.ImageID", "Metadata.RepoTags", "Metadata.RepoDigests")
_ABOUT = ("ArtifactName", "ArtifactType", "CreatedAt", "ClusterName", "Trivy", "Metadata.RepoURL", *_IMAGE)
_WORKLOADS = ("Resources.item", "Findings.item", "Vulnerabilities.item", "Misconfigurations.item")
_TARGETS = ("Results.item", "item", *(f"{workload}.Results.item" for workload in _WORKLOADS))
_HEADS = (
    *(f"{target}.{name}" for target in _TARGETS for name in ("Target", "Class", "Type")),
    *(f"{workload}.{name}" for workload in _WORKLOADS for name in ("Namespace", "Kind", "Name")),
)
_LISTS = tuple(f"{target}.{name}.item" for target in _TARGETS for name in TargetResult.LISTS)


@sdk.parser(
    id="trivy-json",
    scanner="Trivy",
    docs="https://trivy.dev/latest/docs/configuration/reporting/#json",
    kinds=[sdk.CONTAINER, sdk.SCA, sdk.IAC, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("SchemaVersion", "ArtifactName", "ArtifactType"),
        sdk.JsonKeys("SchemaVersion", "ArtifactName"),
        sdk.JsonKeys("Results.item.Target", "Results.item.Class"),
        sdk.JsonKeys("Results.item.Target", "Results.item.Type"),
        sdk.JsonKeys("item.Target", "item.Type"),
        sdk.JsonKeys("item.Vulnerabilities", values={"item.Target": ".*"}),
        sdk.JsonKeys("ClusterName", "Resources.item.Kind", later=("Resources.item.Results",)),
        sdk.JsonKeys("ClusterName", empty=("Resources",)),
        sdk.JsonKeys("ClusterName", "Findings"),
        sdk.JsonKeys("ClusterName", "Vulnerabilities.item.Results"),
        sdk.JsonKeys("ClusterName", "Misconfigurations.item.Results"),
    ),
    versions="0.1 and later: the present schema 2, the older list of targets, `trivy k8s`",
)
def trivy(report: sdk.Report) -> sdk.Findings:
    """`trivy image|fs|config|repo|k8s --format json --output trivy.json TARGET`"""
    about: dict[str, sdk.Json] = {}
    heads = _Heads(report)
    where, result = "", None
    for node in report.json(*_ABOUT, *_HEADS, *_LISTS):
        if node.pattern in _ABOUT:
            about[node.pattern] = node.value
        elif node.pattern in _HEADS:
            heads.note(node)
            if node.key == "Target":
                yield sdk.ReportHeader(targets=sdk.texts(node.value))
        else:
            at, _, name = node.container.rpartition(".")
            if result is None or at != where:
                where = at
                is_image = about.get("ArtifactType") in ("container_image", "vm")
                result = TargetResult(heads.of(at), workload=heads.workload_of(at), is_image=is_image)
            yield from report.read_one(node, result.reader(name))
    kind = about.get("ArtifactType")
    yield sdk.ReportHeader(
        tool_version=sdk.text(sdk.pick(about, "Trivy.Version")),
        scanned_at=sdk.timestamp(about.get("CreatedAt")),
        asset=sdk.first(about.get("ArtifactName"), about.get("ClusterName")),
        asset_kind="image" if kind == "container_image" else None,
        identifiers=_identifiers(about, sdk.text(kind)),
    )


def _identifiers(about: dict[str, sdk.Json], kind: str | None) -> tuple[str, ...]:
    if kind == "container_image":
        image_id, tags, digests = (about.get(each) for each in _IMAGE)
        names = sdk.texts(about.get("ArtifactName")) + sdk.texts(tags)
        return sdk.image(names, sdk.texts(digests) + sdk.texts(image_id))
    said = about.get("Metadata.RepoURL") or (about.get("ArtifactName") if kind == "repository" else None)
    return sdk.repository(said)


class _Heads:
    """What stands beside the lists of a target or workload; looked up in a second pass when it comes after them."""

    def __init__(self, report: sdk.Report) -> None:
        self._report = report
        self._known: dict[str, dict[str, sdk.Json]] = {}
        self._is_whole = False

    def note(self, node: sdk.Node) -> None:
        self._known.setdefault(node.container, {})[str(node.key)] = node.value

    def of(self, where: str, sure_key: str = "Target") -> dict[str, sdk.Json]:
        if sure_key not in self._known.get(where, {}) and not self._is_whole:
            self._is_whole = True
            for node in self._report.json(*_HEADS):
                self.note(node)
        return self._known.get(where, {})

    def workload_of(self, where: str) -> str | None:
        workload, inside, _ = where.partition(".Results[")
        head = self.of(workload, "Kind") if inside else {}
        return "/".join(sdk.texts([head.get(key) for key in ("Namespace", "Kind", "Name")])) or None
