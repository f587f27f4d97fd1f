"""Prose: what scanners write for people — HTML, base64, paragraphs — as plain text, and the addresses named in it."""

import base64
import binascii
import re
from html import unescape
from typing import Any

from hauberk.parsers.sdk.coerce import text, texts

_ATTRIBUTES = r"""(?:\s++[\w:.-]++\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>]++))*+\s*+/?"""
_BLOCKS = "p|div|ul|ol|dl|dt|dd|tr|table|thead|tbody|pre|h[1-6]|blockquote|section|br|hr"
_INLINE = "a|abbr|b|big|center|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|td|th|tt|u|var"
_ITEM = re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE)
_BREAK = re.compile(rf"</?(?:{_BLOCKS}){_ATTRIBUTES}>|</li>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_INLINE}|html|body){_ATTRIBUTES}>|<!\[CDATA\[|\]\]>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\])}]+", re.IGNORECASE)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LEFT_OVER = ".,;:!"


def plain(value: Any) -> str | None:
    """HTML as text: blocks become lines, list items `- `, character references their characters.

    What is no tag of HTML stays: a payload, a type parameter, a comparison.
    """
    words = text(value)
    if words is None or ("<" not in words and "&" not in words):
        return words
    if "<" in words:
        words = _BREAK.sub("\n", _ITEM.sub("\n- ", words))
        words = _tidy(unescape(_TAG.sub("", words)))
    else:
        words = unescape(words)
    return text(words)


def _tidy(words: str) -> str:
    """Lines without space around them, and at most one blank line between two."""
    lines = [line.strip() for line in words.split("\n")]
    return "\n".join(line for index, line in enumerate(lines) if line or (index and lines[index - 1]))


def paragraphs(*values: Any) -> str | None:
    """Those that say something, as one text with blank lines between."""
    return "\n\n".join(texts(values)) or None


def links(*values: Any) -> tuple[str, ...]:
    """Every web address in these texts, also in the attributes of HTML, once each."""
    found: list[str] = []
    for each in values:
        for word in each if isinstance(each, (list, tuple)) else (each,):
            if isinstance(word, str) and ("://" in word or "&" in word):
                found += _ADDRESS.findall(unescape(word))
    return tuple(dict.fromkeys([address.rstrip(_LEFT_OVER) for address in found])) if found else ()


def uncoloured(line: str) -> str:
    """A line that was printed for a terminal, without its colours."""
    return _COLOUR.sub("", line)


def unbase64(value: Any) -> str | None:
    """The text that was written as base64; what is none is taken as it is."""
    words = text(value)
    if words is None:
        return None
    try:
        data = base64.b64decode("".join(words.split()), validate=True)
    except (binascii.Error, ValueError):
        return words
    return text(data.decode("utf-8", "replace").replace("\0", ""))
