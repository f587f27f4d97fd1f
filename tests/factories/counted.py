"""What became of a scan's results, told in full: whoever names some counts says that all others are nought."""

NOTHING = {
    "new": 0, "unchanged": 0, "moved": 0, "changed": 0, "reopened": 0, "suppressed": 0, "folded": 0, "closed": 0,
}  # fmt: skip


def counts(scan, **expected):
    """The scan ended well with these counts and no others."""
    assert scan.error is None
    wanted = NOTHING | {name: n for name, n in expected.items() if name not in ("findings", "reported")}
    assert {name: scan.counts[name] for name in NOTHING} == wanted
    parts = ("new", "unchanged", "moved", "changed", "reopened", "suppressed", "folded")
    assert scan.counts["reported"] == sum(scan.counts[name] for name in parts)
    assert scan.counts["findings"] == {"new": 0, "reopened": 0, "closed": 0} | expected.get("findings", {})
