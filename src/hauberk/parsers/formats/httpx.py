"""httpx (ProjectDiscovery): web servers that answer, with what they run, as JSON and CSV."""

from hauberk.parsers import sdk

_DOCS = "https://docs.projectdiscovery.io/opensource/httpx/usage"


@sdk.parser(
    id="httpx-json",
    scanner="httpx",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys("url", "input", "status_code", "failed"),
        sdk.JsonLineKeys("url", "input", "status-code", "failed"),
    ),
    items=sdk.JsonLines(),
    versions="1.x, `-json`",
    may_be_blank=True,
)
def httpx(result: sdk.Json) -> sdk.Findings:
    """`httpx -l hosts.txt -tech-detect -json -o httpx.json`"""
    yield from _answer(result)


@sdk.parser(
    id="httpx-csv",
    scanner="httpx",
    title="httpx CSV",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader("url", "input", "status_code", "webserver", "failed"),
    items=sdk.CsvRows("url", "input", "status_code", "failed"),
    versions="1.x, `-csv`",
)
def httpx_csv(row: sdk.Row) -> sdk.Findings:
    """`httpx -l hosts.txt -csv -o httpx.csv`; which technologies it saw is not to be told apart there"""
    yield from _answer({**row, "tech": (), "failed": row["failed"] == "true"})


def _answer(result: sdk.Json) -> sdk.Findings:
    if result.get("failed") is True:
        return
    code = result.get("status_code") or result.get("status-code")
    said = ("title", "webserver", "content_type", "content_length", "location", "cdn_name")
    proof = "\n".join(f"{name}: {text}" for name in said if (text := sdk.text(result.get(name))))
    software = sdk.texts(result.get("tech") or result.get("technologies") or ())
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"{result['url']} (HTTP {code})",
        severity=sdk.Severity.INFO,
        rule_id=f"http-{code}",
        description=proof or None,
        locations=(sdk.at_url(result["url"], method=sdk.text(result.get("method")), evidence=proof),),
        components=tuple(_component(name) for name in software),
        tags=software,
        target=sdk.text(result.get("input")),
        found_at=sdk.timestamp(result.get("timestamp")),
    )


def _component(name: str) -> sdk.Component:
    """`Nginx:1.25.3`; the version is not always known."""
    product, _, version = name.partition(":")
    return sdk.Component(name=product, version=version or None)
