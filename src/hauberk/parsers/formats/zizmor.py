"""zizmor: GitHub Actions' workflows, and what stands beside them."""

from functools import partial

from hauberk.parsers import sdk

_ABOUT_SECRETS = ("hardcoded-container-credentials",)  # what it quotes holds them
_SEVERITIES: sdk.Scale = {  # https://docs.zizmor.sh/usage/#filtering-results
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
    "unknown": sdk.Severity.UNKNOWN,
}


@sdk.parser(
    id="zizmor-json",
    scanner="zizmor",
    docs="https://docs.zizmor.sh/usage/#json",
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys(
        "item.ident",
        "item.desc",
        "item.determinations.severity",
        "item.locations.item.symbolic",
        "item.locations.item.concrete",
    ),
    items=sdk.JsonItems("item"),
    versions="0 and 1, `--format json` and `--format json-v1`",
)
def zizmor(finding: sdk.Json) -> sdk.Findings:
    """`zizmor --format json . > zizmor.json`"""
    places = [place for place in sdk.listed(finding["locations"]) if _kind(place) != "Hidden"]
    places.sort(key=lambda place: _kind(place) != "Primary")  # what stands first is what the finding is about
    word = sdk.text(sdk.pick(finding, "determinations.severity"))
    note = sdk.text(sdk.pick(places[0], "symbolic.annotation")) if places else None
    desc, rule = finding["desc"], finding["ident"]
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=f"{desc}: {note}" if note and note != desc else desc,
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule,
        locations=tuple(map(partial(_location, rule not in _ABOUT_SECRETS), places)),
        references=sdk.urls(finding.get("url")),
        confidence=sdk.text(sdk.pick(finding, "determinations.confidence")),
        suppression=sdk.suppression(finding.get("ignored") is True, where="inline"),
    )


def _kind(place: sdk.Json) -> str | None:
    """`Primary`, `Related` or `Hidden`; the first versions told no more than whether it is primary."""
    is_primary = sdk.pick(place, "symbolic.primary") is True
    return "Primary" if is_primary else sdk.text(sdk.pick(place, "symbolic.kind"))


def _location(is_quoted: bool, place: sdk.Json) -> sdk.Location:  # noqa: FBT001 — for `partial`
    route, at = _route(place), sdk.pick(place, "concrete.location")
    begin, end = sdk.pick(at, "start_point"), sdk.pick(at, "end_point")
    line, end_line = _counted_from_one(begin, "row"), _counted_from_one(end, "row")
    if line and end_line and end_line > line and sdk.pick(end, "column") == 0:
        end_line -= 1  # it ends before the line begins
    return sdk.Location(
        path=_path(place),
        line=line,
        end_line=end_line,
        column=_counted_from_one(begin, "column"),
        symbol=".".join(route) or None,
        snippet=sdk.text(sdk.pick(place, "concrete.feature")) if is_quoted and not _is_whole(route) else None,
        message=sdk.text(sdk.pick(place, "symbolic.annotation")),
    )


def _path(place: sdk.Json) -> str | None:
    key = sdk.pick(place, "symbolic.key")
    told = next(iter(key.values()), None) if isinstance(key, dict) else None  # {"Local": …}, {"Remote": …}
    given = [sdk.pick(told, name) for name in ("verbatim_path", "given_path", "path")]
    return sdk.first(*given, sdk.pick(place, "symbolic.name"))


def _route(place: sdk.Json) -> tuple[str, ...]:
    """`jobs`, `build`, `steps`, `run`: without the steps' numbers, for one more above makes no finding new."""
    told = sdk.pick(place, "symbolic.route")
    steps = sdk.listed(sdk.pick(told, "route") or sdk.pick(told, "components"))
    return tuple(key for key in (sdk.text(sdk.pick(step, "Key")) for step in steps) if key)


def _is_whole(route: tuple[str, ...]) -> bool:
    """What is about a whole file or job quotes all of it: any change in there would be another finding."""
    return not route or (len(route) == 2 and route[0] == "jobs")


def _counted_from_one(point: sdk.Json, name: str) -> int | None:
    number = sdk.integer(sdk.pick(point, name))
    return None if number is None else number + 1
