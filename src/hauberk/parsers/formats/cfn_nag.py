"""cfn_nag: insecure resources in CloudFormation templates."""

from itertools import zip_longest

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cfn_nag as dialect


@sdk.parser(
    id="cfn-nag-json",
    scanner="cfn_nag",
    docs="https://github.com/stelligent/cfn_nag#usage",
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("item.filename", "item.file_results.violations", "item.file_results.failure_count"),
    items=sdk.JsonItems("item"),
    versions="with and without rule names, line numbers and element types",
)
def cfn_nag(file: sdk.Json) -> sdk.Findings:
    """`cfn_nag_scan --output-format=json --input-path templates/ > cfn-nag.json`"""
    path = file["filename"]
    yield sdk.ReportHeader(targets=sdk.texts(path))
    for violation in file["file_results"]["violations"]:
        names = violation.get("logical_resource_ids") or [None]
        for name, line in zip_longest(names, (violation.get("line_numbers") or [])[: len(names)]):
            yield dialect.finding(path, violation, sdk.text(name), line)
