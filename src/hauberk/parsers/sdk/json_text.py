"""JSON text to values: msgspec where the text is clean, a forgiving second reading where a scanner's JSON is not."""

import json
import math
import re
from typing import Any

import msgspec

Json = Any
"""A decoded JSON value; parsers index it and let a wrong shape raise."""

MAX_DEPTH = 256
_MAX_DIGITS = 400
ASSIGNMENT = re.compile(rb"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,200}\s{0,20}=\s{0,20}(?=[{\[])")
"""What stands before JSON that a JavaScript file assigns to a name: `scoutsuite_results = {…}`."""
_decode = msgspec.json.Decoder().decode
_decode_texts = msgspec.json.Decoder(list[msgspec.Raw]).decode
_ESCAPED_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_MAYBE_NUL = re.compile(rb"\\u0000").search
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_HAND_MADE = re.compile(
    r'"(?:[^"\\]|\\.)*+"|(?P<comma>,)(?=\s*+[\]}])|(?<![\w.+-])(?P<label>0\d{1,30})(?![\w.])', re.DOTALL
)
_NO_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')


class UnreadableValue(ValueError):
    """A value whose extent is known but whose text is no JSON."""


def may_hold_nul(text: bytes) -> bool:
    """Whether JSON text has NUL, or what looks like it. Most text has no backslash, which takes a tenth of the time to see."""
    return b"\\" in text and _MAYBE_NUL(text) is not None


def decode_block(data: bytes) -> Json:
    """Decodes text that a cut may have broken; raises ValueError then."""
    if may_hold_nul(data):
        data = _ESCAPED_NUL.sub(rb"\1", data)
    try:
        return _decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from error


def decode_texts(data: bytes) -> list[msgspec.Raw]:
    """The texts of an array's elements as they stand, each for `decode_text`; raises ValueError where `decode_block` does."""
    try:
        return _decode_texts(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from error


def decode_value(data: bytes) -> Json:
    """Decodes one complete value. NaN and out-of-range numbers become null, NUL goes, stray bytes and lone surrogates are replaced."""
    try:
        return decode_block(data)
    except ValueError:
        return _decode_forgiving(data)


def json_text(value: Json) -> bytes:
    """A decoded value as text again, the same for equal values in equal order."""
    return msgspec.json.encode(value)


class Unreadable(msgspec.Struct, frozen=True):
    """Stands for a value that could not be decoded."""

    reason: str


def decode_text(text: msgspec.Raw) -> Json:
    """Decodes one of `decode_texts`; Unreadable where it is no JSON after all."""
    return decode_or_tell(bytes(text))


def decode_or_tell(data: bytes) -> Json:
    """`decode_value`, with an Unreadable for what cannot be decoded."""
    try:
        return decode_value(data)
    except UnreadableValue as error:
        return Unreadable(str(error))


def _decode_forgiving(data: bytes) -> Json:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "hauberk.cp1252")
    try:
        return _clean(_loads(text))
    except (ValueError, RecursionError) as error:
        wrong = error
    try:
        return _clean(_loads(_HAND_MADE.sub(_mended, text)))
    except (ValueError, RecursionError):
        raise UnreadableValue(f"it is no valid JSON: {wrong}") from wrong


def _loads(text: str) -> Json:
    return json.loads(
        text,
        strict=False,
        parse_constant=lambda _: None,
        parse_int=_bounded_int,
        parse_float=_bounded_float,
    )


def _mended(match: re.Match[str]) -> str:
    """What tools get wrong that put their JSON together by hand: a comma behind the last element, `00123`, `\\'` and `\\d`."""
    if match["comma"]:
        return ""
    if match["label"]:
        return f'"{match["label"]}"'
    return _NO_ESCAPE.sub(lambda escape: escape[0] if escape[1] else "\\\\", match[0])


def _bounded_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _bounded_float(digits: str) -> float | None:
    value = float(digits) if len(digits) <= _MAX_DIGITS else math.inf
    return value if math.isfinite(value) else None


def _clean(value: Json) -> Json:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("�", value).replace("\0", "")
    if isinstance(value, list):
        return [_clean(element) for element in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(element) for key, element in value.items()}
    return value
