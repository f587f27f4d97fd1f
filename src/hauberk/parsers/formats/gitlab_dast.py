"""GitLab DAST and API fuzzing: problems of a running web application or API."""

from urllib.parse import urljoin

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@sdk.parser(
    id="gitlab-dast-json",
    scanner="GitLab DAST",
    docs=gitlab.DOCS,
    kinds=[sdk.DAST],
    sniff=gitlab.sniff("dast|api_fuzzing", gitlab.located("hostname")),
    versions=gitlab.VERSIONS,
)
def gitlab_dast(report: sdk.Report) -> sdk.Findings:
    """The artifact `gl-dast-report.json` or `gl-api-security-report.json` of a pipeline with DAST or API fuzzing."""
    for node in report.json("vulnerabilities.item", "scan", required="vulnerabilities.item"):
        if node.pattern == "scan":
            addresses = [each.get("url") for each in sdk.pick(node.value, "scanned_resources") or ()]
            yield gitlab.header(node.value)
            yield sdk.ReportHeader(targets=sdk.texts(addresses))
        else:
            yield from report.read(iter((node,)), _vulnerability)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
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
                method=sdk.text(place.get("method")) or sdk.text(sdk.pick(evidence, "request.method")),
                parameter=sdk.text(place.get("param")),
                evidence=shown,
            ),
        ),
    )
