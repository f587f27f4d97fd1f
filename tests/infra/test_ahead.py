"""Reading ahead of whoever reads slowly: in order, within a bound, and nothing goes on for nobody."""

import asyncio
import os

import pytest

from hauberk.infra.ahead import ahead

pytestmark = pytest.mark.anyio
BLOCKS = [os.urandom(1_000) for _ in range(50)]


class Source:
    """Gives blocks, and says how many it was asked for and whether it was closed."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.given, self.is_closed, self.breaks = 0, False, breaks

    async def blocks(self):
        try:
            for block in BLOCKS:
                self.given += 1
                yield block
            if self.breaks:
                raise ConnectionError
        finally:
            self.is_closed = True


async def test_a_source_is_emptied_before_its_reader_takes_the_second_block():
    source = Source()
    reading = ahead(source.blocks())
    read = [await anext(reading)]
    await asyncio.sleep(0.05)
    assert source.is_closed
    assert read + [each async for each in reading] == BLOCKS


async def test_whoever_is_too_far_behind_keeps_it_waiting():
    source = Source()
    reading = ahead(source.blocks(), at_most=5_000)
    read = [await anext(reading)]
    await asyncio.sleep(0.05)
    assert source.given < 10
    assert read + [each async for each in reading] == BLOCKS


async def test_what_breaks_a_source_off_comes_after_what_it_gave():
    reading = ahead(Source(breaks=True).blocks())
    assert [await anext(reading) for _ in BLOCKS] == BLOCKS
    with pytest.raises(ConnectionError):
        await anext(reading)


async def test_a_reader_who_goes_away_ends_the_source():
    source = Source()
    reading = ahead(source.blocks(), at_most=5_000)
    await anext(reading)
    await reading.aclose()
    assert source.is_closed
    assert source.given < len(BLOCKS)
