"""WPScan for people: what it prints of a WordPress, its themes and plug-ins, and of what was found beside."""

import re

from hauberk.parsers import sdk

_BLOCK = re.compile(r"\[[+!]\] (\S.*)")
_SECTION = re.compile(r"\[i\] (\S.*):|(\w.* Finding\(s\)):")
_SAID = re.compile(r"\| ?(.*)")
_FLAW = re.compile(r"\[!\] Title: (\S.*)")
_FIELD = re.compile(r"(Location|Found By|Confidence|Interesting Entry|Fixed in|Version): (\S.*)")
_WORDPRESS = re.compile(r"WordPress version (\S+) identified.*")
_THEME = re.compile(r"WordPress theme in use: (\S+)")
_ABOUT = re.compile(
    r"(?:\[\+\] )?(URL(?=: http)|Started|Finished|Scan Aborted|Version(?= \d)):? (.*?)(?: \[[\d.:a-f]+\])?"
)
_CVE = re.compile(r"cvename\.cgi\?name=(CVE-[\d-]+)")
_PAGE = re.compile(r"wpscan\.com/vulnerability/([\w-]+)|wpvulndb\.com/vulnerabilities/(\d+)")
_LEAKS = ("Config Backup", "Db Export", "DB Export")
_PARTS = ("Plugin", "Theme", "Timthumb")


@sdk.parser(
    id="wpscan-text",
    scanner="WPScan",
    title="WPScan text",
    docs="https://github.com/wpscanteam/wpscan/wiki/WPScan-User-Documentation",
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(
        r"WordPress Security Scanner by the WPScan Team",
        r"^\W*URL: http|Scan Aborted: ",
        r"^ +Version v?(?:[3-9]|\d\d)\.",
    ),
    versions="3.x",
)
def wpscan_text(report: sdk.Report) -> sdk.Findings:
    """`wpscan --url https://blog.example --enumerate vp,vt --api-token … --no-banner -o wpscan.txt`"""
    about = _about(report)
    url = about.get("URL")
    yield sdk.ReportHeader(
        asset=sdk.at_url(url).host,
        asset_kind="site",
        targets=sdk.texts(url),
        scanned_at=sdk.timestamp(about.get("Finished") or about.get("Started")),
        tool_version=about.get("Version"),
    )
    block: _Block | None = None
    section = line = ""
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        said, begun = _SAID.fullmatch(line), _BLOCK.fullmatch(line)
        if block is not None and line and not said:
            yield from block.findings(url)
            block = None
        if begun:
            block = _Block(begun[1], section)
        elif said and block is not None:
            block.add(said[1])
        elif named := _SECTION.fullmatch(line):
            section = named[1] or named[2]
    if block is not None and line and "Finished" not in about:
        yield sdk.ItemProblem(position="end", reason=f"what is said of {block.name} was cut off")
    elif block is not None:
        yield from block.findings(url)
    elif "Scan Aborted" in about and not section:
        reason = about["Scan Aborted"]
        raise sdk.ReportError("schema_mismatch", f"WPScan gave up: {reason[:200]}")


def _about(report: sdk.Report) -> dict[str, str]:
    lines = (sdk.uncoloured(node.value).strip() for node in report.lines())
    return {said[1]: said[2] for said in map(_ABOUT.fullmatch, lines) if said}


class _Block:
    """What is said under a heading: of a part with its vulnerabilities, or of something found."""

    def __init__(self, name: str, section: str) -> None:
        self.name = name
        self._section = section
        self._about: dict[str, list[str]] = {}
        self._flaws: list[dict[str, list[str]]] = []

    def add(self, text: str) -> None:
        text = text.strip()
        place = self._flaws[-1] if self._flaws and "end" not in self._flaws[-1] else self._about
        if flaw := _FLAW.fullmatch(text):
            self._flaws.append({"title": [flaw[1]]})
        elif field := _FIELD.fullmatch(text):
            place.setdefault(field[1], []).append(field[2])
        elif text.startswith("- "):
            place.setdefault("entries", []).append(text[2:])
        elif not text and self._flaws:
            self._flaws[-1]["end"] = []

    def findings(self, url: str | None) -> sdk.Findings:
        wordpress, theme = _WORDPRESS.fullmatch(self.name), _THEME.fullmatch(self.name)
        number = (self._about.get("Version") or [""])[0].partition(" ")[0]
        if wordpress:
            yield from self._vulnerabilities(sdk.Component(name="WordPress", version=wordpress[1]), url)
        elif theme or self._section.startswith(_PARTS):
            name = theme[1] if theme else self.name
            yield from self._vulnerabilities(sdk.Component(name=name, version=number or None), url)
        elif "Found By" in self._about and self._section.startswith(_LEAKS):  # passwords are in it
            yield self._found(url, sdk.Severity.HIGH)
        elif "Found By" in self._about and "Finding(s)" in self._section:
            yield self._found(url, sdk.Severity.INFO)

    def _vulnerabilities(self, component: sdk.Component, url: str | None) -> sdk.Findings:
        """Without a score, a known vulnerability is medium until somebody looks, as of the JSON report."""
        place = sdk.at_url(sdk.first(*self._about.get("Location", ()), url))
        for said in self._flaws:
            links = " ".join(said.get("entries", ()))
            page = _PAGE.search(links)
            fixed = sdk.texts(said.get("Fixed in"))
            yield sdk.ReportedFinding(
                kind=sdk.DAST,
                title=said["title"][0],
                severity=sdk.Severity.MEDIUM,
                rule_id=sdk.first(*page.groups()) if page else None,
                remediation=f"Update to {fixed[0]}." if fixed else None,
                identifiers=sdk.identifiers(_CVE.findall(links), said["title"]),
                cwes=(1035,),
                locations=(place,),
                components=(
                    sdk.Component(name=component.name, version=component.version, fixed_versions=fixed),
                ),
                references=sdk.urls([link for link in said.get("entries", ()) if not _CVE.search(link)]),
                target=url,
            )

    def _found(self, url: str | None, severity: sdk.Severity) -> sdk.ReportedFinding:
        links = sdk.urls(self._about.get("entries"))
        entries = [each for each in self._about.get("entries", ()) if each not in links]
        entries += self._about.get("Interesting Entry", [])
        address = next((word for word in self.name.split() if word.startswith("http")), url)
        return sdk.ReportedFinding(
            kind=sdk.DAST,
            title=f"Interesting finding: {self.name}",
            severity=severity,
            description=sdk.paragraphs(*self._about.get("Found By", ()), *entries),
            locations=(sdk.at_url(address, evidence="\n".join(entries)),),
            references=links,
            confidence=(self._about.get("Confidence") or [""])[0].rstrip("%") or None,
            target=url,
        )
