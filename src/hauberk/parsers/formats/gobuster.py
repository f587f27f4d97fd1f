"""Gobuster: paths of a web server and its other hosts, guessed from word lists."""

import re
from urllib.parse import urljoin

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_LINE = re.compile(
    r"^(?P<is_host>Found: )?(?P<found>\S+)\s+\(?Status: (?P<code>\d{3})\)?(?: \[Size: (?P<size>\d+)\])?"
    r"(?: \[--> (?P<to>[^\]]*)\])?"
)
_NAME = re.compile(
    r"^Found: (?P<name>[\w.-]+\.[\w-]+)\.?(?: \[(?P<addresses>[^\]]+)\]| IPs: (?P<ips>\S+))?(?: CNAME: (?P<cname>\S+))?$"
)
_URL = re.compile(r"^\[\+\] Url(?:/Domain)?\s*: *(?P<url>\S+)")
_AROUND = re.compile(r"=+$|\[[+!]\]|Gobuster v|by OJ Reeves|\d{4}/\d\d/\d\d |Progress: |Starting |Finished")
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")


@sdk.parser(
    id="gobuster-txt",
    scanner="Gobuster",
    docs="https://github.com/OJ/gobuster#dir-mode",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^(?:\x1b\S*)?(?:Found: )?[^\s\x1b]+\s+\(?Status: \d{3}\b"),
        sdk.TextLines(
            r"^(?:\x1b\S*)?Found: [\w.-]+\.[\w-]+\.?(?: \[[^\]]+\]| IPs: \S+| CNAME: \S+|\x1b\S*)*\s*$"
        ),
    ),
    versions="2 and 3, modes `dir`, `vhost` and `dns`: what `-o` writes, and what the terminal shows",
)
def gobuster(report: sdk.Report) -> sdk.Findings:
    """`gobuster dir -e -u https://app.example -w words.txt -o gobuster.txt`; without `-e` it names no host."""
    base = ""
    for node in report.lines():
        line = _CONTROL.sub("", str(node.value)).strip()
        if url := _URL.match(line):
            base = url["url"]
        elif match := _LINE.match(line):
            found = match["found"]
            address = f"http://{found}" if match["is_host"] and "://" not in found else urljoin(base, found)
            yield found_paths.answer(address, match["code"], size=match["size"], redirect=match["to"])
        elif match := _NAME.match(line):
            yield _name(**match.groupdict())
        elif line and not _AROUND.match(line):
            yield sdk.ItemProblem(position=node.position, reason="it is no line about a path")


def _name(name: str, addresses: str | None, ips: str | None, cname: str | None) -> sdk.ReportedFinding:
    """A name that the domain has, with what it leads to where that was asked for."""
    found = [each.strip() for each in (addresses or ips or "").split(",")]
    proof = "\n".join(sdk.texts([*found, f"CNAME {cname}" if cname else None])) or None
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"Name in the DNS: {name}",
        severity=sdk.Severity.INFO,  # whether it should be there, only its owner knows
        rule_id="dns-name",
        locations=(sdk.Location(host=name, host_ids=sdk.machine(found), evidence=proof),),
        target=name,
    )
