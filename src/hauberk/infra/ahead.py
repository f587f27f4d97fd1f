"""Reading ahead: a source is emptied as fast as it gives, and whoever reads it slowly keeps it waiting only beyond a bound."""

import asyncio
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

AT_MOST: Final = 16 * 1024 * 1024
"""Packed bytes; of tables ten times as many."""
_FAST: Final = 1


async def ahead(source: AsyncGenerator[bytes], *, at_most: int = AT_MOST) -> AsyncGenerator[bytes]:
    """The blocks of `source`, in order. What it raises is raised after the blocks that came before."""
    blocks: asyncio.Queue[tuple[bytes, bool] | None] = asyncio.Queue()
    room, held = asyncio.Event(), 0

    async def take() -> None:
        nonlocal held
        try:
            async with aclosing(source):
                async for block in source:
                    is_packed = not blocks.empty()  # else it is waited for
                    given = zlib.compress(block, _FAST) if is_packed else block
                    while held > at_most:
                        room.clear()
                        await room.wait()
                    held += len(given)
                    blocks.put_nowait((given, is_packed))
        finally:
            blocks.put_nowait(None)

    taking = asyncio.create_task(take())
    try:
        while (found := await blocks.get()) is not None:
            given, is_packed = found
            held -= len(given)
            room.set()
            yield zlib.decompress(given) if is_packed else given
        await taking
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
