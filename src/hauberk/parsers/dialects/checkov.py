"""A check of Checkov by the names of its JSON, whichever of its reports it stands in."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_KINDS = {"sca_package": sdk.SCA, "sca_image": sdk.CONTAINER, "secrets": sdk.SECRET}


def kind_of(framework: str) -> sdk.FindingKind:
    return _KINDS.get(framework, sdk.IAC)


def check(kind: sdk.FindingKind, is_skipped: bool, said: sdk.Json) -> sdk.Findings:  # noqa: FBT001 — bound first
    known = said.get("vulnerability_details") or {}
    word = sdk.first(said.get("severity"), known.get("severity"))
    rule = sdk.text(known.get("id")) or said["check_id"]
    package = sdk.text(known.get("package_name"))
    resource = sdk.first(said.get("resource_address"), said.get("resource"))
    comment = sdk.pick(said, "check_result.suppress_comment")
    yield sdk.ReportedFinding(
        kind=kind,
        title=sdk.text(said.get("check_name")) or rule,
        severity=sdk.severity(word) if word else sdk.Severity.MEDIUM,  # without a key nothing is rated
        severity_reported=word,
        rule_id=rule,
        rule_name=sdk.text(said.get("check_class")),
        description=sdk.first(known.get("description"), said.get("description")),
        remediation=sdk.text(known.get("status")),
        identifiers=sdk.identifiers(known.get("id")),
        cvss=sdk.assessments((known.get("vector"), known.get("cvss"), "Prisma Cloud")),
        locations=(
            sdk.Location(
                path=sdk.text(said.get("file_path")),
                line=sdk.line(sdk.pick(said, "file_line_range.0")),
                end_line=sdk.line(sdk.pick(said, "file_line_range.1")),
                snippet=_snippet(said.get("code_block")) if kind == sdk.IAC else None,
                resource=resource if kind in (sdk.IAC, sdk.CONTAINER) else None,
            ),
        ),
        components=tuple(_components(said, known, package, resource if kind == sdk.IAC else None)),
        references=sdk.urls(said.get("guideline"), known.get("link")),
        tags=sdk.texts([said.get("bc_check_id"), said.get("bc_category")]),
        suppression=sdk.suppression(is_skipped, where="inline", justification=comment),
    )


def _components(
    said: sdk.Json, known: sdk.Json, package: str | None, resource: str | None
) -> Iterator[sdk.Component]:
    if package:
        version = sdk.text(known.get("package_version"))
        fixed = sdk.text(known.get("lowest_fixed_version"))
        ecosystem = sdk.first(known.get("package_type"), known.get("package_registry"))
        yield sdk.Component(
            name=package,
            version=version,
            purl=sdk.purl(ecosystem, package, version),
            fixed_versions=sdk.texts(fixed) or sdk.texts(known.get("fixed_versions")),
            path=sdk.text(said.get("file_path")),
        )
    elif resource:
        yield sdk.Component(name=resource)


def _snippet(block: sdk.Json) -> str | None:
    """The resource's code without the line numbers beside it."""
    lines = [line[1] for line in block or () if isinstance(line, list) and len(line) > 1]
    return "".join(text for text in lines if isinstance(text, str)).rstrip() or None
