"""Dashboards as code: fresh, of a shape that Grafana reads, and about series that exist."""

import json
import re

import jsonschema
import pytest
from tools.generate_dashboards import FOLDER, files, needing
from tools.generate_metrics_doc import all_metrics

TARGET = {
    "type": "object",
    "required": ["refId", "expr", "datasource"],
    "properties": {"refId": {"pattern": "^[A-Z]$"}, "expr": {"type": "string", "minLength": 1}},
}
PANEL = {
    "type": "object",
    "required": ["id", "type", "title", "gridPos"],
    "properties": {
        "id": {"type": "integer"},
        "type": {"enum": ["row", "timeseries", "stat", "bargauge", "gauge", "table"]},
        "gridPos": {
            "type": "object",
            "required": ["x", "y", "w", "h"],
            "properties": {"x": {"maximum": 23}, "w": {"maximum": 24}},
        },
        "targets": {"type": "array", "items": TARGET},
    },
}
DASHBOARD = {
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "panels", "templating", "time"],
    "properties": {
        "uid": {"type": "string", "maxLength": 40},
        "schemaVersion": {"type": "integer", "minimum": 36},
        "panels": {"type": "array", "items": PANEL, "minItems": 1},
        "templating": {"type": "object", "required": ["list"]},
        "time": {"type": "object", "required": ["from", "to"]},
    },
}
EXPORTERS = {"node_exporter": "node_"}
NAME = re.compile(r"\b[a-z][a-z0-9]*_[a-z0-9_]+\b")
WORDS = {"histogram_quantile", "rate_interval", "__rate_interval", "group_left"}


@pytest.mark.parametrize("path", sorted(files()), ids=lambda path: path.stem)
def test_a_dashboard_is_what_grafana_reads(path):
    found = json.loads(path.read_text())
    jsonschema.validate(found, DASHBOARD)
    numbers = [panel["id"] for panel in found["panels"]]
    assert len(set(numbers)) == len(numbers)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in found["panels"]]
    assert len(set(places)) == len(places)


def test_every_series_that_is_shown_is_one_of_ours_or_of_a_named_exporter():
    known = {each.name for each in all_metrics()}
    needs = needing()
    unknown = set()
    for path in FOLDER.glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            prefix = EXPORTERS.get(needs.get((path.stem, panel["title"]), ""), " ")
            for target in panel.get("targets", ()):
                bare = re.sub(r"\{[^}]*\}|\$\w+", "", target["expr"])
                unknown |= {
                    name
                    for name in NAME.findall(bare)
                    if name not in WORDS
                    and not name.startswith(prefix)
                    and re.sub(r"_(bucket|count|sum)$", "", name) not in known
                    and name not in known
                }
    assert unknown == set()
