"""MobSF 4: its own assessment of an application (the scorecard); what stands beside it is the inventory behind it."""

from functools import partial

from hauberk.parsers import sdk

_LEVELS: sdk.Scale = {  # https://github.com/MobSF/Mobile-Security-Framework-MobSF: the sections of its scorecard
    "high": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.INFO,
    "secure": sdk.Severity.INFO,
    "hotspot": sdk.Severity.INFO,
}


@sdk.parser(
    id="mobsf-scorecard-json",
    scanner="MobSF",
    title="MobSF 4 and its scorecard",
    docs="https://mobsf.github.io/docs/#/rest_api",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "title", "file_name", "app_name", "md5", "sha256", values={"version": r"v?([4-9]|\d\d)\..*"}
        ),
        sdk.JsonKeys("high", "warning", "secure", "hotspot", later=("security_score",)),
    ),
    versions="4 and later; the scorecard of 3.5 and later",
)
def mobsf_scorecard(report: sdk.Report) -> sdk.Findings:
    """`POST /api/v1/report_json` or `POST /api/v1/scorecard` with the scan's hash, saved as a file"""
    about = ("version", "package_name", "bundle_id", "timestamp", "app_name")
    said = {node.pattern: sdk.text(node.value) for node in report.json(*about)}
    app = said.get("package_name") or said.get("bundle_id") or said.get("app_name")
    yield sdk.ReportHeader(
        tool_version=said.get("version"), asset=app, scanned_at=sdk.timestamp(said.get("timestamp"))
    )
    levels = [path for level in _LEVELS for path in (f"appsec.{level}.item", f"{level}.item")]
    for node in report.json(*levels):
        level = node.pattern.removesuffix(".item").removeprefix("appsec.")
        yield from report.read_one(node, partial(_finding, app, level))


def _finding(app: str | None, level: str, entry: sdk.Json) -> sdk.Findings:
    description = sdk.text(entry.get("description"))
    if entry.get("section") == "secrets" and description:
        description = description.partition("\n")[0]  # the lines below are their values
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(entry["title"]) or "",
        severity=_LEVELS[level],
        severity_reported=level,
        rule_id=sdk.text(entry["title"]),
        description=description,
        cwes=(919,),  # "weaknesses in mobile applications": MobSF names no narrower one here
        locations=(sdk.Location(resource=app, snippet=_setting(description)),),
        references=sdk.urls((description or "").split()),
        tags=sdk.texts(entry.get("section")),
    )


def _setting(description: str | None) -> str | None:
    """The first line of a manifest's finding (`[android:host=http://acme.example]`) tells it from others of its title."""
    first = (description or "").partition("\n")[0]
    return first if first.startswith("[") else None
