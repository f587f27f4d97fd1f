"""ZAP's report as Markdown: a heading for each alert, its instances as a list within."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import zap

_ALERT = re.compile(r"### \[ (?P<name>.+) \]\((?:\S*/(?P<pluginid>\d+(?:-\d+)?)/?)?\)")
_RISK = re.compile(r"##### (\w[\w ]*(?: \([\w ]+\))?)")
_SECTION = re.compile(r"### (?P<name>Description|Solution|Reference)")
_URL = re.compile(r"\* URL: (\S.*)")
_TOLD = re.compile(r" {2}\* (?P<name>[A-Z][\w ]+): `(?P<value>.*)")
_CWE = re.compile(r"#### CWE Id ?: \[? ?(\d+)")
_COUNTED = re.compile(r"\| .+ \| (?:High|Medium|Low|Informational|False Positive) \| \w+ \|")
_LINK = re.compile(r"\* \[ (\S+) \]")
_SECTIONS = {"Description": "desc", "Solution": "solution", "Reference": "reference"}


@sdk.parser(
    id="zap-markdown",
    scanner="ZAP",
    title="ZAP Markdown",
    docs="https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-md/",
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^# ZAP .*Scanning Report", r"^\| Risk Level \| Number of Alerts \|"),
    versions="2.11 and later, the traditional report; XML and JSON say more",
)
def zap_markdown(report: sdk.Report) -> sdk.Findings:
    """`zap-baseline.py -t https://app.example -w zap.md`"""
    alert: _Alert | None = None
    hosts: dict[str, None] = {}
    awaited, is_detailed = 0, False
    for node in report.lines():
        begun = _ALERT.fullmatch(node.value.strip())
        if begun:
            awaited -= 1
            if alert is not None:
                yield from report.read_one(alert.node, alert.findings)
            alert = _Alert(node, begun)
        elif alert is not None and (address := alert.add(node.value)):
            hosts |= dict.fromkeys(filter(None, [sdk.at_url(address).host]))
        elif alert is None:
            awaited += bool(_COUNTED.fullmatch(node.value.strip()))
            is_detailed = is_detailed or node.value.strip() == "## Alert Detail"
    if awaited > 0 or not is_detailed or (alert is not None and not alert.is_whole):
        raise sdk.ReportError(
            "truncated", "The report ends before its last alert does; the file was cut off."
        )
    if alert is not None:
        yield from report.read_one(alert.node, alert.findings)
    asset = next(iter(hosts)) if len(hosts) == 1 else None
    yield sdk.ReportHeader(scanner="ZAP", asset=asset, asset_kind="site" if asset else None)


class _Alert:
    """What is said of an alert, line by line."""

    def __init__(self, node: sdk.Node, heading: re.Match[str]) -> None:
        self.node = node
        self._said: dict[str, sdk.Json] = {
            "name": heading["name"],
            "pluginid": heading["pluginid"] or heading["name"],
        }
        self._passages: dict[str, list[str]] = {name: [] for name in _SECTIONS.values()}
        self._instances: list[dict[str, sdk.Json]] = []
        self.is_whole = False
        self._section = ""
        self._open = ""  # what an instance says may have several lines, up to the second backtick

    def add(self, line: str) -> str | None:
        """The address, where the line tells one."""
        if self._open:
            self._tell(self._open, f"{self._instances[-1][self._open]}\n{line}")
        elif section := _SECTION.fullmatch(line.strip()):
            self._section = _SECTIONS[section["name"]]
        elif url := _URL.fullmatch(line.strip()):
            self._section = ""
            self._instances.append({"uri": url[1]})
            return url[1]
        elif (told := _TOLD.fullmatch(line)) and self._instances:
            self._tell(zap.OF_INSTANCE.get(told["name"].lower(), told["name"]), told["value"])
        elif risk := _RISK.fullmatch(line.strip()):
            self._said |= zap.rated(risk[1])
        elif line.startswith("#### "):
            self._section = ""
            self.is_whole = line.startswith("#### Source ID")
            known = _CWE.match(line)
            self._said |= {"cweid": known[1]} if known else {}
        elif self._section:
            link = _LINK.match(line)
            self._passages[self._section].append(link[1] if link else line)
        return None

    def _tell(self, name: str, value: str) -> None:
        is_whole = value.endswith("`")
        self._instances[-1][name] = value.removesuffix("`") if is_whole else value
        self._open = "" if is_whole else name

    def findings(self, _heading: str) -> sdk.Findings:
        passages = {name: "\n".join(lines).strip() for name, lines in self._passages.items()}
        yield from zap.alert(None, {**self._said, **passages, "instances": self._instances})
