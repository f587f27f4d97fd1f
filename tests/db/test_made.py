"""What the page of functions and triggers says is what the migrations make."""

import pytest

from hauberk.db import made
from hauberk.db.session import Pool, Sessions, async_engine

pytestmark = pytest.mark.anyio


async def test_functions_and_triggers_are_those_of_the_migrations(database_url):
    engine = async_engine(database_url, pool=Pool(size=1))
    async with Sessions(engine).transaction() as db:
        functions, triggers = await made.functions(db), await made.triggers(db)
    await engine.dispose()
    told = {name: digest for name, digest in functions.items() if made.FUNCTIONS.get(name) != digest}
    assert functions == made.FUNCTIONS, f"write in FUNCTIONS of db/made.py: {told}"
    assert triggers == made.TRIGGERS
