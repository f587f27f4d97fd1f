"""What is wanted of a JSON document: paths such as `runs.item.results.item`, step by step."""

from collections.abc import Iterator, Sequence

Trie = dict[str, "Trie | str"]


def as_trie(patterns: Sequence[str]) -> Trie:
    root: Trie = {}
    for pattern in patterns:
        branch = root
        *steps, last = pattern.split(".")
        for step in steps:
            below = branch.setdefault(step, {})
            if isinstance(below, str):
                raise TypeError(f"{pattern} lies inside {below}: ask for one of them")
            branch = below
        branch[last] = pattern
    return root


def patterns_in(wanted: Trie | str) -> Iterator[str]:
    """All that lie there: in an empty list, each of them is there and empty."""
    if isinstance(wanted, str):
        yield wanted
        return
    for below in wanted.values():
        yield from patterns_in(below)
