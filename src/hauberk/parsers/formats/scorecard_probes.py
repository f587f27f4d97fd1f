"""OpenSSF Scorecard by its probes: single observations, without the checks and points that they add up to."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import scorecard as dialect

_OF_FILES = (1, 2, 3)  # source, binary, text; 4 is an address
_VULNERABLE = "hasosvvulnerabilities"


@sdk.parser(
    id="scorecard-probes-json",
    scanner="OpenSSF Scorecard",
    title="OpenSSF Scorecard probes",
    docs="https://github.com/ossf/scorecard/blob/main/probes/README.md",
    kinds=[sdk.CLOUD, sdk.SAST, sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("repo.name", "scorecard.version", "findings.item.probe", "findings.item.outcome"),
        sdk.JsonKeys("repo.name", "scorecard.version", "scorecard.commit", empty=("findings",)),
    ),
    versions="4.13 and later, `--format probe`",
)
def scorecard_probes(report: sdk.Report) -> sdk.Findings:
    """`scorecard --repo=github.com/acme/till --probes=… --format probe > probes.json`"""
    repository, header = dialect.head(report)
    yield header
    findings = report.json("findings.item", required="findings.item")
    yield from report.read(findings, partial(_probe, repository))


def _probe(repository: str | None, said: sdk.Json) -> sdk.Findings:
    """`Negative` is bad in version 4. Since 5, outcomes are true or false, and which is bad is told by a remedy alone."""
    name, message = said["probe"], sdk.text(said.get("message"))
    remedy, outcome = said.get("remediation"), str(said["outcome"]).lower()
    if outcome.isdigit():
        raise sdk.UnreadableItem("Its outcome is a number, which meant something else in each version.")
    if outcome != "negative" and not (outcome in ("true", "false") and remedy):
        return
    place = said.get("location") or {}
    path = place.get("path") if place.get("type") in _OF_FILES else None
    known = sdk.identifiers(message) if name.lower() == _VULNERABLE else ()
    kind = sdk.SAST if path else sdk.CLOUD
    yield sdk.ReportedFinding(
        kind=sdk.SCA if known else kind,
        title=f"{name}: {message}" if message else name,
        severity=sdk.Severity.UNKNOWN,  # risks are of checks, not of probes
        rule_id=name,
        remediation=sdk.text(sdk.pick(remedy, "text")),
        identifiers=known,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(place.get("lineStart")),
                end_line=sdk.line(place.get("lineEnd")),
                snippet=sdk.text(place.get("snippet")),
                resource=repository,
            ),
        ),
        references=sdk.urls(place.get("path")),
    )
