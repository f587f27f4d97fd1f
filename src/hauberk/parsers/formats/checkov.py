"""Checkov: misconfigurations of infrastructure as code, vulnerable packages and secrets."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_FAILED, _SKIPPED = "results.failed_checks.item", "results.skipped_checks.item"
_ROOTS = ("", "item.")
_KINDS = {"sca_package": sdk.SCA, "sca_image": sdk.CONTAINER, "secrets": sdk.SECRET}


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
def checkov(report: sdk.Report) -> sdk.Findings:
    """`checkov -d . -o json > checkov.json`; with a Prisma Cloud key the severities come along."""
    kinds: dict[str, sdk.FindingKind] = {}  # `check_type` comes first in each framework's report
    wanted = ("check_type", _FAILED, _SKIPPED, "summary.checkov_version")
    for node in report.json(*(root + path for root in _ROOTS for path in wanted), "checkov_version"):
        name = node.pattern.removeprefix("item.")
        framework = node.container.partition(".")[0].partition("results")[0]
        if name == "check_type":
            kinds[framework] = _KINDS.get(node.value, sdk.IAC)
        elif name in (_FAILED, _SKIPPED):
            function = partial(_check, kinds.get(framework, sdk.IAC), name == _SKIPPED)
            yield from report.read_one(node, function)
        else:
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))


def _check(kind: sdk.FindingKind, is_skipped: bool, check: sdk.Json) -> sdk.Findings:  # noqa: FBT001 — bound first
    known = check.get("vulnerability_details") or {}
    word = sdk.text(check.get("severity")) or sdk.text(known.get("severity"))
    rule = sdk.text(known.get("id")) or check["check_id"]
    package = sdk.text(known.get("package_name"))
    resource = sdk.text(check.get("resource_address")) or sdk.text(check.get("resource"))
    yield sdk.ReportedFinding(
        kind=kind,
        title=sdk.text(check.get("check_name")) or rule,
        severity=sdk.severity(word) if word else sdk.Severity.MEDIUM,  # without a key nothing is rated
        severity_reported=word,
        rule_id=rule,
        rule_name=sdk.text(check.get("check_class")),
        description=sdk.text(known.get("description")) or sdk.text(check.get("description")),
        remediation=sdk.text(known.get("status")),
        identifiers=sdk.identifiers(known.get("id")),
        cvss=sdk.assessments((known.get("vector"), known.get("cvss"), "Prisma Cloud")),
        locations=(
            sdk.Location(
                path=sdk.text(check.get("file_path")),
                line=sdk.line(sdk.pick(check, "file_line_range.0")),
                end_line=sdk.line(sdk.pick(check, "file_line_range.1")),
                snippet=_snippet(check.get("code_block")) if kind == sdk.IAC else None,
                resource=resource if kind in (sdk.IAC, sdk.CONTAINER) else None,
            ),
        ),
        components=tuple(_components(check, known, package, resource if kind == sdk.IAC else None)),
        references=sdk.urls(check.get("guideline"), known.get("link")),
        tags=sdk.texts([check.get("bc_check_id"), check.get("bc_category")]),
        suppression=sdk.Suppression(
            where="inline", justification=sdk.text(sdk.pick(check, "check_result.suppress_comment"))
        )
        if is_skipped
        else None,
    )


def _components(
    check: sdk.Json, known: sdk.Json, package: str | None, resource: str | None
) -> Iterator[sdk.Component]:
    if package:
        version = sdk.text(known.get("package_version"))
        fixed = sdk.text(known.get("lowest_fixed_version"))
        ecosystem = sdk.text(known.get("package_type")) or sdk.text(known.get("package_registry"))
        yield sdk.Component(
            name=package,
            version=version,
            purl=sdk.purl(ecosystem, package, version),
            fixed_versions=sdk.texts(fixed) or sdk.texts(known.get("fixed_versions")),
            path=sdk.text(check.get("file_path")),
        )
    elif resource:
        yield sdk.Component(name=resource)


def _snippet(block: sdk.Json) -> str | None:
    """The resource's code without the line numbers beside it."""
    lines = [line[1] for line in block or () if isinstance(line, list) and len(line) > 1]
    return "".join(text for text in lines if isinstance(text, str)).rstrip() or None
