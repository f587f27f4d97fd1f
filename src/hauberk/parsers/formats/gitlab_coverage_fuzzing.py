"""GitLab coverage-guided fuzzing: crashes of a fuzzed program."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@sdk.parser(
    id="gitlab-coverage-fuzzing-json",
    scanner="GitLab Coverage Fuzzing",
    docs=gitlab.DOCS,
    kinds=[sdk.SAST],
    sniff=gitlab.sniff("coverage_fuzzing", gitlab.located("crash_type")),
    versions=gitlab.VERSIONS,
)
def gitlab_coverage_fuzzing(report: sdk.Report) -> sdk.Findings:
    """The artifact `gl-coverage-fuzzing-report.json` of a pipeline with coverage-guided fuzzing."""
    for node in report.json("vulnerabilities.item", "scan", required="vulnerabilities.item"):
        if node.pattern == "scan":
            yield gitlab.header(node.value)
        else:
            yield from report.read(iter((node,)), _crash)


def _crash(said: sdk.Json) -> sdk.Findings:
    """The crash state (the topmost frames) tells crashes apart; it takes the place of code that is quoted."""
    place = said.get("location") or {}
    state = sdk.text(place.get("crash_state"))
    yield gitlab.finding(
        said,
        sdk.SAST,
        locations=(
            sdk.Location(
                path=sdk.text(place.get("file")),
                symbol=state.splitlines()[0] if state else None,
                snippet=state,
                evidence=sdk.text(place.get("stacktrace_snippet")),
            ),
        ),
    )
