"""Fortify Static Code Analyzer: the FPR archive (or the FVDL in it), with traces and audits, and the XML report."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import fortify

_DOCS = "https://www.microfocus.com/documentation/fortify-static-code-analyzer-and-tools/"
_LISTING = "ReportSection/SubSection/IssueListing/Chart/GroupingSection"


@sdk.parser(
    id="fortify-fpr",
    scanner="Fortify",
    title="Fortify FPR",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(sdk.XmlRoot("FVDL"), sdk.InArchive("*audit.fvdl", sdk.XmlRoot("FVDL"))),
    versions="FVDL 1.5 to 1.16",
)
def fortify_fpr(report: sdk.Report) -> sdk.Findings:
    """`sourceanalyzer -b ID -scan -f results.fpr`, or an application's *Artifacts*, *Download* in Software Security Center"""
    results = report.member("*audit.fvdl") or report
    tables = fortify.Tables(results, report.member("*audit.xml"))
    for node in results.xml("Build", "Vulnerabilities/Vulnerability"):
        if node.pattern == "Build":
            name = node.value.findtext("{*}Project") or node.value.findtext("{*}BuildID")
            yield sdk.ReportHeader(asset=sdk.text(name), ref=sdk.text(node.value.findtext("{*}Version")))
        else:
            yield from report.read_one(node, partial(_vulnerability, tables))


@sdk.parser(
    id="fortify-xml",
    scanner="Fortify",
    title="Fortify XML report",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("ReportDefinition", "TemplateName", "ReportSection"),
)
def fortify_xml(report: sdk.Report) -> sdk.Findings:
    """`ReportGenerator -format xml -f report.xml -source results.fpr`"""
    yield from report.read(report.xml(f"{_LISTING}/Issue", f"{_LISTING}/GroupingSection/Issue"), _issue)


def _vulnerability(tables: fortify.Tables, found: sdk.XmlElement) -> sdk.Findings:
    kind, instance = _child(found, "ClassInfo"), _child(found, "InstanceInfo")
    rule, name = _said(kind, "ClassID"), ": ".join(sdk.texts([_said(kind, "Type"), _said(kind, "Subtype")]))
    meta = {**tables.rules.get(rule or "", {}), **fortify.groups(instance)}
    severity = fortify.priority(meta, _said(instance, "InstanceSeverity"), _said(instance, "Confidence"))
    about = tables.descriptions.get(rule or "")
    texts = {} if about is None else sdk.child_texts(about)
    gaps = {
        d.get("key", ""): d.get("value", "") for d in found.iterfind(".//{*}ReplacementDefinitions/{*}Def")
    }
    identity = _said(instance, "InstanceID")
    parts = [fortify.filled(texts.get(part), gaps) for part in ("Abstract", "Explanation")]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=name,
        severity=sdk.severity(severity),
        severity_reported=severity,
        rule_id=rule,
        rule_name=name,
        description=sdk.paragraphs(*parts),
        remediation=fortify.filled(texts.get("Recommendations"), gaps),
        cwes=fortify.cwes(meta),
        locations=tuple(_locations(tables, found)),
        references=sdk.urls(*fortify.links(about)),
        tags=sdk.texts([_said(kind, "Kingdom"), _said(kind, "AnalyzerName")]),
        confidence=_said(instance, "Confidence"),
        stable_id=identity,
        suppression=tables.audits.get(identity or ""),
    )


def _locations(tables: fortify.Tables, found: sdk.XmlElement) -> Iterator[sdk.Location]:
    """The place that Fortify shows first, the steps of the trace, the code around the place."""
    places = []
    for entry in found.iterfind(".//{*}Trace/{*}Primary/{*}Entry"):
        reference, node = entry.find("{*}NodeRef"), entry.find("{*}Node")
        place = fortify.place_of(node) if node is not None else None
        if reference is not None:
            place = tables.nodes.get(reference.get("id", ""))
        if place:
            places.append(place)
    function = found.find(".//{*}Context/{*}Function")
    places.sort(key=lambda place: not place.is_main)
    for place in places:
        yield tables.location(place)
    for place in places[:1]:
        yield from tables.around(place)
    if not places and function is not None:
        yield sdk.Location(symbol=f"{function.get('enclosingClass', '')}.{function.get('name', '')}")


def _child(element: sdk.XmlElement, name: str) -> sdk.XmlElement:
    child = element.find(f"{{*}}{name}")
    if child is None:
        raise KeyError(name)
    return child


def _said(element: sdk.XmlElement, name: str) -> str | None:
    return sdk.text(element.findtext(f"{{*}}{name}"))


def _issue(issue: sdk.XmlElement) -> sdk.Findings:
    group = issue.getparent()
    about = [] if group is None else group.findall("{*}MajorAttributeSummary/{*}MetaInfo")
    meta = {_said(each, "Name"): _said(each, "Value") for each in about}
    tags = {_said(tag, "Name"): _said(tag, "Value") for tag in issue.iterfind("{*}Tag")}
    categories = [each.text for each in issue.iterfind("{*}ExternalCategory")]
    priority = _said(issue, "Friority") or _said(issue, "Folder")
    source = issue.find("{*}Source")
    primary = _child(issue, "Primary")
    analysis, comment = tags.get("Analysis"), _said(issue, "Comment/{*}Comment")
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=_said(issue, "Category") or "",
        severity=sdk.severity(priority),
        severity_reported=priority,
        rule_id=issue.get("ruleID"),
        rule_name=_said(issue, "Category"),
        description=sdk.paragraphs(_said(issue, "Abstract"), meta.get("Explanation")),
        remediation=meta.get("Recommendations"),
        cwes=fortify.cwes({"altcategoryCWE": " ".join(sdk.texts(categories))}),
        locations=tuple(_place(each) for each in (primary, source) if each is not None),
        tags=sdk.texts([_said(issue, "Kingdom"), *categories]),
        stable_id=issue.get("iid"),
        suppression=sdk.suppression(analysis == "Not an Issue", justification=comment or analysis),
    )


def _place(at: sdk.XmlElement) -> sdk.Location:
    return sdk.Location(
        path=_said(at, "FilePath") or _said(at, "FileName"),
        line=sdk.line(_said(at, "LineStart")),
        evidence=_said(at, "Snippet"),
    )
