"""Checkov: misconfigurations of infrastructure as code, vulnerable packages and secrets."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkov

_FAILED, _SKIPPED = "results.failed_checks.item", "results.skipped_checks.item"
_ROOTS = ("", "item.")


@sdk.parser(
    id="checkov-json",
    scanner="Checkov",
    docs="https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html",
    kinds=[sdk.IAC, sdk.SCA, sdk.CONTAINER, sdk.SECRET],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(f"{root}check_type", f"{root}results", later=(f"{root}summary",)) for root in _ROOTS),
        sdk.JsonKeys("passed", "failed", "skipped", "checkov_version"),
        *(
            sdk.JsonKeys(*(f"{root}{_FAILED}.{key}" for key in ("check_id", "check_result")))
            for root in _ROOTS
        ),
    ),
    versions="1, 2 and 3; one framework or several",
)
def checkov_json(report: sdk.Report) -> sdk.Findings:
    """`checkov -d . -o json > checkov.json`; with a Prisma Cloud key the severities come along."""
    kinds: dict[str, sdk.FindingKind] = {}  # `check_type` comes first in each framework's report
    wanted = ("check_type", _FAILED, _SKIPPED, "summary.checkov_version")
    for node in report.json(*(root + path for root in _ROOTS for path in wanted), "checkov_version"):
        name = node.pattern.removeprefix("item.")
        framework = node.container.partition(".")[0].partition("results")[0]
        if name == "check_type":
            kinds[framework] = checkov.kind_of(node.value)
        elif name in (_FAILED, _SKIPPED):
            function = partial(checkov.check, kinds.get(framework, sdk.IAC), name == _SKIPPED)
            yield from report.read_one(node, function)
        else:
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
