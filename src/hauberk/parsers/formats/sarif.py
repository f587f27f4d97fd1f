"""SARIF 2.1: the interchange format of static analysis, read as the tool that wrote it."""

from collections.abc import Callable
from functools import partial

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
        is_template = rule.title is not None and rule.id is not None and rule.id in rule.title
        title = (
            rule.title if rule.title and not is_template else message or rule.title or rule.name or rule.id
        )
        finding: Callable[..., sdk.ReportedFinding] = partial(
            sdk.ReportedFinding,
            kind=kind,
            title=title.splitlines()[0] if title else "Unnamed result",
            severity=severity,
            severity_reported=reported,
            rule_id=sdk.text(result.get("ruleId")) or rule.id,
            rule_name=rule.name,
            description=message if message != title else rule.description,
            remediation=rule.help
            if "fixes" not in result
            else sdk.text(sdk.pick(result, "fixes.0.description.text")),
            identifiers=rule.identifiers
            or sdk.identifiers(sdk.pick(result, "properties.cve"), result.get("ruleId")),
            cwes=words.cwes_of(result, rule, message),
            cvss=rule.cvss,
            components=(component,) if component else (),
            references=rule.references,
            tags=rule.tags,
            confidence=rule.precision,
            stable_id=sdk.text(result.get("correlationGuid")),
            partial_fingerprints=words.fingerprints_of(result),
            suppression=words.suppression_of(result),
            secret=words.secret_of(result) if kind is sdk.SECRET else None,
        )
        locations = result.get("locations") or ()
        for location in locations:
            place = self._location(location, result)
            if kind is sdk.SECRET:
                place = replace(place, snippet=None)
            yield finding(locations=(place,))
        if not locations:
            yield finding()

    def _location(self, location: sdk.Json, result: sdk.Json) -> sdk.Location:
        artifact = (location.get("physicalLocation") or {}).get("artifactLocation") or {}
        uri = sdk.text(artifact.get("uri")) or self._look_up(
            "artifacts", "location.uri", artifact.get("index")
        )
        logical: sdk.Json = (location.get("logicalLocations") or [{}])[0]
        symbol = (
            sdk.text(logical.get("fullyQualifiedName"))
            or sdk.text(logical.get("name"))
            or self._look_up("logicalLocations", "fullyQualifiedName", logical.get("index"))
        )
        properties = result.get("properties") or {}
        commit = sdk.text(properties.get("commit")) or sdk.text(properties.get("commitSha"))
        return words.location_of(location, uri, symbol, commit)

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
