"""XmlWalker: one pass over an XML document of any size, yielding the elements at the wanted paths and freeing them.

An element sees its ancestors' attributes, and earlier siblings of another name; those of its own name are gone.
No entity is ever expanded, no DTD loaded, no file or address opened.
"""

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO

from lxml import etree
from msgspec import Struct

from hauberk.parsers.sdk.coerce import text
from hauberk.parsers.sdk.errors import ReportError, excerpt
from hauberk.parsers.sdk.node import Node
from hauberk.parsers.sdk.source import Source

XmlElement = etree._Element  # noqa: SLF001 — lxml names its element class so
_PROLOG_LIMIT = 1024 * 1024
_MAX_ATTRIBUTES = 1_000
_SAFE_ENCODING = re.compile(
    r"(?i)(utf-?8|utf-?(16|32)(-?[bl]e)?|(us-)?ascii|iso-?8859-?\d+|latin-?1|(windows|cp)-?(125\d|437|8[56]\d|874|932|9[345]\d)"
    r"|gb(k|2312|18030)|euc-?\w+|koi8-\w|big5)"
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
_SKIPPED = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_IN_SUBSET = re.compile(
    rb"""\s+|<\?.*?\?>|<!--.*?-->|<!(?:ELEMENT|ATTLIST|NOTATION)(?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL
)
_DOCTYPE = re.compile(rb"""<!DOCTYPE(?:[^>"'\[]|"[^"]*"|'[^']*')*+([>\[])""", re.DOTALL)
_ROOT = re.compile(rb"<[^\s<>/!?]+")
_PREFIXES = re.compile(rb"""<([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*["']""")
_DECLARED_PREFIXES = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_MAX_PREFIXES = 100
_SIGNS_OF_A_CUT = (
    "premature end",
    "document is empty",
    "couldn't find end of start tag",
    "not finished",
    "not terminated",
    "unclosed",
)
_END_OF_SUBSET = re.compile(rb"\]\s*>")


def declared_encoding(head: bytes) -> str | None:
    """The encoding that the XML declaration names; one that could hide markup is refused."""
    match = _DECLARED.match(head)
    if match is None:
        return None
    name = match.group(1).decode("ascii")
    if not _SAFE_ENCODING.fullmatch(name) or not _is_known(name):
        raise ReportError(
            "encoding_invalid", f"The XML declares the encoding {name}, which is not accepted.", "line 1"
        )
    return None if name.lower().replace("-", "").startswith(("utf8", "utf16", "utf32")) else name


def _is_known(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def check_prolog(head: bytes) -> None:
    """Refuses entity declarations. A DOCTYPE itself is fine: genuine reports carry one."""
    pos = _skip(_SKIPPED, head, 0)
    match = _DOCTYPE.match(head, pos)
    if match is None or match.group(1) == b">":
        return
    pos = _skip(_IN_SUBSET, head, match.end())
    if not _END_OF_SUBSET.match(head, pos):
        raise ReportError(
            "xml_entity_forbidden", "The XML declares entities, which are not accepted.", "DOCTYPE"
        )


def with_prefixes_declared(prolog: bytes) -> bytes:
    """The beginning with those prefixes declared that are used in it and that the document forgot to declare.

    Some tools write `xsi:nil` so. What is declared in vain (in a text, something looked like a prefix) does no harm.
    """
    used = {first or second for first, second in _PREFIXES.findall(prolog)}
    missing = sorted(used - {b"xml", b"xmlns", *_DECLARED_PREFIXES.findall(prolog)})
    start = _skip(_SKIPPED, prolog, 0)
    if doctype := _DOCTYPE.match(prolog, start):
        start = doctype.end()
        if doctype[1] == b"[" and (end := _END_OF_SUBSET.match(prolog, _skip(_IN_SUBSET, prolog, start))):
            start = end.end()
    root = _ROOT.match(prolog, _skip(_SKIPPED, prolog, start))
    if root is None or not missing or len(missing) > _MAX_PREFIXES:
        return prolog
    declarations = b"".join(b' xmlns:%b="undeclared:%b"' % (name, name) for name in missing)
    return prolog[: root.end()] + declarations + prolog[root.end() :]


def _skip(pattern: re.Pattern[bytes], text: bytes, pos: int) -> int:
    while match := pattern.match(text, pos):
        pos = match.end()
    return pos


def child_texts(element: XmlElement) -> dict[str, str | None]:
    """What each child of an element says, by its name without the namespace."""
    return {local_name(child.tag): text(child.text) for child in element}


def local_name(tag: object) -> str:
    """A tag without its namespace."""
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag[:1] == "{" else tag


def _namespace(tag: object) -> str:
    """By hand: a QName refuses names that no document should have, and hostile ones do."""
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag[:1] == "{" else ""


class XmlHead(Struct):
    """The root element and the paths of the elements seen below it (`site/alerts`)."""

    root: str
    namespace: str
    attributes: dict[str, str]
    paths: set[str]


def read_head(text: bytes) -> XmlHead | None:
    """What the beginning of a document shows; None when it has no root element."""
    parser = etree.XMLPullParser(
        ("start", "end"), encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False
    )
    with suppress(etree.XMLSyntaxError):
        parser.feed(text)
    head: XmlHead | None = None
    open_tags: list[str] = []
    for event, element in parser.read_events():
        if event == "end":
            open_tags.pop()
            continue
        name = local_name(element.tag)
        open_tags.append(name)
        if head is None:
            attributes = {local_name(str(key)): str(value) for key, value in element.attrib.items()}
            head = XmlHead(name, _namespace(element.tag), attributes, set())
        else:
            head.paths.add("/".join(open_tags[1:]))
    return head


class XmlWalker:
    """Paths run from below the root and ignore namespaces: `site/alerts/alertitem`."""

    def __init__(self, source: Source, paths: Sequence[str]) -> None:
        self._source = source
        self._paths = {tuple(reversed(path.split("/"))): path for path in paths}
        self._tags = [f"{{*}}{tag}" for tag in sorted({steps[0] for steps in self._paths})]

    def prolog(self) -> tuple[bytes, str | None]:
        """The document's beginning, found harmless, and its declared encoding."""
        with self._source.open() as head:
            encoding = declared_encoding(head.read(4096))
        with self._source.open(repair=True, encoding=encoding) as text:
            prolog = text.read(_PROLOG_LIMIT)
        if not prolog.strip():
            raise ReportError("empty_file", "The file is empty.")
        check_prolog(prolog.lstrip())
        return prolog, encoding

    def __iter__(self) -> Iterator[Node]:
        prolog, encoding = self.prolog()
        with self._source.open(repair=True, encoding=encoding) as stream:
            stream.read(len(prolog))
            watched = _Watched(with_prefixes_declared(prolog.lstrip()), stream)
            try:
                yield from self._elements(watched)
            except etree.XMLSyntaxError as error:
                raise _refusal(error, is_cut=watched.ends_in_the_middle) from error

    def _elements(self, stream: "_Watched") -> Iterator[Node]:
        context = etree.iterparse(
            stream,
            events=("end",),
            tag=self._tags,
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        )
        counts = dict.fromkeys(self._paths.values(), 0)
        for _, element in context:
            path = self._path_of(element)
            if path is not None:
                if len(element.attrib) > _MAX_ATTRIBUTES:
                    raise ReportError(
                        "too_many_items",
                        f"An XML element has more than {_MAX_ATTRIBUTES:,} attributes.",
                        f"line {element.sourceline}",
                    )
                index = counts[path]
                counts[path] = index + 1
                yield Node(path, element, index, path)
                _free(element)

    def _path_of(self, element: XmlElement) -> str | None:
        steps = []
        above = element.getparent()
        while above is not None:
            steps.append(local_name(element.tag))
            element, above = above, above.getparent()
        return self._paths.get(tuple(steps))


class _Watched:
    """What the parser reads from, and whether its last words were the end of a tag."""

    def __init__(self, begun: bytes, stream: BinaryIO) -> None:
        self._begun = io.BytesIO(begun)
        self._stream = stream
        self._tail = b""
        self._is_over = False

    def read(self, size: int = -1, /) -> bytes:
        data = self._begun.read(size) or self._stream.read(size)
        self._is_over = not data
        self._tail = data[-64:] if data.strip() else self._tail
        return data

    @property
    def ends_in_the_middle(self) -> bool:
        return self._is_over and not self._tail.rstrip().endswith(b">")


def _free(element: XmlElement) -> None:
    """Empties the element and drops what lies before it and its ancestors under the same name; siblings of
    another name may still be read (`HostProperties` before `ReportItem`)."""
    element.clear(keep_tail=False)
    passed: XmlElement | None = element
    while passed is not None:
        parent, previous = passed.getparent(), passed.getprevious()
        while parent is not None and previous is not None and previous.tag == passed.tag:
            parent.remove(previous)
            previous = passed.getprevious()
        passed = parent


def _refusal(error: etree.XMLSyntaxError, *, is_cut: bool) -> ReportError:
    line, column = error.position or (0, 0)
    position = f"line {line}, column {column}" if line else None
    text = excerpt((error.msg or "unknown error").split(", line ")[0].partition("\n")[0], 120)
    lowered = text.lower()
    if "depth" in lowered:
        return ReportError("nesting_too_deep", "The XML is nested too deeply.", position)
    is_more = lowered.startswith("extra content")
    if any(sign in lowered for sign in _SIGNS_OF_A_CUT) or (is_cut and not is_more):
        message = f"The XML document ends in the middle ({text}); was the file cut off?"
        return ReportError("truncated", message, position)
    return ReportError("syntax_error", f"Invalid XML: {text}.", position)
