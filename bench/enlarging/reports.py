"""One report, enlarged: whatever repeated part adds findings is repeated; the rest stays as it is."""

import copy
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from lxml import etree, html

from hauberk.domain.reported import ReportedFinding
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError

MAX_LOOKED_AT = 80
Enlarge = Callable[[int], bytes]
"""From how often the part is there to the report."""


def findings_in(data: bytes, format_id: str) -> int:
    """How many it has; none where it cannot be read."""
    try:
        records = open_report(io.BytesIO(data), format=format_id).records()
        return sum(isinstance(record, ReportedFinding) for record in records)
    except ReportError:
        return -1


def enlarged(data: bytes, format_id: str, *sizes: int) -> list[bytes] | None:
    """The report at about these sizes; None where nothing in it can be repeated so that it has more findings."""
    ways = [way for way in _ways(data) if way is not None]
    base = findings_in(data, format_id)
    best: tuple[float, Enlarge] | None = None
    for way in ways[:MAX_LOOKED_AT]:
        twice, thrice = way(2), way(3)
        more = findings_in(thrice, format_id) - base
        grown = len(thrice) - len(twice)
        if more > 0 and grown > 0 and (best is None or more > best[0]):
            best = more, way
    if best is None:
        return None
    way = best[1]
    step = (len(way(9)) - len(way(1))) / 8
    return [way(max(2, round((size - len(data)) / step))) for size in sizes]


def _ways(data: bytes) -> Iterator[Enlarge | None]:
    head = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:200]
    if data[:2] == b"PK":
        yield from _in_archive(data)
    elif head[:1] in (b"{", b"["):
        yield from _in_json(data)
    elif head[:1] == b"<" and b"<html" not in data[:2000].lower():
        yield from _in_xml(data)
    elif head[:1] == b"<":
        yield from _in_page(data)
    else:
        yield from _in_lines(data)


def _in_json(data: bytes) -> Iterator[Enlarge]:
    try:
        document = json.loads(data)
    except ValueError:
        yield from _in_lines(data)
        return
    for path in _containers(document):
        yield lambda times, path=path: json.dumps(_repeated(document, path, times)).encode()


def _containers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Lists and objects with something in them, the outer ones first."""
    level = [(path, value)]
    while level:
        deeper = []
        for at, each in level:
            children = each.items() if isinstance(each, dict) else enumerate(each)
            if each and (isinstance(each, list) or at):
                yield at
            deeper += [((*at, key), child) for key, child in children if isinstance(child, dict | list)]
        level = deeper


def _repeated(document: Any, path: tuple[Any, ...], times: int) -> Any:
    if not path:
        return document * times if isinstance(document, list) else document
    copied = copy.copy(document)
    copied[path[0]] = _repeated_or_deeper(document[path[0]], path[1:], times)
    return copied


def _repeated_or_deeper(value: Any, path: tuple[Any, ...], times: int) -> Any:
    if path:
        return _repeated(value, path, times)
    if isinstance(value, list):
        return value * times
    return value | {f"{key}~{n}": each for n in range(1, times) for key, each in value.items()}


def _in_xml(data: bytes) -> Iterator[Enlarge]:
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return
    yield from _in_tree(root, etree.tostring)


def _in_page(data: bytes) -> Iterator[Enlarge]:
    yield from _in_tree(html.document_fromstring(data), html.tostring)


def _in_tree(root: Any, written: Callable[..., bytes]) -> Iterator[Enlarge]:
    """Each element with children: all of its children, again."""
    parents = [at for at, each in enumerate(root.iter()) if isinstance(each.tag, str) and len(each)]
    for place in parents[:MAX_LOOKED_AT]:

        def way(times: int, place: int = place) -> bytes:
            copied = copy.deepcopy(root)
            found = next(islice(copied.iter(), place, None))
            children = list(found)
            for _ in range(times - 1):
                found.extend(copy.deepcopy(child) for child in children)
            return written(copied, encoding="utf-8")

        yield way


def _in_lines(data: bytes) -> Iterator[Enlarge]:
    """What stands after a head of some lines; the whole."""
    lines = data.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines[-1] += b"\n"
    for skipped in range(min(len(lines), 12)):
        head, body = b"".join(lines[:skipped]), b"".join(lines[skipped:])
        yield lambda times, head=head, body=body: head + body * times


def _in_archive(data: bytes) -> Iterator[Enlarge]:
    """Each member in its own ways; the archive is compressed as it was."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, content in members.items():
        for way in _ways(content):
            if way is not None:
                yield lambda times, name=name, way=way: _packed(members | {name: way(times)})


def _packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()
