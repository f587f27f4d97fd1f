"""GitLab secret detection: secrets in files and in the history of a repository."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab, secrets


@sdk.parser(
    id="gitlab-secret-detection-json",
    scanner="GitLab Secret Detection",
    docs=gitlab.DOCS,
    kinds=[sdk.SECRET],
    sniff=gitlab.sniff("secret_detection", gitlab.located("file", "commit")),
    versions=gitlab.VERSIONS,
)
def gitlab_secret_detection(report: sdk.Report) -> sdk.Findings:
    """The artifact `gl-secret-detection-report.json` of a pipeline with secret detection."""
    for node in report.json("vulnerabilities.item", "scan", required="vulnerabilities.item"):
        if node.pattern == "scan":
            yield gitlab.header(node.value)
        else:
            yield from report.read(iter((node,)), _vulnerability)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    quoted = said.get("raw_source_code_extract")
    yield gitlab.finding(
        said,
        sdk.SECRET,
        locations=gitlab.in_file(said, secrets.masked(quoted)),
        secret=secrets.value_of(quoted),
    )
