"""Fortify's FVDL: what its results refer to, kept compact while they are read (rules, descriptions, nodes, snippets, audits)."""

import re
from collections.abc import Iterator
from copy import deepcopy

from msgspec import Struct

from hauberk.parsers import sdk

_CWE = re.compile(r"CWE ID (\d+)")
_REPLACE = re.compile(r'<Replace key="([^"<>]+)"[^<>]*/>')  # `<Replace key="PrimaryLocation.file"/>`
# `<Paragraph>`; the tags of HTML beside it are written in small letters.
_OWN_TAG = re.compile(r"</?[A-Z][A-Za-z]*(?: [^<>]*)?>")
_ANALYSIS = "87f2364f-dcd4-49e6-861d-f8d3f351686b"
_LINES = re.compile(r":(\d{1,9}):(\d{1,9})$")  # `:10:14` at the end of a name: its first and last line
_WORDS = {5: "Critical", 4: "High", 3: "Medium", 2: "Low", 1: "Info", 0: "Info"}


class Place(Struct, frozen=True, gc=False):
    """A node of a trace: where it is and which snippet shows it."""

    path: str | None
    line: int | None
    end_line: int | None
    column: int | None
    snippet: str | None
    is_main: bool = False


class Excerpt(Struct, frozen=True, gc=False):
    """Some lines of a file, as the report quotes them."""

    first: int
    last: int | None
    text: str


class Tables:
    """Everything beside the results, from one reading of `audit.fvdl` and one of `audit.xml`."""

    def __init__(self, report: sdk.Report, audit: sdk.Report | None) -> None:
        self.rules: dict[str, dict[str, str]] = {}
        self.descriptions: dict[str, sdk.XmlElement] = {}
        self.nodes: dict[str, Place] = {}
        self.snippets: dict[str, str] = {}
        self.excerpts: dict[str, Excerpt] = {}
        self.audits: dict[str, sdk.Suppression] = {}
        readers = {
            "EngineData/RuleInfo/Rule": self._rule,
            "Description": self._description,
            "UnifiedNodePool/Node": self._node,
            "Snippets/Snippet": self._snippet,
        }
        for node in report.xml(*readers):
            readers[node.pattern](node.value)
        for node in audit.xml("IssueList/Issue") if audit else ():
            self._audit(node.value)

    def _rule(self, rule: sdk.XmlElement) -> None:
        self.rules[rule.get("id", "")] = groups(rule)

    def _description(self, said: sdk.XmlElement) -> None:
        # A copy: the reader empties what it has handed out.
        self.descriptions[said.get("classID", "")] = deepcopy(said)

    def _node(self, node: sdk.XmlElement) -> None:
        place = place_of(node)
        if place:
            self.nodes[node.get("id", "")] = place

    def _snippet(self, snippet: sdk.XmlElement) -> None:
        """The reported lines, apart from those around them, which change without the problem."""
        name, first = snippet.get("id", ""), sdk.line(snippet.findtext("{*}StartLine"))
        lines, text = _LINES.search(name), snippet.findtext("{*}Text") or ""
        if first:
            self.excerpts[name] = Excerpt(first, sdk.line(snippet.findtext("{*}EndLine")), text.strip("\r\n"))
        if lines and first:
            kept = text.splitlines()[max(int(lines[1]) - first, 0) : int(lines[2]) - first + 1]
            self.snippets[name] = "\n".join(kept).strip()

    def _audit(self, issue: sdk.XmlElement) -> None:
        values = [tag.findtext("{*}Value") for tag in issue.iterfind("{*}Tag") if tag.get("id") == _ANALYSIS]
        if issue.get("suppressed") == "true" or "Not an Issue" in values:
            comments = [c.text for c in issue.iterfind("{*}ThreadedComments/{*}Comment/{*}Content")]
            why = "\n".join(sdk.texts([*comments, *values])) or "suppressed"
            self.audits[issue.get("instanceId", "")] = sdk.Suppression(justification=why)

    def location(self, place: Place) -> sdk.Location:
        return sdk.Location(
            path=place.path,
            line=place.line,
            end_line=place.end_line,
            column=place.column,
            snippet=self.snippets.get(place.snippet or "") or None,
        )

    def around(self, place: Place) -> Iterator[sdk.Location]:
        """The code around a place, as far as the report quotes it: context, no place of its own."""
        excerpt = self.excerpts.get(place.snippet or "")
        if excerpt:
            yield sdk.Location(
                path=place.path,
                line=excerpt.first,
                end_line=excerpt.last,
                snippet=excerpt.text or None,
                message="the code around it",
            )


def groups(element: sdk.XmlElement) -> dict[str, str]:
    found = element.iterfind("{*}MetaInfo/{*}Group")
    return {group.get("name", ""): (group.text or "").strip() for group in found}


def place_of(node: sdk.XmlElement) -> Place | None:
    at = node.find("{*}SourceLocation")
    if at is None:
        return None
    return Place(
        path=sdk.text(at.get("path")),
        line=sdk.line(at.get("line")),
        end_line=sdk.line(at.get("lineEnd")),
        column=sdk.line(at.get("colStart")),
        snippet=at.get("snippet"),
        is_main=node.get("isDefault") == "true",
    )


def cwes(meta: dict[str, str]) -> tuple[int, ...]:
    return sdk.cwes(*_CWE.findall(meta.get("altcategoryCWE", "")))


def priority(meta: dict[str, str], severity: str | None, confidence: str | None) -> str | None:
    """Fortify's priority order: impact against likelihood. Rules without these numbers have a severity from 0 to 5.

    https://www.microfocus.com/documentation/fortify-static-code-analyzer-and-tools/ ("Fortify Priority Order")
    """
    impact, accuracy, probability = (sdk.number(meta.get(n)) for n in ("Impact", "Accuracy", "Probability"))
    sure = sdk.number(confidence)
    if impact is None or accuracy is None or probability is None or sure is None:
        rank = sdk.number(severity)
        return None if rank is None else _WORDS.get(round(rank))
    is_likely = accuracy * sure * probability / 25 >= 2.5
    if impact >= 2.5:
        return "Critical" if is_likely else "High"
    return "Medium" if is_likely else "Low"


def filled(text: str | None, definitions: dict[str, str]) -> str | None:
    """A description with its gaps (`<Replace key="PrimaryLocation.file"/>`) filled in."""
    words = _REPLACE.sub(lambda gap: definitions.get(gap[1], gap[1]), text or "")
    return sdk.plain(_OWN_TAG.sub("", words))


def links(description: sdk.XmlElement | None) -> Iterator[str]:
    for reference in () if description is None else description.iterfind("{*}References/{*}Reference"):
        yield reference.findtext("{*}Source") or ""
