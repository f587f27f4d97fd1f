"""OWASP Dependency-Check's page, which it writes where nothing else is asked for: a section for each dependency."""

import re
from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import dependency_check

_SCORED = re.compile(
    r"CVSSv(?P<version>[234]): (?:Base Score: )?(?P<word>\w+) \((?P<score>[\d.]+)\)(?: (?:Vector: )?(?P<vector>\S+))?"
)
_UNSCORED = re.compile(r"Unscored: Severity: (?P<word>[\w.]+)")
_SOURCE = re.compile(r"\((?P<name>[A-Z]+)\)")
_NPM = "NPM-"

Pieces = list[sdk.HtmlElement]


@sdk.parser(
    id="dependency-check-html",
    scanner="Dependency-Check",
    title="Dependency-Check HTML",
    docs="https://jeremylong.github.io/DependencyCheck/general/thereport.html",
    kinds=[sdk.SCA],
    sniff=sdk.HtmlPage('//title[normalize-space() = "Dependency-Check Report"]'),
    versions="5 and later; the XML and JSON reports say more",
)
def dependency_check_html(report: sdk.Report) -> sdk.Findings:
    """`dependency-check --scan . --format HTML`"""
    for heading in report.page().iter("h3"):
        content = heading.getnext()
        if "subsectionheader" in (heading.get("class") or "") and content is not None:
            name = sdk.words(heading)
            yield from sdk.each([content], partial(_dependency, name), f"{name}")


def _dependency(file_name: str | None, section: sdk.HtmlElement) -> sdk.Findings:
    parts = {sdk.words(heading): heading.getnext() for heading in section.iter("h4")}
    known = parts.get("Identifiers")
    ids = [] if known is None else [{"id": sdk.words(each.find("a"))} for each in known.iter("li")]
    yield from dependency_check.findings(
        {
            "fileName": file_name,
            "packages": ids,
            "vulnerabilities": list(_told(parts.get("Published Vulnerabilities"))),
            "suppressedVulnerabilities": list(_told(parts.get("Suppressed Vulnerabilities"))),
        }
    )


def _told(section: sdk.HtmlElement | None) -> Iterator[sdk.Json]:
    """One begins with its name in bold; what is said of it stands beside, up to the next."""
    named: sdk.HtmlElement | None = None
    pieces: Pieces = []
    for piece in () if section is None else section.iterchildren():
        bold = piece.find(".//b") if piece.tag == "p" else None
        if bold is None:
            pieces.append(piece)
            continue
        if named is not None:
            yield _vulnerability(named, pieces)
        named, pieces = piece, []
    if named is not None:
        yield _vulnerability(named, pieces)


def _vulnerability(named: sdk.HtmlElement, pieces: Pieces) -> sdk.Json:
    name = sdk.words(named.find(".//b")) or ""
    description = next((piece for piece in pieces if piece.tag == "pre"), None)
    rest = " ".join(f"{sdk.words(piece) or ''} {piece.tail or ''}" for piece in pieces if piece.tag != "pre")
    behind = "" if description is None else description.tail or ""
    words = " ".join(f"{behind} {rest}".split())
    scored = {each["version"]: each.groupdict() for each in _SCORED.finditer(words)}
    unscored, source = _UNSCORED.search(words), _SOURCE.search(sdk.words(named) or "")
    best = next((scored[version] for version in "432" if version in scored), None)
    return {
        "name": name.removeprefix(_NPM),
        "severity": best["word"] if best else unscored and unscored["word"],
        "description": sdk.passage(description),
        "notes": words.partition("Notes: ")[2].partition(" CVSSv")[0],
        "cwes": re.findall(r"CWE-\d+", words.partition(" CVSSv")[0]),
        "source": source["name"] if source else None,
        "references": [
            {"url": link} for piece in pieces for link in piece.xpath(".//li[not(@class)]/a/@href")
        ],
        **{f"cvssv{version}": _score(said) for version, said in scored.items()},
    }


def _score(said: dict[str, str | None]) -> sdk.Json:
    """Its second version stands without a prefix; the number of the third is what its vector says."""
    vector = (said["vector"] or "").removeprefix("/")
    if said["version"] == "3" and vector != said["vector"]:
        vector = f"CVSS:3.1/{vector}"
    return {"baseScore": said["score"], "score": said["score"], "vectorString": vector}
