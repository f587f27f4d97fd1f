"""GitLab secret detection: secrets in files and in the history of a repository."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab, secrets


@gitlab.parser(
    "gitlab-secret-detection-json",
    scanner="GitLab Secret Detection",
    kind=sdk.SECRET,
    sniff=gitlab.sniff("secret_detection", gitlab.located("file", "commit")),
)
def gitlab_secret_detection(said: sdk.Json) -> sdk.Findings:
    """The artifact `gl-secret-detection-report.json` of a pipeline with secret detection."""
    quoted = said.get("raw_source_code_extract")
    yield gitlab.finding(
        said,
        sdk.SECRET,
        locations=gitlab.in_file(said, secrets.masked(quoted)),
        secret=secrets.value_of(quoted),
    )
