"""SARIF: the interchange format of static analysis, read as the tool that wrote it."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects.sarif_run import Run


@sdk.parser(
    id="sarif",
    scanner="SARIF",
    docs="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html",
    kinds=[sdk.SAST, sdk.SECRET, sdk.IAC, sdk.SCA, sdk.CONTAINER, sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("runs", values={"version": r"2\.\d.*"}),
        sdk.JsonKeys("runs.item.tool.driver.name"),
        sdk.JsonKeys("runs", values={"$schema": r".*sarif.*"}),
        sdk.JsonKeys("runs.item.results.item.message", "runs.item.results.item.locations"),
        sdk.JsonKeys(values={"version": r"2\.\d.*", "$schema": r".*sarif.*"}),
        sdk.JsonKeys("runs.item.tool.name", "runs.item.results", values={"version": r"1\.0.*"}),
    ),
    versions="2.1, the drafts of 2.0, and 1.0",
)
def sarif(report: sdk.Report) -> sdk.Findings:
    """Any tool's SARIF output, for example `semgrep --sarif`, `codeql database analyze --format=sarif-latest`."""
    runs: dict[str, Run] = {}
    run, where = None, None
    about = [f"runs.item.{name}" for name in ("automationDetails", "versionControlProvenance", "invocations")]
    paths = ("runs.item.tool", "runs.item.results.item", *about)
    for node in report.json(*paths, required="runs.item", sifted=True):
        if run is None or node.container != where:
            where = node.container
            name = where.removesuffix(".results")
            run = runs.get(name) or runs.setdefault(name, Run(report, name))
        if node.pattern == "runs.item.results.item":
            yield from run.results(node)
        elif node.pattern == "runs.item.tool":
            yield run.know(node.value)
        else:
            yield from run.header(node.pattern, node.value)
