"""WPScan before version 3 for people: what it prints of a WordPress, its themes and plug-ins."""

import re

from hauberk.parsers import sdk

_ABOUT = re.compile(r"(?:\[\+\] )?(?P<name>URL:|Started:|Finished:|Version(?= \d)) (?P<value>\S.*)")
_WORDPRESS = re.compile(r"\[[+!]\] WordPress version (?P<version>\d\S*).*")
_PART = re.compile(r"\[[+!]\] Name: (?P<name>\S+)(?: - v(?P<version>\S+))?.*")
_LOCATION = re.compile(r"\| +Location: (?P<url>\S+)")
_TITLE = re.compile(r"\[!\] Title: (?P<title>\S.*)")
_REFERENCE = re.compile(r"Reference: (?P<url>\S+)")
_FIXED = re.compile(r"\[i\] Fixed in: (?P<version>\S+)")
_FOUND = re.compile(
    r"\[(?:!\](?! \d| We | The version is out of date)|\+\](?=.* (?:available|found) (?:under|in|at):)) (?P<text>\S.*)"
)
_ADDRESS = re.compile(r"'?(?P<url>https?://[^\s']+)'?")
_CVE = re.compile(r"cvename\.cgi\?name=(CVE-[\d-]+)")
_LEAK = re.compile(r"backup|debug\.log|error_log|searchreplacedb2")


@sdk.parser(
    id="wpscan-text-first",
    scanner="WPScan",
    title="WPScan text before version 3",
    docs="https://github.com/wpscanteam/wpscan/wiki/WPScan-User-Documentation",
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(
        r"WordPress Security Scanner by the WPScan Team", r"^\W*URL: http", r"^ +Version v?[12]\.\d"
    ),
    versions="2.x",
)
def wpscan_text_first(report: sdk.Report) -> sdk.Findings:
    """`wpscan --url https://blog.example --enumerate vp,vt > wpscan.txt`"""
    lines = [sdk.uncoloured(node.value).strip() for node in report.lines()]
    about = {said["name"].rstrip(":"): said["value"] for said in map(_ABOUT.fullmatch, lines) if said}
    url = about.get("URL")
    yield sdk.ReportHeader(
        asset=sdk.at_url(url).host,
        asset_kind="site",
        targets=sdk.texts(url),
        scanned_at=sdk.timestamp(about.get("Finished") or about.get("Started"), "%a %b %d %H:%M:%S %Y"),
        tool_version=about.get("Version"),
    )
    part, place = sdk.Component(name="WordPress"), sdk.at_url(url)
    flaw: _Flaw | None = None
    for line in lines:
        title, found = _TITLE.fullmatch(line), _FOUND.fullmatch(line)
        if flaw and line.startswith("["):
            fixed = _FIXED.fullmatch(line)
            yield flaw.finding(part, place, url, fixed["version"] if fixed else None)
            flaw = None
        if wordpress := _WORDPRESS.fullmatch(line):
            part, place = sdk.Component(name="WordPress", version=wordpress["version"]), sdk.at_url(url)
        elif named := _PART.fullmatch(line):
            part, place = sdk.Component(name=named["name"], version=named["version"]), sdk.at_url(url)
        elif location := _LOCATION.fullmatch(line):
            place = sdk.at_url(location["url"])
        elif title:
            flaw = _Flaw(title["title"])
        elif flaw and (reference := _REFERENCE.fullmatch(line)):
            flaw.links.append(reference["url"])
        elif found:
            yield _found(found["text"], url)
    if flaw:
        yield flaw.finding(part, place, url, None)


class _Flaw:
    """A known vulnerability of the part that was named last."""

    def __init__(self, title: str) -> None:
        self._title = title
        self.links: list[str] = []

    def finding(
        self, part: sdk.Component, place: sdk.Location, url: str | None, fixed: str | None
    ) -> sdk.ReportedFinding:
        """Without a score, it is medium until somebody looks, as of the later reports."""
        pages = [link for link in self.links if "wpvulndb.com/vulnerabilities/" in link]
        return sdk.ReportedFinding(
            kind=sdk.DAST,
            title=self._title,
            severity=sdk.Severity.MEDIUM,
            rule_id=pages[0].rstrip("/").rpartition("/")[2] if pages else None,
            remediation=f"Update to {fixed}." if fixed else None,
            identifiers=sdk.identifiers(_CVE.findall(" ".join(self.links)), self._title),
            cwes=(1035,),
            locations=(place,),
            components=(
                sdk.Component(name=part.name, version=part.version, fixed_versions=sdk.texts(fixed)),
            ),
            references=sdk.urls([link for link in self.links if not _CVE.search(link)]),
            target=url,
        )


def _found(text: str, url: str | None) -> sdk.ReportedFinding:
    address = _ADDRESS.search(text)
    name = " ".join(_ADDRESS.sub("", text).rstrip(" :").split())
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"Interesting finding: {name}",
        severity=sdk.Severity.HIGH if _LEAK.search(text) else sdk.Severity.INFO,
        rule_id=name,
        locations=(sdk.at_url(address["url"] if address else url),),
        target=url,
    )
