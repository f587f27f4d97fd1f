"""ReportError: a report that cannot be read at all, told to the person who uploaded it."""

from typing import Literal, get_args

ErrorCode = Literal[
    "empty_file",
    "unsupported_format",
    "ambiguous_format",
    "format_mismatch",
    "encoding_invalid",
    "truncated",
    "xml_entity_forbidden",
    "nesting_too_deep",
    "value_too_large",
    "too_many_items",
    "archive_bomb",
    "archive_corrupt",
    "archive_nested",
    "archive_unsafe",
    "malware_signature",
    "executable_content",
    "syntax_error",
    "schema_mismatch",
    "parser_crashed",
]
ERROR_CODES: tuple[str, ...] = get_args(ErrorCode)


class ReportError(Exception):
    """`message` is one clear sentence; `position` says where (`line 3, column 5`), when that is known."""

    def __init__(self, code: ErrorCode, message: str, position: str | None = None) -> None:
        super().__init__(message if position is None else f"{message} ({position})")
        self.code = code
        self.message = message
        self.position = position


class ParserMistake(Exception):
    """What a parser does, and no parser may: the report is refused, whatever is in it; the text goes on after “the reader”."""


def excerpt(data: bytes | str, limit: int = 40) -> str:
    """A short, escaped quotation for an error message."""
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    shown = text[:limit].encode("unicode_escape").decode("ascii")
    return shown[: limit * 2] + ("…" if len(text) > limit else "")
