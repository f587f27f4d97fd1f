"""SARIF 2.1: the interchange format of static analysis, read as the tool that wrote it."""

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sarif as words

_NOT_FOUND = ("pass", "notApplicable")


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
    ),
    versions="2.0 and 2.1",
)
def sarif(report: sdk.Report) -> sdk.Findings:
    """Any tool's SARIF output, for example `semgrep --sarif`, `codeql database analyze --format=sarif-latest`."""
    runs: dict[str, _Run] = {}
    about = [f"runs.item.{name}" for name in ("automationDetails", "versionControlProvenance", "invocations")]
    for node in report.json("runs.item.tool", "runs.item.results.item", *about, required="runs.item"):
        name = node.container.removesuffix(".results")
        run = runs.get(name) or runs.setdefault(name, _Run(report, name))
        if node.pattern == "runs.item.tool":
            run.know(node.value)
        elif node.pattern == "runs.item.results.item":
            yield from report.read(iter((node,)), run.findings)
        else:
            yield from run.header(node.pattern, node.value)
    for run in runs.values():
        yield sdk.ReportHeader(scanner=run.tool.name, tool_version=run.tool.version)


class _Run:
    """One run; what its results refer to by index is looked up in a second pass, only when it is missing."""

    def __init__(self, report: sdk.Report, name: str) -> None:
        self._report = report
        self._name = name
        self._tool: words.Tool | None = None
        self._tables: dict[str, list[str | None]] = {}

    def know(self, tool: sdk.Json) -> None:
        self._tool = words.Tool(tool)

    @property
    def tool(self) -> words.Tool:
        if self._tool is None:
            found = (
                node.value for node in self._report.json("runs.item.tool") if node.container == self._name
            )
            self.know(next(found, {"driver": {}}))
        assert self._tool is not None
        return self._tool

    def header(self, pattern: str, value: sdk.Json) -> sdk.Findings:
        if pattern.endswith("automationDetails"):
            yield sdk.ReportHeader(scope=sdk.text(sdk.pick(value, "id")))
        elif pattern.endswith("versionControlProvenance"):
            repository = sdk.text(sdk.pick(value, "0.repositoryUri"))
            kind = "repository" if repository else None
            yield sdk.ReportHeader(
                ref=sdk.text(sdk.pick(value, "0.branch")), asset=repository, asset_kind=kind
            )
        else:
            ended = sdk.pick(value, "0.endTimeUtc") or sdk.pick(value, "0.startTimeUtc")
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(ended))

    def findings(self, result: sdk.Json) -> sdk.Findings:
        """One for each place: several tools put every place of a rule into one result."""
        if result.get("kind") in _NOT_FOUND or result.get("baselineState") == "absent":
            return
        rule = self.tool.rule_of(result)
        kind = words.kind_of(self.tool, result, rule)
        message = words.message_of(result, rule)
        severity, reported = words.severity_of(result, rule)
        component = words.component_of(result, message)
        title = rule.title or message or rule.name or rule.id or "Unnamed result"
        given = result.get("locations")
        places = [self._place(location, result, kind) for location in given] if given else [None]
        finding = sdk.ReportedFinding(
            kind=kind,
            title=title.split("\n", 1)[0],
            severity=severity,
            severity_reported=reported,
            rule_id=sdk.text(result.get("ruleId")) or rule.id,
            rule_name=rule.name,
            description=message if message != title else rule.description,
            remediation=words.fix_of(result) or rule.help,
            identifiers=rule.identifiers or sdk.identifiers((result.get("properties") or {}).get("cve")),
            cwes=words.cwes_of(result, rule, message),
            cvss=rule.cvss,
            locations=(places[0],) if places[0] else (),
            components=(component,) if component else (),
            references=rule.references,
            tags=rule.tags,
            confidence=rule.precision,
            stable_id=sdk.text(result.get("correlationGuid")),
            partial_fingerprints=words.fingerprints_of(result),
            suppression=words.suppression_of(result),
            secret=words.secret_of(result) if kind is sdk.SECRET else None,
        )
        yield finding
        for place in places[1:]:
            yield replace(finding, locations=(place,))

    def _place(self, location: sdk.Json, result: sdk.Json, kind: sdk.FindingKind) -> sdk.Location:
        artifact = (location.get("physicalLocation") or {}).get("artifactLocation") or {}
        uri = sdk.text(artifact.get("uri"))
        if uri is None and "index" in artifact:
            uri = self._look_up("artifacts", "location.uri", artifact["index"])
        logical = location.get("logicalLocations")
        symbol = self._symbol(logical[0]) if logical else None
        place = words.location_of(location, uri, symbol, words.commit_of(result))
        return replace(place, snippet=None) if kind is sdk.SECRET else place

    def _symbol(self, logical: sdk.Json) -> str | None:
        name = sdk.text(logical.get("fullyQualifiedName")) or sdk.text(logical.get("name"))
        return name or self._look_up("logicalLocations", "fullyQualifiedName", logical.get("index"))

    def _look_up(self, table: str, path: str, index: sdk.Json) -> str | None:
        place = sdk.integer(index)
        if place is None:
            return None
        if table not in self._tables:
            container = f"{self._name}.{table}"
            nodes = self._report.json(f"runs.item.{table}.item")
            self._tables[table] = [
                sdk.text(sdk.pick(n.value, path)) for n in nodes if n.container == container
            ]
        return self._tables[table][place] if place < len(self._tables[table]) else None
