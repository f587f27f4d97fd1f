"""The chart's autoscaling rule, read from the chart, and computed as Kubernetes does."""

import math
import re
from pathlib import Path

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "hauberk"


def rule() -> tuple[str, int, int, int]:
    """Metric, target for each worker, fewest and most workers."""
    template = (CHART / "templates" / "scaling.yaml").read_text()
    metric = re.search(r"metric: \{ name: (\w+), selector: \{ matchLabels: \{ state: accepted", template)[1]
    values = (CHART / "values.yaml").read_text()
    worker = values[values.index("\nworker:") :]
    numbers = [
        int(re.search(rf"{name}: (\d+)", worker)[1]) for name in ("queueDepth", "minReplicas", "maxReplicas")
    ]
    return metric, *numbers


def wanted(total: float, *, target: int, fewest: int, most: int) -> int:
    """As Kubernetes computes it for a metric by average value."""
    return min(most, max(fewest, math.ceil(total / target)))


def waiting(metrics: str, metric: str) -> float:
    """What is exported of it, over all queues."""
    found = re.findall(rf'^{metric}{{[^}}]*state="accepted"[^}}]*}} ([0-9.e+]+)$', metrics, re.MULTILINE)
    assert found, f"{metric} is not exported"
    return sum(map(float, found))
