"""PWN: its static analysis, lines that a search found, with the standards that speak of them."""

from hauberk.parsers import sdk


@sdk.parser(
    id="pwn-sast-json",
    scanner="PWN",
    docs="https://github.com/0dayinc/pwn",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("report_name", "data.item.security_references", "data.item.filename"),
        sdk.JsonKeys("report_name", empty=("data",)),
    ),
    items=sdk.JsonItems("data.item"),
    header={"asset": "report_name"},
)
def pwn_sast(entry: sdk.Json) -> sdk.Findings:
    """`pwn_sast --dir-path=. --uri-source-root=URL`: the file `pwn_scan_git_source.json`"""
    about, file = entry["security_references"], entry["filename"]
    path = file["entry"] if isinstance(file, dict) else file
    module = about["sast_module"]
    for line in entry["line_no_and_contents"]:
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=f"{module.rpartition('::')[2]} in {path}",
            severity=sdk.Severity.INFO,  # PWN rates nothing: a person is to judge what a search found
            rule_id=module,
            rule_name=sdk.text(about.get("section")),
            cwes=sdk.cwes(about.get("cwe_id")),
            locations=(
                sdk.Location(
                    path=path, line=sdk.line(line.get("line_no")), snippet=sdk.text(line.get("contents"))
                ),
            ),
            references=sdk.urls(about.get("nist_800_53_uri"), about.get("cwe_uri")),
            found_at=sdk.timestamp(entry.get("timestamp")),
        )
