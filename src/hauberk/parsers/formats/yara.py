"""YARA: files that match a rule, with the rule's metadata and the matched strings where they were asked for."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

# With `-e`, the namespace stands before the rule. A path that begins anyhow is one only behind the lists of `-g` or `-m`.
_MATCH = re.compile(
    r"(?:\w+:)?(?P<rule>[A-Za-z_]\w*)(?P<lists> \[.*\])? (?P<path>(?:/|\./|\.\./|[A-Za-z]:\\|(?<=\] ))\S.*)"
)
_META = re.compile(r'\b(\w{1,60})=(?:"((?:[^"\\]|\\.)*)"|([^,\]]+))')  # `author="her",score=75`
_STRING = re.compile(r"0x[0-9a-fA-F]+:\d*:?\$\w*: .*")  # `0x1f4:$mz: 4D 5A` with `-s`


@sdk.parser(
    id="yara-text",
    scanner="YARA",
    docs="https://yara.readthedocs.io/en/stable/commandline.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(
        r"\A(?!Testing \S[^\n]*\.\.\.\s)"  # so Snyk begins
        r"(?:0x\w+:\$[^\n]*\n)?(?:\w+:)?[A-Za-z_]\w* "
        r"(?:(?:\[[^\n]*\] )?(?:/|\./|\.\./|[A-Za-z]:\\)|\[\w+=[^\n]*\] )\S"
    ),
    versions="3.x and 4.x, also with tags, metadata and strings (`-g -m -s`)",
    may_be_blank=True,
)
def yara(report: sdk.Report) -> sdk.Findings:
    """`yara -r -m -s rules.yar /srv > yara.txt`"""
    match: re.Match[str] | None = None
    strings: list[str] = []
    for node in report.lines():
        found = _MATCH.fullmatch(node.value.strip())
        if found:
            yield from _finding(match, strings)
            match, strings = found, []
        elif _STRING.match(node.value) and len(strings) < 100:
            strings.append(node.value.strip())
    yield from _finding(match, strings)


def _finding(match: re.Match[str] | None, strings: list[str]) -> Iterator[sdk.ReportedFinding]:
    if match is None:
        return
    lists = match["lists"] or ""
    meta = {name.lower(): quoted or plain for name, quoted, plain in _META.findall(lists)}
    word = sdk.first(*(meta.get(name) for name in ("severity", "threat_level", "score")))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{match['rule']} matches {match['path']}",
        severity=sdk.severity(word) if word else sdk.Severity.MEDIUM,  # a rule need not say
        severity_reported=word,
        rule_id=match["rule"],
        description=meta.get("description"),
        identifiers=sdk.identifiers(lists),
        cwes=sdk.cwes(lists),
        locations=(
            sdk.Location(path=match["path"], resource=match["path"], evidence="\n".join(strings) or None),
        ),
        references=sdk.links(meta.get("reference")),
    )
