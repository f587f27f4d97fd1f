"""APKLeaks for people: what it prints, and the text file that it writes where no JSON is asked for."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import apkleaks

_PATTERN = re.compile(r"\[(?P<name>[A-Za-z][\w .-]*)\]")
_MATCH = re.compile(r"- (?P<match>\S.*)")
_PACKAGE = re.compile(r"\*\* Scanning against '(?P<package>[^']+)'")


@sdk.parser(
    id="apkleaks-text",
    scanner="APKLeaks",
    title="APKLeaks text",
    docs="https://github.com/dwisiswant0/apkleaks#usage",
    kinds=[sdk.SECRET, sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(
            r"\*\* Scanning against '\S+'", r"\*\* (?:Decompiling APK|Results saved into|Done with)"
        ),
        sdk.TextLines(
            r"^\[(?:LinkFinder|IP_Address|JSON_Web_Token|Google_API_Key|Firebase|Mac_Address|Mailto"
            r"|Generic_(?:API_Key|Secret)|Facebook_(?:ClientID|OAuth)|Basic_Auth_Credentials"
            r"|[A-Z]\w+_(?:Token|Key|Secret|Auth|Credentials|API|OAuth|ID))\]\r?\n- \S",
        ),
    ),
    versions="2.0 and later",
)
def apkleaks_text(report: sdk.Report) -> sdk.Findings:
    """`apkleaks -f app.apk -o apkleaks.txt`"""
    package: str | None = None
    name = ""
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        if scanned := _PACKAGE.fullmatch(line):
            package = scanned["package"]
            yield sdk.ReportHeader(asset=package)
        elif pattern := _PATTERN.fullmatch(line):
            name = pattern["name"]
        elif name and (found := _MATCH.fullmatch(line)):
            yield apkleaks.finding(package, name, found["match"])
        elif not line:
            name = ""
