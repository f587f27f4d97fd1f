"""Arachni: a web application scanner framework, as JSON and XML."""

from hauberk.parsers import sdk

_DOCS = "https://github.com/Arachni/arachni/wiki/Command-line-reporter"


@sdk.parser(
    id="arachni-json",
    scanner="Arachni",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("version", "seed", "options.scope", "sitemap"),
        sdk.JsonKeys("version", "seed", "options.browser_cluster"),
        sdk.JsonKeys("issues.item.check.shortname", "issues.item.vector"),
    ),
    items=sdk.JsonItems("issues.item"),
    header={"tool_version": "version", "scanned_at": "finish_datetime", "asset": "options.url"},
    versions="1.x",
)
def arachni(issue: sdk.Json) -> sdk.Findings:
    """`arachni https://app.example --report-save-path=app.afr && arachni_reporter app.afr --reporter=json`"""
    yield _finding(issue)


@sdk.parser(
    id="arachni-xml",
    scanner="Arachni",
    title="Arachni XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("report", "issues/issue/check/shortname"),
        sdk.XmlRoot("report", "seed", "sitemap", "finish_datetime"),
    ),
    versions="1.x",
)
def arachni_xml(report: sdk.Report) -> sdk.Findings:
    """`arachni https://app.example --report-save-path=app.afr && arachni_reporter app.afr --reporter=xml`"""
    for node in report.xml("finish_datetime", "version", "issues/issue"):
        if node.pattern == "version":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value.text))
        elif node.pattern == "finish_datetime":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.text))
        else:
            yield from report.read_one(node, _issue)


def _issue(issue: sdk.XmlElement) -> sdk.Findings:
    """In the words of its JSON."""
    said: dict[str, sdk.Json] = sdk.child_texts(issue)
    for name in ("check", "vector"):
        said[name] = {sdk.local_name(each.tag): each.text for each in issue.iterfind(f"{name}/*")}
    request = {sdk.local_name(each.tag): each.text for each in issue.iterfind("page/request/*")}
    said["request"] = request | {"headers_string": request.get("raw"), "effective_body": None}
    said["response"] = {"headers_string": issue.findtext("page/response/raw_headers")}
    said["references"] = {
        each.get("title"): each.get("url") for each in issue.iterfind("references/reference")
    }
    yield _finding(said | {"trusted": said.get("trusted") == "true", "tags": ()})


def _finding(issue: sdk.Json) -> sdk.ReportedFinding:
    vector, request, response = (issue.get(name) or {} for name in ("vector", "request", "response"))
    proof = sdk.paragraphs(
        issue.get("proof"),
        request.get("headers_string"),
        request.get("effective_body"),
        response.get("headers_string"),
    )
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=issue["name"],
        severity=sdk.severity(issue.get("severity")),
        severity_reported=sdk.text(issue.get("severity")),
        rule_id=sdk.text(sdk.pick(issue, "check.shortname")),
        rule_name=sdk.text(sdk.pick(issue, "check.name")),
        description=sdk.text(issue.get("description")),
        remediation=sdk.text(issue.get("remedy_guidance")),
        identifiers=sdk.identifiers(issue["name"]),
        cwes=sdk.cwes(issue.get("cwe")),
        locations=(
            sdk.at_url(
                request.get("url") or response.get("url") or vector.get("url"),
                method=(sdk.text(request.get("method")) or "").upper() or None,
                parameter=sdk.text(vector.get("affected_input_name")),
                evidence=proof,
            ),
        ),
        references=sdk.urls(list((issue.get("references") or {}).values()), issue.get("cwe_url")),
        tags=sdk.texts(issue.get("tags") or ()),
        confidence="trusted" if issue.get("trusted") is True else "untrusted",
        stable_id=sdk.text(issue.get("digest")),
    )
