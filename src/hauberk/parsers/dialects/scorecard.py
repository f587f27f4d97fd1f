"""OpenSSF Scorecard: the head that its reports of checks and of probes have in common."""

from hauberk.parsers import sdk


def head(report: sdk.Report) -> tuple[str | None, sdk.ReportHeader]:
    """The repository that was looked at, and what is said of the whole."""
    told = {
        node.pattern: sdk.text(node.value) for node in report.json("repo.name", "scorecard.version", "date")
    }
    repository = told.get("repo.name")
    return repository, sdk.ReportHeader(
        tool_version=told.get("scorecard.version"),
        scanned_at=sdk.timestamp(told.get("date")),
        identifiers=sdk.repository(repository),
    )
