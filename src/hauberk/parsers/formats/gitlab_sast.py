"""GitLab SAST: problems in code, from whichever analyzer GitLab ran."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@sdk.parser(
    id="gitlab-sast-json",
    scanner="GitLab SAST",
    docs=gitlab.DOCS,
    kinds=[sdk.SAST],
    sniff=gitlab.sniff(
        "sast",
        gitlab.located("file", "start_line", absent=("commit", "image")),
        gitlab.located("file", absent=("commit", "image", "dependency", "hostname")),
    ),
    versions=gitlab.VERSIONS,
)
def gitlab_sast(report: sdk.Report) -> sdk.Findings:
    """The artifact `gl-sast-report.json` of a pipeline with SAST."""
    for node in report.json("vulnerabilities.item", "scan", required="vulnerabilities.item"):
        if node.pattern == "scan":
            yield gitlab.header(node.value)
        else:
            yield from report.read(iter((node,)), _vulnerability)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    quoted = sdk.text(said.get("raw_source_code_extract"))
    yield gitlab.finding(said, sdk.SAST, locations=gitlab.in_file(said, quoted))
