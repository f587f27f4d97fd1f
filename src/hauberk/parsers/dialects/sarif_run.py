"""One run of a SARIF report: its tool, told once, and what its results say beyond that."""

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sarif, sarif_older

_NOT_FOUND = ("pass", "notApplicable")


class Run:
    """One run; what its results refer to by index is looked up in a second pass, only when it is missing."""

    def __init__(self, report: sdk.Report, name: str) -> None:
        self._report = report
        self._name = name
        self._tool: sarif.Tool | None = None
        self._is_older = False
        self._tables: dict[str, list[str | None]] = {}
        self._commons: dict[tuple[object, ...], sdk.ReportedFinding] = {}
        if report.unchanged is not None:
            report.unchanged.forget()

    def know(self, tool: sdk.Json) -> sdk.ReportHeader:
        self._is_older = sarif_older.is_older(tool)
        if self._is_older:
            tool = sarif_older.tool_of(tool, self._rules())
        self._tool = sarif.Tool(tool)
        if self._report.unchanged is not None:
            self._report.unchanged.under(sdk.json_text(tool))
        return sdk.ReportHeader(scanner=self._tool.name, tool_version=self._tool.version)

    def results(self, node: sdk.Node) -> sdk.Findings:
        if self._tool is None:  # it stands behind its results
            found = (
                each.value for each in self._report.json("runs.item.tool") if each.container == self._name
            )
            yield self.know(next(found, {"driver": {}}))
        yield from self._report.read_one(node, self._older if self._is_older else self.findings)

    def _older(self, result: sdk.Json) -> sdk.Findings:
        return self.findings(sarif_older.result_of(result))

    def _rules(self) -> sdk.Json:
        nodes = self._report.json(*sarif_older.RULES)
        return next(
            (each.value for each in nodes if each.container.removesuffix(".resources") == self._name), None
        )

    @property
    def tool(self) -> sarif.Tool:
        assert self._tool is not None
        return self._tool

    def header(self, pattern: str, value: sdk.Json) -> sdk.Findings:
        if pattern.endswith("automationDetails"):
            yield sdk.ReportHeader(scope=sarif.category_of(sdk.text(sdk.pick(value, "id"))))
        elif pattern.endswith("versionControlProvenance"):
            repository = sdk.text(sdk.pick(value, "0.repositoryUri"))
            kind = "repository" if repository else None
            yield sdk.ReportHeader(
                ref=sdk.first(sdk.pick(value, "0.branch"), sdk.pick(value, "0.revisionTag")),
                asset=repository,
                asset_kind=kind,
                identifiers=sdk.repository(repository),
            )
        else:
            ended = sdk.pick(value, "0.endTimeUtc") or sdk.pick(value, "0.startTimeUtc")
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(ended))

    def findings(self, result: sdk.Json) -> sdk.Findings:
        """One for each place: several tools put every place of a rule into one result."""
        if result.get("kind") in _NOT_FOUND or result.get("baselineState") == "absent":
            return
        assert self._tool is not None
        rule = self._tool.rule_of(result)
        message = sarif.message_of(result, rule)
        is_plain = sarif.is_plain(result, message)
        common = self._shared(result, rule, message) if is_plain else self._made(result, rule, message)
        commit = None if is_plain else sarif.commit_of(result)
        title = rule.title or message or common.title
        own_words = message if message not in (title, rule.description) else None
        given = result.get("locations")
        places: list[sdk.Location | None] = [None]
        if given:
            places = [self._place(each, common.kind, commit, own_words) for each in given]
        if "webRequest" in result:
            places = sarif.requested(result, places)
        finding = replace(
            common,
            title=title.split("\n", 1)[0],
            description=rule.description or (own_words if not given else None),
            locations=(places[0],) if places[0] else (),
            partial_fingerprints=sarif.fingerprints_of(result),
        )
        if common.kind is sdk.SECRET or not sarif.SAYS_MORE.isdisjoint(result):
            finding = replace(
                finding,
                stable_id=sdk.text(result.get("correlationGuid")),
                is_said_new=result.get("baselineState") == "new",
                suppression=sarif.suppression_of(result),
                secret=sarif.secret_of(result) if common.kind is sdk.SECRET else None,
            )
        yield finding
        for place in places[1:]:
            yield replace(finding, locations=(place,))

    def _shared(self, result: sdk.Json, rule: sarif.Rule, message: str | None) -> sdk.ReportedFinding:
        """What plain results of one rule have in common, made once."""
        key = (id(rule), result.get("ruleId"), result.get("level"), result.get("kind"))
        found = self._commons.get(key)
        if found is None:
            found = self._commons[key] = self._made(result, rule, message)
        return found

    def _made(self, result: sdk.Json, rule: sarif.Rule, message: str | None) -> sdk.ReportedFinding:
        severity, reported = sarif.severity_of(self.tool, result, rule)
        component = sarif.component_of(result, message) or rule.component
        return sdk.ReportedFinding(
            kind=sarif.kind_of(self.tool, result, rule),
            title=rule.name or rule.id or "Unnamed result",
            severity=severity,
            severity_reported=reported,
            rule_id=sdk.text(result.get("ruleId")) or rule.id,
            rule_name=rule.name,
            remediation=sarif.fix_of(result) or rule.help,
            identifiers=rule.identifiers or sdk.identifiers((result.get("properties") or {}).get("cve")),
            cwes=sarif.cwes_of(result, rule, message),
            cvss=rule.cvss,
            components=(component,) if component else (),
            references=rule.references,
            tags=rule.tags,
            confidence=rule.precision,
        )

    def _place(
        self, location: sdk.Json, kind: sdk.FindingKind, commit: str | None, message: str | None
    ) -> sdk.Location:
        physical = location.get("physicalLocation") or {}
        artifact = physical.get("artifactLocation") or {}
        uri = sdk.text(artifact.get("uri"))
        if uri is None and "index" in artifact:
            uri = self._look_up("artifacts", "location.uri", artifact["index"])
        logical = location.get("logicalLocations")
        symbol = self._symbol(logical[0]) if logical else None
        place = sarif.location_of(physical, uri, symbol, commit, message)
        return replace(place, snippet=None) if kind is sdk.SECRET else place

    def _symbol(self, logical: sdk.Json) -> str | None:
        name = sdk.first(logical.get("fullyQualifiedName"), logical.get("name"))
        return name or self._look_up("logicalLocations", "fullyQualifiedName", logical.get("index"))

    def _look_up(self, table: str, path: str, index: sdk.Json) -> str | None:
        place = sdk.integer(index)
        if place is None:
            return None
        if self._report.unchanged is not None:
            self._report.unchanged.depends_on_more()
        if table not in self._tables:
            container = f"{self._name}.{table}"
            nodes = self._report.json(f"runs.item.{table}.item")
            self._tables[table] = [
                sdk.text(sdk.pick(n.value, path)) for n in nodes if n.container == container
            ]
        return self._tables[table][place] if place < len(self._tables[table]) else None
