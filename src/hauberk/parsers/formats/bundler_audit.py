"""bundler-audit: known vulnerabilities of Ruby gems, and sources of gems without encryption."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import bundler_audit as dialect
from hauberk.parsers.dialects import junit

_DOCS = "https://github.com/rubysec/bundler-audit#synopsis"


@sdk.parser(
    id="bundler-audit-json",
    scanner="bundler-audit",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(values={"results.item.type": "unpatched_gem|insecure_source"}),
        sdk.JsonKeys("version", "created_at", empty=("results",)),
    ),
    items=sdk.JsonItems("results.item"),
    header={"tool_version": "version", "scanned_at": "created_at"},
    versions="0.8 and later",
)
def bundler_audit(result: sdk.Json) -> sdk.Findings:
    """`bundle audit check --format json --output bundler-audit.json`"""
    if "gem" not in result:  # the type is `insecure_source`
        yield dialect.insecure(result["source"])
        return
    yield dialect.unpatched(result["gem"], result["advisory"])


@sdk.parser(
    id="bundler-audit-text",
    scanner="bundler-audit",
    title="bundler-audit (text)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^Name: \S+\s*$", r"^Version: \S+\s*$", r"^Solution: "),
        sdk.TextLines(f"^{dialect.INSECURE}"),
    ),
    versions="all",
)
def bundler_audit_text(report: sdk.Report) -> sdk.Findings:
    """`bundle audit check > bundler-audit.txt`"""
    for said in _blocks(report):
        if "insecure" in said:
            yield dialect.insecure(said["insecure"])
            continue
        cve, ghsa = said.get("CVE"), said.get("GHSA")
        advisory = {
            "id": said.get("Advisory") or cve or ghsa or said.get("Title") or said.get("URL"),
            "title": said.get("Title"),
            "description": said.get("Description"),
            "cve": cve and cve.removeprefix("CVE-"),
            "ghsa": ghsa and ghsa.removeprefix("GHSA-"),
            "criticality": said.get("Criticality"),
            "url": said.get("URL"),
            "patched_versions": dialect.patched(said.get("Solution", "")),
        }
        yield dialect.unpatched({"name": said["Name"], "version": said.get("Version")}, advisory)


def _blocks(report: sdk.Report) -> Iterator[dict[str, str]]:
    """One for each gem: lines of a word, a colon and its value, up to an empty line. `--verbose` has paragraphs in it."""
    said: dict[str, str] = {}
    telling = False
    for node in report.lines():
        telling = telling and not node.value.startswith("Solution: ")
        key, colon, value = node.value.partition(": ")
        if telling:
            said["Description"] += f"{node.value.strip()}\n"
        elif node.value.rstrip() == "Description:":
            said["Description"], telling = "", True
        elif node.value.startswith(dialect.INSECURE):
            yield {"insecure": node.value.removeprefix(dialect.INSECURE)}
        elif colon:
            said[key] = value.strip()
        elif "Name" in said:
            yield said
            said = {}
    if "Name" in said:
        yield said


@sdk.parser(
    id="bundler-audit-junit-xml",
    scanner="bundler-audit",
    title="bundler-audit JUnit",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=junit.sniff(says=r'<testsuites [^>]*name="Bundle Audit"'),
    versions="0.9 and later",
)
def bundler_audit_junit(report: sdk.Report) -> sdk.Findings:
    """`bundle audit check --format junit --output bundler-audit.xml`"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    for message, full in junit.failures(case):
        if message and message.startswith(dialect.INSECURE):
            yield dialect.insecure(message.removeprefix(dialect.INSECURE))
            continue
        said = {
            key.strip(): value.strip()
            for key, _, value in (line.partition(": ") for line in full.splitlines())
        }
        known = said.get("Advisory", "").split()
        advisory = {
            "id": next(iter(known), None) or said["Title"],
            "title": said.get("Title"),
            "identifiers": known,
            "criticality": said.get("Criticality"),
            "url": said.get("URL"),
            "patched_versions": dialect.patched(said.get("Solution", "")),
        }
        yield dialect.unpatched({"name": said["Name"], "version": said.get("Version")}, advisory)
