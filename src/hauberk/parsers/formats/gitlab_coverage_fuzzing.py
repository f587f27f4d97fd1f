"""GitLab coverage-guided fuzzing: crashes of a fuzzed program."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import gitlab


@gitlab.parser(
    "gitlab-coverage-fuzzing-json",
    scanner="GitLab Coverage Fuzzing",
    kind=sdk.SAST,
    sniff=gitlab.sniff("coverage_fuzzing", gitlab.located("crash_type")),
)
def gitlab_coverage_fuzzing(said: sdk.Json) -> sdk.Findings:
    """The artifact `gl-coverage-fuzzing-report.json` of a pipeline with coverage-guided fuzzing."""
    # The crash state (the topmost frames) tells crashes apart; it takes the place of code that is quoted.
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
