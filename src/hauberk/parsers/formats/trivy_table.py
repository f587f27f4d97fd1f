"""Trivy's tables, which it writes where nothing else is asked for: one of each target below its name."""

import re
from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import drawn_table
from hauberk.parsers.dialects.trivy import TargetResult

_WORDS = "UNKNOWN|LOW|MEDIUM|HIGH|CRITICAL"
_COUNTED = re.compile(r"(?:Total|Tests): \d+ \(.*\)\s*")  # `Total: 3 (HIGH: 2, CRITICAL: 1)`
_NAMED = re.compile(r"(?P<target>.+) \((?P<type>[^()]+)\)")
_PACKAGE = re.compile(r"(?P<name>\S+) \((?P<path>.+)\)")
_CHECK = re.compile(rf"(?:(?P<id>[\w-]+) \()?(?P<word>{_WORDS})\)?: (?P<title>.+)")
_SECRET = re.compile(r"(?P<category>.+) \((?P<rule>[a-z][\w-]+)\)")
_PLACE = re.compile(r" (?P<path>\S+?):(?P<first>\d+)(?:-(?P<last>\d+))?(?: \(.*\))?\s*")
_LINK = re.compile(r"(?:-->|https?://)(?P<address>\S+)")


@sdk.parser(
    id="trivy-table",
    scanner="Trivy",
    title="Trivy table",
    docs="https://trivy.dev/latest/docs/configuration/reporting/#table-default",
    kinds=[sdk.CONTAINER, sdk.SCA, sdk.IAC, sdk.SECRET],
    sniff=sdk.TextLines(rf"^(?:Total|Failures): \d+ \((?:{_WORDS}): \d+", r"^(?:Total|Tests): \d+ \("),
    versions="all; the JSON report says more",
)
def trivy_table(report: sdk.Report) -> sdk.Findings:
    """`trivy image IMAGE > trivy.txt`"""
    result, target, named, told = TargetResult({}), "", "", [""]
    for part in drawn_table.parts(node.value for node in report.lines()):
        if isinstance(part, dict):
            yield from sdk.each([part], partial(_row, result), target)
            continue
        if part.strip("=─═ ") and not _COUNTED.fullmatch(part):
            named = part.strip() if not part[:1].isspace() else named
        if _COUNTED.fullmatch(part):
            yield from _block(result, told)
            target, result, told = *_target(named), [""]
            yield sdk.ReportHeader(targets=sdk.texts(target))
        elif _CHECK.fullmatch(part):
            yield from _block(result, told)
            told = [part]
        else:
            told.append(part)
    yield from _block(result, told)


def _target(named: str) -> tuple[str, TargetResult]:
    """`shop:1 (debian 12.5)` is what the JSON calls the target of a distribution, `go.mod` that of `go.mod (gomod)`."""
    found = _NAMED.fullmatch(named)
    is_os = found is None or " " in found["type"]
    target = named if found is None or is_os else found["target"]
    return target, TargetResult({"Target": target, "Type": found["type"].split()[0] if found else None})


def _row(result: TargetResult, row: drawn_table.Row) -> sdk.Findings:
    known = row.get("VULNERABILITY ID") or row.get("VULNERABILITY")
    said = {"Severity": row.get("SEVERITY"), **_told(row.get("TITLE") or row.get("MESSAGE") or "")}
    if known and "LIBRARY" in row:
        package = _PACKAGE.fullmatch(row["LIBRARY"])
        said |= {
            "VulnerabilityID": known,
            "PkgName": package["name"] if package else row["LIBRARY"],
            "PkgPath": package["path"] if package else None,
            "InstalledVersion": row.get("INSTALLED VERSION"),
            "FixedVersion": row.get("FIXED VERSION"),
            "Status": row.get("STATUS"),
        }
        yield from result.reader("Vulnerabilities")(said)
    elif row.get("MISCONF ID"):
        said |= {
            "ID": row["MISCONF ID"],
            "Title": row.get("CHECK"),
            "Message": said["Title"],
            "Type": row.get("TYPE"),
        }
        yield from result.reader("Misconfigurations")({**said, "Status": row.get("STATUS")})
    elif row.get("LINE NO"):
        said |= {"RuleID": row["DESCRIPTION"], "Title": row["DESCRIPTION"], "Category": row.get("CATEGORY")}
        yield from result.reader("Secrets")({**said, "StartLine": row["LINE NO"]})
    elif row.get("LICENSE"):
        said |= {"Name": row["LICENSE"], "PkgName": row.get("PACKAGE"), "Category": row.get("CLASSIFICATION")}
        yield from result.reader("Licenses")(said)


def _told(words: str) -> dict[str, str | None]:
    """A title ends with its address, cut short in old versions."""
    link = _LINK.search(words)
    address = link["address"] if link else None
    return {
        "Title": words[: link.start()].strip() if link else words,
        "PrimaryURL": f"https://{address}" if address else None,
    }


def _block(result: TargetResult, told: list[str]) -> Iterator[sdk.ReportedFinding | sdk.ItemProblem]:
    """Misconfigurations and secrets of today stand below each other, each under a double line."""
    check = _CHECK.fullmatch(told[0])
    if check is None or not any(line.startswith("══") for line in told[1:2]):
        return
    text = "\n".join(line.strip() for line in told[2:]).split("──")[0].strip()
    place = next(filter(None, map(_PLACE.fullmatch, told)), None)
    lines = {"StartLine": place["first"], "EndLine": place["last"] or place["first"]} if place else {}
    secret = _SECRET.fullmatch(check["title"])
    said = {"Severity": check["word"], "Title": check["title"], **lines}
    if secret and not check["id"]:
        said |= {"RuleID": secret["rule"], "Title": text or said["Title"], "Category": secret["category"]}
        yield from sdk.each([said], result.reader("Secrets"), check["title"])
        return
    link = _LINK.search(text)
    known_as = link["address"].rstrip("/").rpartition("/")[2].upper() if link else check["title"]
    serial = check["id"] or known_as
    said |= {"ID": serial, "Description": text, "CauseMetadata": lines, "PrimaryURL": link and link[0]}
    yield from sdk.each([said], result.reader("Misconfigurations"), serial)
