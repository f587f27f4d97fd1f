"""ssh-audit for people: what it prints of a server, also of several."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ssh_audit

_COLOUR = r"(?:\x1b\[[\d;]*m)*"
_SAID = re.compile(
    r"\((?P<part>gen|cve|kex|key|enc|mac)\) (?P<name>.+?)(?: +-- (?P<text>.*)|: (?P<value>.*))?"
)
_FURTHER = re.compile(r"`- (?P<text>.*)")
_STARTED = re.compile(r"Starting audit of (?P<target>\S+?)(?:\.\.\.)?")
_NOTE = re.compile(r"\[(?P<word>fail|warn|info)\] (?P<note>.*)")
_RATED = re.compile(r"\(CVSSv2: (?P<score>[\d.]+)\) (?P<text>.*)")
_SIZE = re.compile(r" \(\d+-bit\b.*\)$")


@dataclass
class _Server:
    """What is said of one server, until the next begins or the text ends."""

    place: sdk.Location
    software: tuple[sdk.Component, ...] = ()
    algorithms: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    known: list[tuple[str, str]] = field(default_factory=list)


@sdk.parser(
    id="ssh-audit-text",
    scanner="ssh-audit",
    title="ssh-audit text",
    docs="https://github.com/jtesta/ssh-audit#usage",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.TextLines(
            rf"^{_COLOUR}\(gen\) banner: SSH-", rf"^{_COLOUR}\((?:kex|key|enc|mac)\) \S.* -- {_COLOUR}\["
        ),
        sdk.TextLines(rf"^{_COLOUR}\((?:kex|key|enc|mac)\) \S.* -- {_COLOUR}\[(?:fail|warn|info)\] "),
    ),
    versions="1.7 and later, with and without colours, `-b` and `-l`",
)
def ssh_audit_text(report: sdk.Report) -> sdk.Findings:
    """`ssh-audit host.example > ssh-audit.txt`; with `-b` it names the server too"""
    server, notes = _Server(sdk.Location(protocol="tcp")), list[str]()
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        if further := _FURTHER.fullmatch(line):
            notes.append(further["text"])
        elif started := _STARTED.fullmatch(line):
            yield from _findings(server)
            server = _Server(_at(started["target"]))
        elif said := _SAID.fullmatch(line):
            part, name, text = said["part"], said["name"].strip(), said["text"] or said["value"] or ""
            if (part == "gen" and name == "target") or (name == "banner" and server.algorithms):
                yield from _findings(server)
                server = _Server(_at(text) if name == "target" else sdk.Location(protocol="tcp"))
            notes = [text]
            _take(server, part, name, notes)
    yield from _findings(server)


def _at(target: str) -> sdk.Location:
    place = sdk.at_url(target)
    return sdk.Location(host=place.host, port=place.port, protocol="tcp")


def _take(server: _Server, part: str, name: str, notes: list[str]) -> None:
    """The notes of an algorithm go on in the lines below it."""
    if part == "gen" and name == "banner":
        server.place = replace(server.place, evidence=notes[0])
    elif part == "gen" and name == "software":
        product, _, version = notes[0].partition(" (")[0].rpartition(" ")
        server.software = (sdk.Component(name=product or version, version=version if product else None),)
    elif part == "cve":
        server.known.append((name, notes[0]))
    elif part in ssh_audit.KINDS:
        server.algorithms[part, _SIZE.sub("", name)] = notes


def _findings(server: _Server) -> Iterator[sdk.ReportHeader | sdk.ReportedFinding]:
    yield sdk.ReportHeader(targets=sdk.texts(server.place.host))
    for name, text in server.known:
        rated = _RATED.fullmatch(text)
        score, about = (rated["score"], rated["text"]) if rated else (None, text)
        yield ssh_audit.vulnerability(name, score, about, server.place, *server.software)
    for (kind, name), notes in server.algorithms.items():
        told = [note for note in map(_NOTE.fullmatch, notes) if note]
        for word in ssh_audit.LEVELS:
            if about := [note["note"] for note in told if note["word"] == word]:
                yield ssh_audit.algorithm(kind, name, word, about, server.place, is_to_go=False)
                break
