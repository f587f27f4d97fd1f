"""GitLab SAST: problems in code, from whichever analyzer GitLab ran."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@gitlab.parser(
    "gitlab-sast-json",
    scanner="GitLab SAST",
    kind=sdk.SAST,
    sniff=gitlab.sniff(
        "sast",
        gitlab.located("file", "start_line", absent=("commit", "image")),
        gitlab.located("file", absent=("commit", "image", "dependency", "hostname")),
        gitlab.listed("file", "line", of_packages=False),
    ),
)
def gitlab_sast(said: sdk.Json) -> sdk.Findings:
    """The artifact `gl-sast-report.json` of a pipeline with SAST."""
    quoted = sdk.text(said.get("raw_source_code_extract"))
    yield gitlab.finding(said, sdk.SAST, locations=gitlab.in_file(said, quoted))
