"""When a claim was seen last: while it stands by its scope's newest whole scan, else by the last one that still saw it.

What its scanner shows as suppressed it saw. A version that another one continues says nothing.
"""


def seen_until(organization: str, scope: str, closed: str) -> str:
    """When what closed in this scope at this instant (of the order in which scans were applied) had been seen last by a whole scan."""
    return f"""(select x.scanned_at from scan x where x.organization_id = {organization} and x.scope_id = {scope}
        and x.is_complete and x.applied_at < {closed} order by x.scanned_at desc limit 1)"""  # noqa: S608 — columns of ours


def closed_seen_at(o: str) -> str:
    """Of a closed occurrence of this name."""
    applied = f"""coalesce((select e.applied_at from scan e
        where e.organization_id = {o}.organization_id and e.id = {o}.closed_scan_id), {o}.closed_at)"""  # noqa: S608
    return f"""case when {o}.close_reason = 'suppressed' then {o}.closed_at
        else greatest({o}.opened_at, {seen_until(f"{o}.organization_id", f"{o}.scope_id", applied)}) end"""


def seen_at(o: str, s: str) -> str:
    """Of any occurrence and its scope, of these names."""
    return f"""case when {o}.closed_at is null then greatest({o}.opened_at, {s}.last_complete_scan_at)
        else {closed_seen_at(o)} end"""
