"""GitLab container scanning: known vulnerabilities of the packages in an image."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@gitlab.parser(
    "gitlab-container-scanning-json",
    scanner="GitLab Container Scanning",
    kind=sdk.CONTAINER,
    sniff=gitlab.sniff("container_scanning|cluster_image_scanning", gitlab.located("image", "dependency")),
)
def gitlab_container_scanning(said: sdk.Json) -> sdk.Findings:
    """The artifact `gl-container-scanning-report.json`; Trivy writes it with `--format template @contrib/gitlab.tpl`."""
    place = said.get("location") or {}
    system = (sdk.text(place.get("operating_system")) or "").replace(":", " ").partition(" ")[0]
    image = sdk.text(place.get("image"))
    workload = place.get("kubernetes_resource") or {}
    resource = "/".join(
        sdk.texts([workload.get(key) for key in ("namespace", "kind", "name", "container_name")])
    )
    yield gitlab.finding(
        said,
        sdk.CONTAINER,
        components=(gitlab.component(said, system, image),),
        locations=(sdk.Location(resource=resource),) if resource else (),
        target=image,
    )
