"""Trivy as results of tests, by the JUnit template that comes with it."""

import re
from contextlib import suppress

import msgspec

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit
from hauberk.parsers.dialects.trivy import TargetResult

_CHECK = re.compile(r"(?:\[(?P<word>\w+)\] )?(?P<known>.+)")
_RATED = r"\[(?:UNKNOWN|LOW|MEDIUM|HIGH|CRITICAL)\] "


@sdk.parser(
    id="trivy-junit-xml",
    scanner="Trivy",
    title="Trivy JUnit",
    docs="https://trivy.dev/latest/docs/configuration/reporting/#template",
    kinds=[sdk.CONTAINER, sdk.SCA, sdk.IAC],
    sniff=junit.sniff(
        says=rf'<testsuites name="trivy">|<testcase classname="[^"]*" name="(?:{_RATED}|CVE-)[^"]+" time=""'
    ),
    versions="the template `junit.tpl` that comes with Trivy",
)
def trivy_junit(report: sdk.Report) -> sdk.Findings:
    """`trivy image --format template --template "@contrib/junit.tpl" -o junit.xml IMAGE`"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """In the words of its JSON. Where the name does not rate it, a failure without a message does (before 0.18)."""
    failures, named = list(junit.failures(case)), case.get("classname", "")
    if not failures or not (told := _CHECK.fullmatch(case.get("name", "").strip())):
        return
    said = {
        "Title": next((_unquoted(short) for short, _ in failures if short), None),
        "Description": next((_unquoted(full) for short, full in failures if short), None),
        "Severity": told["word"] or next((full for short, full in failures if not short), None),
    }
    suite = case.getparent()
    kind = None if suite is None else suite.find("properties/property[@name='type']")
    target = {"Target": junit.suite_of(case), "Type": None if kind is None else kind.get("value")}
    if sdk.identifiers(told["known"]) and not told["known"].startswith("AVD-"):
        name, version = junit.package(named)
        said |= {"VulnerabilityID": told["known"], "PkgName": name, "InstalledVersion": version}
        yield from TargetResult(target).reader("Vulnerabilities")(said)
    else:
        yield from TargetResult(target).reader("Misconfigurations")(
            {**said, "ID": told["known"], "Type": named}
        )


def _unquoted(words: str) -> str:
    """Before 0.18 the texts were written as Go quotes them."""
    if words.startswith('"'):
        with suppress(msgspec.DecodeError):
            return str(msgspec.json.decode(words))
    return words
