"""Trivy's page, by the HTML template that comes with it: one table of all targets."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects.trivy import TargetResult

_TITLE = re.compile(r"(?P<target>.+?) - Trivy Report - ")
_GROUP = re.compile(r"Target: (?P<target>.+) — Type: (?P<type>.*)")


@sdk.parser(
    id="trivy-html",
    scanner="Trivy",
    title="Trivy HTML",
    docs="https://trivy.dev/latest/docs/configuration/reporting/#template",
    kinds=[sdk.CONTAINER, sdk.SCA, sdk.IAC],
    sniff=sdk.HtmlPage(
        '//title[contains(., "Trivy Report - ")] | //h1[contains(., "Trivy Returned Empty Report")]'
    ),
    versions="the template `html.tpl` that comes with Trivy",
)
def trivy_html(report: sdk.Report) -> sdk.Findings:
    """`trivy image --format template --template "@contrib/html.tpl" -o trivy.html IMAGE`"""
    page = report.page()
    titled = _TITLE.match(sdk.words(next(page.iter("title"), None)) or "")
    first = titled["target"] if titled else None
    result, names = TargetResult({"Target": first}), list[str]()
    for row in page.iter("tr"):
        kind = row.get("class") or ""
        if kind == "group-header":
            said = sdk.words(row) or ""
            group = _GROUP.fullmatch(said)
            target, of_type = (group["target"], group["type"]) if group else (first, said)
            result = TargetResult({"Target": target, "Type": of_type})
            yield sdk.ReportHeader(targets=sdk.texts(target))
        elif kind == "sub-header":
            names = [sdk.words(cell) or "" for cell in row.iter("th")]
        elif kind.startswith("severity-"):
            cells = dict(zip(names, row.findall("td"), strict=False))
            yield from sdk.each([cells], partial(_row, result), f"row {row.sourceline}")


def _row(result: TargetResult, cells: dict[str, sdk.HtmlElement]) -> sdk.Findings:
    told = {name: sdk.words(cell) for name, cell in cells.items()}
    linked = cells.get("Links", cells.get("Message"))
    links = [] if linked is None else [str(link) for link in linked.xpath(".//a/@href")]
    said = {"Severity": told["Severity"], "References": links}
    if told.get("Misconf ID"):
        said |= {"ID": told["Misconf ID"], "Title": told.get("Check"), "Type": told.get("Type")}
        message = (told.get("Message") or "").removesuffix(links[0] if links else "").strip()
        yield from result.reader("Misconfigurations")({**said, "Message": message})
        return
    said |= {
        "VulnerabilityID": told["Vulnerability ID"],
        "PkgName": told["Package"],
        "InstalledVersion": told.get("Installed Version"),
        "FixedVersion": told.get("Fixed Version"),
        "PkgPath": told.get("Package Path"),
    }
    yield from result.reader("Vulnerabilities")(said)
