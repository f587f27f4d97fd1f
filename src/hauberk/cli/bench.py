"""`hauberk bench`: measures this build on this machine, one JSON object a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer


def bench(
    only: Annotated[str | None, typer.Option(metavar="NAME", help="Only this benchmark.")] = None,
    size: Annotated[int | None, typer.Option(min=1, help="Instead of each benchmark's own size.")] = None,
) -> None:
    """Run the benchmarks of a checkout. Ratios are ours divided by a baseline measured in the same run.

    Examples: hauberk bench · hauberk bench --only sarif-reading --size 200000
    """
    import json
    from statistics import median

    from hauberk.kit.errors import NotFound

    chosen = [each for each in _benchmarks() if only in (None, each.NAME)]
    if not chosen:
        raise NotFound("benchmark", only or "here: they come with the source, in its folder bench/")
    for each in chosen:
        for name, measured in _parts(each, size or each.SIZE):
            record = {
                "name": name,
                "ratio": round(median(ours / baseline for ours, baseline, _ in measured), 3),
                "ours": round(median(ours for ours, _, _ in measured), 3),
                "baseline": round(median(baseline for _, baseline, _ in measured), 3),
                "unit": each.UNIT,
                "detail": measured[-1][2],
            }
            print(json.dumps(record), flush=True)


def _parts(benchmark: Any, size: int) -> Iterator[tuple[str, list[Any]]]:
    """A benchmark is one line, or one for each of its parts."""
    if not hasattr(benchmark, "parts"):
        yield benchmark.NAME, list(benchmark.pairs(size))
        return
    for part, pairs in benchmark.parts(size):
        yield f"{benchmark.NAME}: {part}", list(pairs)


def _benchmarks() -> list[Any]:
    """Every file of the checkout's bench folder; none in an installed copy."""
    import sys
    from importlib.util import module_from_spec, spec_from_file_location

    checkout = Path(__file__).parents[3]
    sys.path.insert(0, str(checkout))  # they share what is in the folders beside them
    found = []
    for path in sorted((checkout / "bench").glob("*.py")):
        spec = spec_from_file_location(f"bench_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module)
    return found
