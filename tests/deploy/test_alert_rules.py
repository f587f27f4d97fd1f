"""The files for Prometheus and Alertmanager: valid, each alert proved to fire and not to, with a page for whoever is called."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from hauberk.features.alerts import runbooks
from hauberk.features.alerts.rules import RULES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
RULE_FILES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
RUNBOOKS = ROOT / "docs" / "runbooks"
HEADINGS = ["## What it means", "## How to look", "## What to do", "## How to know that it is over"]
# Of exporters that /metrics does not replace, and what Prometheus makes itself.
EXPORTERS = re.compile(r"node_\w+|probe_\w+|up|ALERTS")
# Names in an expression that are no metrics.
FUNCTIONS = set(
    re.findall(
        r"\w+",
        "sum rate by and on or unless max min count abs absent_over_time histogram_quantile increase time vector le"
        " predict_linear changes hour group_left offset without quantile",
    )
)


def groups(path: Path) -> list[dict]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]


ALERTS = {
    rule["alert"]: (path, rule)
    for path in RULE_FILES
    for group in groups(path)
    for rule in group["rules"]
    if "alert" in rule
}
RECORDED = {
    rule["record"]
    for path in RULE_FILES
    for group in groups(path)
    for rule in group["rules"]
    if "record" in rule
}


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install prometheus prometheus-alertmanager)")
    return found


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


def test_rules_and_configuration_are_valid():
    promtool = tool("promtool")
    run(promtool, "check", "rules", *RULE_FILES, cwd=DEPLOY)
    run(promtool, "check", "config", "--syntax-only", "prometheus.yml", cwd=DEPLOY / "prometheus")


@pytest.mark.long
@pytest.mark.timeout(600)  # it computes for a quarter of a minute where nothing else does
def test_every_alert_is_seen_to_fire_and_to_stay_quiet():
    run(
        tool("promtool"),
        "test",
        "rules",
        *(f"{path.name}" for path in RULE_FILES),
        cwd=RULE_FILES[0].parents[1] / "tests",
    )


def test_alertmanager_takes_its_configuration_and_sends_each_severity_where_it_belongs():
    amtool = tool("amtool")
    folder = DEPLOY / "alertmanager"
    run(amtool, "check-config", "alertmanager.yml", cwd=folder)

    def receivers(*labels: str) -> set[str]:
        said = run(amtool, "config", "routes", "test", "--config.file=alertmanager.yml", *labels, cwd=folder)
        return set(said.strip().split(","))

    assert receivers("alertname=PostgresDown", "severity=critical") == {"pager", "room"}
    assert receivers("alertname=JobsFail", "severity=warning") == {"room-and-mail"}
    assert receivers("alertname=Watchdog", "severity=info") == {"watchdog"}
    text = (folder / "alertmanager.yml").read_text(encoding="utf-8")
    kinds = set(re.findall(r"(\w+)_configs:", text))
    assert kinds >= {"slack", "email", "pagerduty", "opsgenie"}


def test_every_alert_has_both_unit_tests():
    named = set()
    for path in RULE_FILES:
        tests = yaml.safe_load((path.parents[1] / "tests" / path.name).read_text(encoding="utf-8"))["tests"]
        named |= {test["name"] for test in tests}
    wanted = {f"{name} {does}" for name in ALERTS for does in ("fires", "stays quiet")}
    assert wanted - named == {"Watchdog stays quiet"}, "the watchdog never does"
    assert named - wanted == set()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_whoever_is_called_needs(name):
    path, rule = ALERTS[name]
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    notes = rule["annotations"]
    assert notes["summary"]
    assert notes["description"]
    assert notes["runbook_url"].endswith(f"/alerts/runbooks/{name}")
    page = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("## ")] == HEADINGS
    assert path.name in page
    assert runbooks.read(name).title
    body = page.split(HEADINGS[0])[1]
    assert all(part.strip() for part in re.split(r"^## .*$", body, flags=re.MULTILINE)), "an empty part"


def test_there_is_no_page_without_an_alert_and_none_is_missing_in_the_list():
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == set(ALERTS) | {rule.runbook for rule in RULES.values()}
    listed = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    assert [name for name in pages if f"({name}.md)" not in listed] == []


def metrics_in(expression: str) -> set[str]:
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|(by|on|group_left|without) ?\([^)]*\)", " ", expression)
    return set(re.findall(r"(?<![\w.])[a-zA-Z_][\w:]*", bare)) - FUNCTIONS - RECORDED


def test_every_metric_that_a_rule_asks_for_exists():
    """Ours are in the list of metrics, which is generated from the code; the others are a known exporter's."""
    document = ROOT / "docs" / "operations" / "metrics.md"
    known = set(re.findall(r"^\| `(\w+)`", document.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert len(known) > 60
    asked = {
        metric
        for path in RULE_FILES
        for group in groups(path)
        for rule in group["rules"]
        for metric in metrics_in(rule["expr"])
    }
    assert len(asked) > 50
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked} & known
    unknown = {
        name
        for name in asked
        if name not in known
        and re.sub(r"_(bucket|count|sum)$", "", name) not in known
        and not EXPORTERS.fullmatch(name)
    }
    assert unknown == set()
    assert len(ours) > 40
