"""Gitleaks: secrets in files and in git history, as versions 1 to 7 and as version 8 report them."""

import msgspec

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit, leaks, secrets

_DOCS = "https://github.com/gitleaks/gitleaks#reporting"
_CLOUDS = {"aws", "azure", "gcp"}  # tags of the rules for keys that open a whole account
_COLUMNS = ("RuleID", "Commit", "File", "Secret", "Match", "StartLine")


@sdk.parser(
    id="gitleaks-json",
    scanner="Gitleaks",
    title="Gitleaks JSON",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=sdk.JsonKeys("item.RuleID", "item.Secret", "item.Match", "item.StartLine"),
    items=sdk.JsonItems("item"),
    versions="Gitleaks 8",
)
def gitleaks(leak: sdk.Json) -> sdk.Findings:
    """`gitleaks git --report-format json --report-path gitleaks.json`, also `gitleaks dir` and `gitleaks detect`"""
    yield leaks.finding(leak)


@sdk.parser(
    id="gitleaks-csv",
    scanner="Gitleaks",
    title="Gitleaks CSV",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="Gitleaks 8",
    may_be_blank=True,
)
def gitleaks_csv(row: sdk.Row) -> sdk.Findings:
    """`gitleaks git --report-format csv --report-path gitleaks.csv`"""
    yield leaks.finding({**row, "Tags": leaks.words(row.get("Tags", ""))})


@sdk.parser(
    id="gitleaks-junit-xml",
    scanner="Gitleaks",
    title="Gitleaks JUnit",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=junit.sniff(says=r'<testsuite [^>]*name="gitleaks"'),
    versions="Gitleaks 8",
)
def gitleaks_junit(report: sdk.Report) -> sdk.Findings:
    """`gitleaks git --report-format junit --report-path gitleaks.xml`; a failure quotes what JSON says"""
    for node in junit.cases(report):
        for _, full in junit.failures(node.value):
            yield from sdk.each([full], _quoted, node.position)


@sdk.parser(
    id="gitleaks-json-v7",
    scanner="Gitleaks",
    title="Gitleaks (up to version 7)",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.offender", "item.rule", "item.commit", "item.file"),
        sdk.JsonKeys("item.offender", "item.reason", "item.commit", "item.file"),
    ),
    items=sdk.JsonItems("item"),
    versions="Gitleaks 1 to 7",
)
def gitleaks_v7(leak: sdk.Json) -> sdk.Findings:
    """`gitleaks --path=. --report=gitleaks.json`"""
    given = sdk.text(leak.get("severity"))  # rules of versions 2 and 3 may have one
    path, rule = leak["file"], sdk.text(leak.get("reason")) or leak["rule"]
    tags = sdk.texts(leaks.words(sdk.text(leak.get("tags")) or ""))
    opens_cloud = not _CLOUDS.isdisjoint(tag.lower() for tag in tags)
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{rule} in {path}",
        severity=sdk.severity(given) if given else secrets.severity(opens_all=opens_cloud),
        severity_reported=given,
        rule_id=rule,
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(leak.get("lineNumber")),
                commit=leaks.commit(leak.get("commit")),
                snippet=sdk.text(leak.get("line")) if secrets.masked(leak["offender"]) else None,
            ),
        ),
        references=sdk.urls(leak.get("leakURL")),
        tags=tags,
        found_at=sdk.timestamp(leak.get("date")),
        secret=secrets.value_of(leak["offender"]),
    )


def _quoted(leak: str) -> sdk.Findings:
    yield leaks.finding(msgspec.json.decode(leak))
