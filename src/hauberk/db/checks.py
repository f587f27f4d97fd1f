"""What is asked of the database as a whole: that it is this environment's, and that its schema is this build's."""

import asyncio

from sqlalchemy import text

from hauberk.db import migrate
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned


@readiness("INF-4")
async def environments_are_separate(probe: Probe) -> Answer:
    settings = probe.inside.settings
    async with probe.inside.engine.connect() as connection:
        stamped = await connection.scalar(text("select environment from installation"))
    if stamped != settings.environment.value:
        return failed(
            f"The database is {stamped}'s, the process {settings.environment}'s.", "Point it at its own."
        )
    siblings = set(settings.sibling_fingerprints)
    ours = set(settings.key_ring.fingerprints().values())
    if shared := siblings & ours:
        return failed(
            f"Another environment has the secret {', '.join(sorted(shared))} too.",
            "Give each its own secrets.",
        )
    if not siblings:
        return warned(
            f"The database is stamped {stamped}. The other environments' secrets are not known here.",
            "Set HAUBERK_SIBLING_FINGERPRINTS ('hauberk secret fingerprint' there prints them).",
        )
    return passed(f"The database is stamped {stamped}; {len(siblings)} secrets of others differ.")


@readiness("DEL-6")
async def migrations(probe: Probe) -> Answer:
    async with probe.inside.engine.connect() as connection:
        current = await connection.scalar(text("select version_num from alembic_version"))
    head = await asyncio.to_thread(migrate.head)
    if migrate.is_ahead(current):
        return warned(
            f"The schema is at {current}, of a later release than this one ({head}).",
            "This is a rollback: find out what was wrong, and go forward again.",
        )
    if current != head:
        return failed(f"The schema is at {current}, this build needs {head}.", "Run 'hauberk migrate'.")
    return warned(
        f"The schema is at head ({head}). The lint result is not in this build.", "Build with evidence."
    )
