"""Grype's table, which it prints where nothing else is asked for: a line for each match, columns below their names."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_NAME = re.compile(r"\S+(?: \S+)*")
_FIRST = ("NAME", "INSTALLED")


@sdk.parser(
    id="grype-table",
    scanner="Grype",
    title="Grype table",
    docs="https://github.com/anchore/grype#output-formats",
    kinds=[sdk.CONTAINER, sdk.SCA],
    sniff=sdk.TextLines(r"^NAME +INSTALLED +FIXED[- ]IN +(?:TYPE +)?VULNERABILITY +SEVERITY"),
    versions="0.1 and later; the JSON report says more",
)
def grype_table(report: sdk.Report) -> sdk.Findings:
    """`grype IMAGE > grype.txt`"""
    columns: list[tuple[str, int]] = []
    for node in report.lines():
        text = sdk.uncoloured(node.value).rstrip()
        named = [(match[0].replace("-", " "), match.start()) for match in _NAME.finditer(text)]
        if tuple(name for name, _ in named[:2]) == _FIRST:
            columns = named
        elif columns and text:
            yield from sdk.each([dict(_cells(columns, text))], _match, node.position)


def _cells(columns: list[tuple[str, int]], text: str) -> Iterator[tuple[str, str]]:
    ends = [start for _, start in columns[1:]]
    for (name, start), end in zip(columns, [*ends, len(text)], strict=True):
        yield name, text[start:end].strip()


def _match(row: dict[str, str]) -> sdk.Findings:
    known, name, version, kind = row["VULNERABILITY"], row["NAME"], row["INSTALLED"], row.get("TYPE", "")
    if not known or not name:  # what is said below the table
        return
    word, _, aside = row.get("SEVERITY", "").partition(" ")
    fixed = row.get("FIXED IN", "")
    is_of_system = kind in packages.OF_SYSTEM
    is_named_whole = not is_of_system and kind != "java-archive"  # without distribution, without group
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_of_system else sdk.SCA,
        title=packages.title(known, name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=known,
        identifiers=sdk.identifiers(known),
        epss=_share(row.get("EPSS", "")),
        known_exploited=True if "kev" in row.get("RISK", "").lower() else None,
        components=(
            sdk.Component(
                name=name,
                version=version or None,
                purl=sdk.purl(kind, name, version) if is_named_whole else None,
                fixed_versions=() if fixed.startswith("(") else sdk.parts(fixed.replace("*", "")),
            ),
        ),
        tags=("fix:wont-fix",) if fixed.startswith("(won't") else (),
        suppression=sdk.suppression("suppressed" in aside),
    )


def _share(said: str) -> float | None:
    """`0.2% (40th)`; `< 0.1% (5th)` is a bound, and old versions wrote the place alone."""
    percent = sdk.number(said.partition("%")[0]) if "%" in said and said[0] != "<" else None
    return round(percent / 100, 6) if percent is not None else None
