"""Dockle: container images against the CIS Docker benchmark and Dockerfile practice."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import dockle as dialect


@sdk.parser(
    id="dockle-json",
    scanner="Dockle",
    docs="https://github.com/goodwithtech/dockle#get-or-save-the-results-as-json",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("summary.fatal", "summary.warn", "summary.pass", later=("details",)),
        sdk.JsonKeys("details.item.code", "details.item.level", "details.item.alerts"),
    ),
    items=sdk.JsonItems("details.item"),
    header={"asset": "image"},
    versions="0.1 and later, with and without the image's name",
)
def dockle(check: sdk.Json) -> sdk.Findings:
    """`dockle -f json -o dockle.json IMAGE`"""
    yield from dialect.findings(check)
