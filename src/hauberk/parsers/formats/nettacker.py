"""OWASP Nettacker: what its modules found on hosts and ports, as JSON and as CSV of today and before version 0.3."""

from hauberk.parsers import sdk

_DOCS = "https://github.com/OWASP/Nettacker/wiki/Usage"
_COLUMNS = ("date", "target", "module_name", "port", "event")
_BEFORE = ("HOST", "PORT", "TYPE", "DESCRIPTION", "CATEGORY", "SCAN_ID")


@sdk.parser(
    id="nettacker-json",
    scanner="Nettacker",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.module_name", "item.target", "item.event", "item.port"),
    items=sdk.JsonItems("item"),
    versions="0.3 and later",
)
def nettacker(event: sdk.Json) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.json`"""
    yield _event(event)


@sdk.parser(
    id="nettacker-csv",
    scanner="Nettacker",
    title="Nettacker CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="0.3 and later",
)
def nettacker_csv(row: sdk.Row) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.csv`"""
    yield _event(row)


@sdk.parser(
    id="nettacker-json-v0",
    scanner="Nettacker",
    title="Nettacker (before 0.3)",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys(*_BEFORE),
    items=sdk.JsonLines(),
    versions="0.0.1 to 0.2",
)
def nettacker_v0(event: sdk.Json) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.json`"""
    yield _before(event)


@sdk.parser(
    id="nettacker-csv-v0",
    scanner="Nettacker",
    title="Nettacker CSV (before 0.3)",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_BEFORE),
    items=sdk.CsvRows(*_BEFORE),
    versions="0.1 and 0.2",
)
def nettacker_csv_v0(row: sdk.Row) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.csv`"""
    yield _before(row)


def _before(event: sdk.Json) -> sdk.ReportedFinding:
    """A login that was guessed is told apart from the description; the password is only ever hashed."""
    login = sdk.text(event.get("USERNAME"))
    said = {
        "module_name": event["TYPE"],
        "target": event["HOST"],
        "port": event.get("PORT"),
        "date": event.get("TIME"),
        "event": sdk.paragraphs(event.get("DESCRIPTION"), f"login: {login}" if login else None),
    }
    return _event(said, secret=sdk.text(event.get("PASSWORD")))


def _event(event: sdk.Json, secret: str | None = None) -> sdk.ReportedFinding:
    module, target = event["module_name"], event["target"]
    port = sdk.integer(event.get("port"), minimum=1, maximum=65535)
    is_known = module.endswith("_vuln")
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{module}: {target}" + (f":{port}" if port else ""),
        severity=sdk.Severity.UNKNOWN if is_known else sdk.Severity.INFO,  # it rates nothing
        rule_id=module,
        description=sdk.text(event.get("event")),
        identifiers=sdk.identifiers(module.replace("_", "-")),
        locations=(sdk.Location(host=target, port=port, evidence=sdk.text(event.get("event"))),),
        target=target,
        found_at=sdk.timestamp(event.get("date")),
        secret=secret,
    )
