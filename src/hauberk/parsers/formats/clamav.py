"""ClamAV: the lines of clamscan and clamdscan that name infected files."""

import re

from hauberk.parsers import sdk

# `/srv/a.zip: Win.Test.EICAR_HDB-1 FOUND`, in the log of clamd behind `Thu Jan  5 10:00:00 2023 -> `
_FOUND = re.compile(
    r"(?:\w{3} \w{3} [ \d]\d [\d:]{8} \d{4} -> )?(?P<path>.+): (?P<signature>\S+?)(?:\([0-9a-f]{32,64}:\d+\))? FOUND"
)
_VERSION = re.compile(r"Engine version: (\S+)")  # `Engine version: 1.0.3`


@sdk.parser(
    id="clamav-text",
    scanner="ClamAV",
    docs="https://docs.clamav.net/manual/Usage/Scanning.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^-+ SCAN SUMMARY -+\r?$", r"^Infected files: \d+"),
        sdk.TextLines(r"^.+: \S+ FOUND\r?$"),
    ),
    versions="clamscan, clamdscan and the log of clamd 0.9x and 1.x, with and without hashes",
)
def clamav(report: sdk.Report) -> sdk.Findings:
    """`clamscan -r --infected --log=clamav.log /srv`"""
    for node in report.lines():
        version = _VERSION.match(node.value)
        if version:
            yield sdk.ReportHeader(tool_version=version[1])
        found = _FOUND.fullmatch(node.value.strip())
        if found:
            yield sdk.ReportedFinding(
                kind=sdk.INFRASTRUCTURE,
                title=f"Malware {found['signature']}",
                severity=sdk.Severity.HIGH,  # ClamAV rates nothing: malware is there or not
                rule_id=found["signature"],
                cwes=(506,),  # embedded malicious code
                locations=(sdk.Location(path=found["path"], resource=found["path"]),),
            )
