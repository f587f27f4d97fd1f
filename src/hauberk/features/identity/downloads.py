"""A list as a file that is written while it is read: CSV for spreadsheets, JSON Lines for programs."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Final, Literal

from fastapi.responses import StreamingResponse

from hauberk.infra.ahead import ahead
from hauberk.kit import spreadsheet

Format = Literal["csv", "jsonl"]
TYPES: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


def download(
    pages: AsyncGenerator[bytes],
    *,
    name: str,
    format: Format,  # noqa: A002
    columns: Sequence[str],
) -> StreamingResponse:
    """`pages` are lines in that format; `columns` head those of a CSV file."""
    return StreamingResponse(
        _lines(pages, columns if format == "csv" else None),
        media_type=TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{format}"',
            "Cache-Control": "no-store",
        },
    )


async def _lines(pages: AsyncGenerator[bytes], columns: Sequence[str] | None) -> AsyncIterator[bytes]:
    if columns is not None:
        yield spreadsheet.line(columns)
    async with aclosing(ahead(pages)) as read:
        async for lines in read:
            yield lines
