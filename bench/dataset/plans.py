"""The plans of the hot queries in the data set, for the release evidence: `python -m bench.dataset.plans [FINDINGS]`."""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.dataset.asking import BIGGEST
from bench.dataset.server import Database, databases

from hauberk.db.hot_queries import HOT_QUERIES, is_served, unserved
from hauberk.db.session import Pool, Sessions, async_engine

FINDINGS = 10_000_000


async def look(database: Database) -> dict[str, object]:
    """Of the biggest organization: which queries no index serves, and how many the planner serves by one unasked."""
    engine = async_engine(database.settings.database.url, pool=Pool(1, 0))
    try:
        async with Sessions(engine).transaction(BIGGEST) as session:
            by_choice = [each.name for each in HOT_QUERIES if await is_served(session, each, BIGGEST)]
            bare = await unserved(session, BIGGEST)
    finally:
        await engine.dispose()
    return {
        "rows": database.findings,
        "queries": len(HOT_QUERIES),
        "by_choice": len(by_choice),
        "otherwise": [each.name for each in HOT_QUERIES if each.name not in by_choice],
        "unserved": bare,
    }


if __name__ == "__main__":
    with databases(int((sys.argv[1:] or [FINDINGS])[0])) as [database]:
        found = asyncio.run(look(database))
    print(json.dumps(found, indent=1))
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "plans.json"
        written.write_text(json.dumps(found))
        root = Path(__file__).parents[2]
        subprocess.run(
            [sys.executable, root / "tools" / "release_evidence.py", "part", "plans", written], check=True
        )
