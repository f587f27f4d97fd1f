"""Gobuster: paths of a web server and its other hosts, guessed from word lists."""

import re
from urllib.parse import urljoin

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_LINE = re.compile(
    r"^(?P<is_host>Found: )?(?P<found>\S+)\s+\(?Status: (?P<code>\d{3})\)?(?: \[Size: (?P<size>\d+)\])?"
    r"(?: \[--> (?P<to>[^\]]*)\])?"
)
_FUZZED = re.compile(
    r"^(?:Found: )?\[Status=(?P<code>\d{3})\] \[Length=(?P<size>\d+)\](?: \[Word=(?P<word>[^\]]*)\])? (?P<found>\S+)"
    r"(?: \[--> (?P<to>[^\]]*)\])?$"
)
_NAME = re.compile(
    r"^Found: (?P<name>[\w.-]+\.[\w-]+)\.?(?: \[(?P<addresses>[^\]]+)\]| IPs: (?P<ips>\S+))?(?: CNAME: (?P<cname>\S+))?$"
)
_URL = re.compile(r"^\[\+\] Url(?:/Domain)?\s*: *(?P<url>\S+)")
_AROUND = re.compile(
    r"=+$|\[[+!]\]|Missed: |Gobuster v|by OJ Reeves|\d{4}/\d\d/\d\d |Progress: |Starting |Finished"
)


@sdk.parser(
    id="gobuster-txt",
    scanner="Gobuster",
    docs="https://github.com/OJ/gobuster#dir-mode",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^\r?(?:Found: )?\S+\s+\(?Status: \d{3}\b"),
        sdk.TextLines(r"^(?:Found: )?\[Status=\d{3}\] \[Length=\d+\] "),
        sdk.TextLines(r"^Found: [\w.-]+\.[\w-]+\.?(?: \[[^\]]+\]| IPs: \S+| CNAME: \S+)*\s*$"),
    ),
    versions="2 and 3, modes `dir`, `fuzz`, `vhost` and `dns`: what `-o` writes, and what the terminal shows",
    may_be_blank=True,
)
def gobuster(report: sdk.Report) -> sdk.Findings:
    """`gobuster dir -e -u https://app.example -w words.txt -o gobuster.txt`; without `-e` it names no host."""
    base = ""
    for node in report.lines():
        line = str(node.value).strip()
        if url := _URL.match(line):
            base = url["url"]
        elif match := _LINE.match(line):
            found = match["found"]
            is_path = "://" in found or found.startswith("/")  # `-v` says of these too that they were found
            address = f"http://{found}" if match["is_host"] and not is_path else urljoin(base, found)
            yield found_paths.answer(address, match["code"], size=match["size"], redirect=match["to"])
        elif match := _FUZZED.match(line):
            yield found_paths.answer(
                match["found"],
                match["code"],
                size=match["size"],
                redirect=match["to"],
                evidence=match["word"],
            )
        elif match := _NAME.match(line):
            yield _name(**match.groupdict())
        elif line and not _AROUND.match(line):
            yield sdk.ItemProblem(position=node.position, reason="it is no line about a path")


def _name(name: str, addresses: str | None, ips: str | None, cname: str | None) -> sdk.ReportedFinding:
    """A name that the domain has, with what it leads to where that was asked for."""
    found = sdk.parts(addresses or ips)
    proof = "\n".join(sdk.texts([*found, f"CNAME {cname}" if cname else None])) or None
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"Name in the DNS: {name}",
        severity=sdk.Severity.INFO,  # whether it should be there, only its owner knows
        rule_id="dns-name",
        locations=(sdk.Location(host=name, host_ids=sdk.machine(found), evidence=proof),),
        target=name,
    )
