"""The text of a mapping as plain data, and the line on which each part of it stands.

YAML, of which JSON is a part. Every scalar is taken as the text that was written: `is: no` means the word. Aliases and tags
are refused: nobody needs them here, and they make a small text large.
"""

from typing import Any, Final

import yaml

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 12

Path = tuple[str | int, ...]
Lines = dict[Path, int]


class BrokenTextError(Exception):
    """It is no YAML or JSON of the kind that is accepted; `line` says where it breaks."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def load(text: str) -> tuple[Any, Lines]:
    """Lists, dicts, texts and None; and the lines by path. Raises BrokenTextError."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise BrokenTextError(f"A mapping is at most {MAX_BYTES >> 10} KiB long.", 1)
    if text.lstrip()[:1] == "{":
        text = text.replace("\t", " ")  # JSON may be indented by tabs, YAML may not
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise BrokenTextError(f"This is no YAML or JSON: {error.problem or error}.", line) from error
    except yaml.YAMLError as error:
        raise BrokenTextError(f"This is no YAML or JSON: {error!s:.200}.", 1) from error
    if node is None:
        raise BrokenTextError("The mapping is empty.", 1)
    lines: Lines = {}
    return _plain(node, (), lines), lines


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BrokenTextError(
                "Anchors and aliases (& and *) are not accepted: put the text in quotes.", line
            )
        if getattr(event, "tag", None):
            raise BrokenTextError("Tags (!) are not accepted: put the text in quotes.", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise BrokenTextError(f"It is nested more than {MAX_DEPTH} levels deep.", line)


def _plain(node: yaml.Node, path: Path, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, index), lines) for index, each in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise BrokenTextError("A name must be a text.", line)
        if key.value in found:
            raise BrokenTextError(f"“{key.value}” is there twice.", line)
        found[key.value] = _plain(value, (*path, key.value), lines)
        lines[*path, key.value] = line
    return found
