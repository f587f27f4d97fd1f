"""GitLab dependency scanning: known vulnerabilities of the packages in a project's lock files."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@sdk.parser(
    id="gitlab-dependency-scanning-json",
    scanner="GitLab Dependency Scanning",
    docs=gitlab.DOCS,
    kinds=[sdk.SCA],
    sniff=gitlab.sniff(
        "dependency_scanning",
        gitlab.located("file", "dependency", absent=("start_line", "image")),
        sdk.JsonKeys("version", "dependency_files", empty=("vulnerabilities",)),
        gitlab.listed("file", of_packages=True),
    ),
    versions=gitlab.VERSIONS,
)
def gitlab_dependency_scanning(report: sdk.Report) -> sdk.Findings:
    """The artifact `gl-dependency-scanning-report.json` of a pipeline with dependency scanning."""
    managers: dict[str, str] = {}  # which package manager a lock file is of, stands after the results
    paths: dict[str, str] = {}
    for node in report.json("dependency_files.item.path", "dependency_files.item.package_manager", "scan"):
        if node.pattern == "scan":
            yield gitlab.header(node.value)
        elif node.key == "path":
            paths[node.container] = node.value
        else:
            managers[node.container] = node.value
    ecosystems = {path: managers.get(where) for where, path in paths.items()}
    yield sdk.ReportHeader(targets=sdk.texts(list(ecosystems)))
    yield from report.read(gitlab.results(report), partial(_vulnerability, ecosystems))


def _vulnerability(ecosystems: dict[str, str | None], said: sdk.Json) -> sdk.Findings:
    said = gitlab.at_its_place(said)
    path = sdk.text(sdk.pick(said, "location.file"))
    yield gitlab.finding(
        said,
        sdk.SCA,
        components=(gitlab.component(said, ecosystems.get(path or ""), path),),
        locations=gitlab.in_file(said),
        target=path,
    )
