"""GitLab DAST and API fuzzing: problems of a running web application or API."""

from urllib.parse import urljoin

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@gitlab.parser(
    "gitlab-dast-json",
    scanner="GitLab DAST",
    kind=sdk.DAST,
    sniff=gitlab.sniff("dast|api_fuzzing", gitlab.located("hostname")),
)
def gitlab_dast(said: sdk.Json) -> sdk.Findings:
    """The artifact `gl-dast-report.json` or `gl-api-security-report.json` of a pipeline with DAST or API fuzzing."""
    place = said.get("location") or {}
    evidence = said.get("evidence") or {}
    host = sdk.text(place.get("hostname")) or ""
    shown = sdk.text(sdk.pick(evidence, "summary"))
    yield gitlab.finding(
        said,
        sdk.DAST,
        locations=(
            sdk.at_url(
                urljoin(host, sdk.text(place.get("path")) or ""),
                method=sdk.first(place.get("method"), sdk.pick(evidence, "request.method")),
                parameter=sdk.text(place.get("param")),
                evidence=shown,
            ),
        ),
    )
