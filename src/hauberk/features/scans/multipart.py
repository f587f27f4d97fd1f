"""A multipart form read as it arrives, its file streamed to storage: parts in any order, never the whole in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from hauberk.infra.storage import Storage, StoredFile
from hauberk.kit.errors import Invalid, TooLarge, UnsupportedMedia
from hauberk.kit.file_name import UNSHOWN, shown

FILE: Final = "file"
MAX_FIELD_BYTES: Final = 4_096
MAX_PARTS: Final = 50
MAX_HEADER_BYTES: Final = 16_384
MAX_AROUND_BYTES: Final = 1024 * 1024
"""What a form may hold besides its file: fields, headers, boundaries, whatever stands before and after them."""
MAX_NAME_CHARS: Final = 100


@dataclass
class Form:
    """What was sent: the text fields, and the file where it is durable now with its first bytes."""

    fields: dict[str, str] = field(default_factory=dict)
    stored: StoredFile | None = None
    file_name: str | None = None
    head: bytes = b""


@dataclass(frozen=True)
class _Begin:
    name: str
    file_name: str | None


class _End:
    """The present part is complete."""


_Event = _Begin | bytes | _End


class _Events:
    """Turns the parser's callbacks into events that can be waited for."""

    def __init__(self, body: AsyncIterator[bytes], boundary: bytes, *, limit: int) -> None:
        self._body = body
        self._limit = limit
        self._queue: list[_Event] = []
        self._header_name = b""
        self._header_value = b""
        self._disposition = b""
        self._parts = 0
        self._is_complete = False
        self._boundary = boundary

    async def __aiter__(self) -> AsyncIterator[_Event]:
        read = 0
        try:
            parser = self._parser()
            async for chunk in self._body:
                read += len(chunk)
                if read > self._limit + MAX_AROUND_BYTES:
                    raise TooLarge(self._limit)
                parser.write(chunk)
                events, self._queue = self._queue, []
                for event in events:
                    yield event
        except ClientDisconnect as error:
            raise _cut() from error
        except FormParserError as error:
            raise Invalid(message=f"The form cannot be read: {error}.", code="form_broken") from error
        if not self._is_complete:
            raise _cut()

    def _parser(self) -> MultipartParser:
        return MultipartParser(
            self._boundary,
            {
                "on_part_begin": self._part_begin,
                "on_part_data": self._part_data,
                "on_part_end": lambda: self._queue.append(_End()),
                "on_header_field": self._header_field,
                "on_header_value": self._header_text,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_end": self._all_read,
            },
            max_header_size=MAX_HEADER_BYTES,
        )

    def _part_begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise FormParserError(f"it has more than {MAX_PARTS} parts")
        self._disposition = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._queue.append(data[start:end])

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_text(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        file_name = options.get(b"filename")
        self._queue.append(
            _Begin(
                name=UNSHOWN.sub("", options.get(b"name", b"").decode("utf-8", "replace"))[:MAX_NAME_CHARS],
                file_name=None if file_name is None else file_name.decode("utf-8", "replace"),
            )
        )

    def _all_read(self) -> None:
        self._is_complete = True


def _cut() -> Invalid:
    return Invalid(message="The form ends in the middle; send it again.", code="form_cut")


async def read_form(
    body: AsyncIterator[bytes], content_type: str, storage: Storage, *, limit: int, head_bytes: int
) -> Form:
    """Reads the whole form. Whoever refuses it afterwards deletes `stored`; a form that fails here keeps nothing."""
    media_type, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if media_type != b"multipart/form-data" or not boundary:
        raise UnsupportedMedia("Send the report as multipart/form-data, in a part named “file”.")
    form = Form()
    events = aiter(_Events(body, boundary, limit=limit))
    try:
        async for event in events:
            if not isinstance(event, _Begin):
                continue
            if event.name == FILE:
                await _read_file(form, event, events, storage, limit=limit, head_bytes=head_bytes)
            else:
                await _read_field(form, event.name, events)
    except BaseException:
        if form.stored is not None:
            await storage.delete(form.stored.key)
        raise
    return form


async def _read_file(
    form: Form, begin: _Begin, events: AsyncIterator[_Event], storage: Storage, *, limit: int, head_bytes: int
) -> None:
    if form.stored is not None:
        raise Invalid([("/file", "Send one file; this form has several.")])
    head = bytearray()

    async def content() -> AsyncIterator[bytes]:
        async for event in events:
            if isinstance(event, _End):
                return
            assert isinstance(event, bytes)
            if len(head) < head_bytes:
                head.extend(event[: head_bytes - len(head)])
            yield event

    form.stored = await storage.write(content(), limit=limit)
    form.file_name = shown(begin.file_name)
    form.head = bytes(head)


async def _read_field(form: Form, name: str, events: AsyncIterator[_Event]) -> None:
    if name in form.fields:
        raise Invalid([(f"/{name}", "This field is there twice.")])
    value = bytearray()
    async for event in events:
        if isinstance(event, _End):
            break
        assert isinstance(event, bytes)
        value.extend(event)
        if len(value) > MAX_FIELD_BYTES:
            raise Invalid([(f"/{name}", f"This field is longer than {MAX_FIELD_BYTES:,} bytes.")])
    form.fields[name] = _text(name, bytes(value))


def _text(name: str, value: bytes) -> str:
    try:
        text = value.decode().strip()
    except UnicodeDecodeError as error:
        raise Invalid([(f"/{name}", "This is not UTF-8.")]) from error
    if UNSHOWN.search(text):
        raise Invalid([(f"/{name}", "Control characters have no place here.")])
    return text
