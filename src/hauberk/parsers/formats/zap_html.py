"""ZAP's traditional page: a table for each alert, its instances row by row within."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import zap

_OF_ALERT = {
    "description": "desc",
    "solution": "solution",
    "reference": "reference",
    "cwe id": "cweid",
    "plugin id": "pluginid",
}


@sdk.parser(
    id="zap-html",
    scanner="ZAP",
    title="ZAP HTML",
    docs="https://www.zaproxy.org/docs/desktop/addons/report-generation/",
    kinds=[sdk.DAST],
    sniff=sdk.HtmlPage(
        '//title[contains(., "ZAP") or contains(., "Scanning Report")]',
        '//th[normalize-space() = "Risk Level"]',
        '//td[normalize-space() = "Informational"]',
    ),
    versions="2.8 and later, the traditional page in English; XML and JSON say more",
)
def zap_html(report: sdk.Report) -> sdk.Findings:
    """`zap-baseline.py -t https://app.example -r zap.html`, or Report → Generate Report → Traditional HTML"""
    page = report.page()
    sites = {place for table in page.iter("table") for place in _sites(table)}
    yield sdk.ReportHeader(
        scanner="ZAP",
        asset=next(iter(sites)) if len(sites) == 1 else None,
        asset_kind="site" if len(sites) == 1 else None,
    )
    for table in page.iter("table"):
        if "results" in (table.get("class") or "").split():
            yield from sdk.each([table], _table, f"alert {sdk.words(table.find('.//th[2]'))}")


def _sites(table: sdk.HtmlElement) -> set[str]:
    links = (
        str(link) for link in table.xpath('.//td[contains(@class, "indent1")]/following-sibling::td//a/@href')
    )
    return {host for link in links if (host := sdk.at_url(link).host)}


def _table(table: sdk.HtmlElement) -> sdk.Findings:
    """What follows an address is about it, up to the next."""
    risk, title = (sdk.words(cell) or "" for cell in list(table.iter("th"))[:2])
    said: dict[str, sdk.Json] = {"name": title, **zap.rated(risk)}
    instances: list[dict[str, sdk.Json]] = []
    for cells in (row.findall("td") for row in table.iter("tr")):
        label = (sdk.words(cells[0]) or "").lower() if len(cells) == 2 else ""
        if label == "url":
            instances.append({"uri": sdk.words(cells[1])})
        elif label in zap.OF_INSTANCE and instances:
            instances[-1][zap.OF_INSTANCE[label]] = sdk.words(cells[1])
        elif label in _OF_ALERT:
            said[_OF_ALERT[label]] = sdk.passage(cells[1])
    serial = said.get("pluginid") or title  # before 2.11 it had only its name
    yield from zap.alert(None, {**said, "pluginid": serial, "instances": instances})
