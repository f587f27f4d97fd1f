"""Everything that a parser may import: declare a format, read its items, put a scanner's words into our shape.

See `docs/guides/add-a-parser.md`.
"""

from hauberk.domain.cvss import assessment as cvss
from hauberk.domain.finding import FindingKind
from hauberk.domain.purl import OPERATING_SYSTEM_TYPES, package_of, purl_type
from hauberk.domain.purl import package_url as purl
from hauberk.domain.reported import (
    Component,
    Cvss,
    ItemProblem,
    Location,
    ReportedFinding,
    ReportHeader,
    Suppression,
    VexStatement,
)
from hauberk.domain.severity import Severity
from hauberk.domain.vex import VexStatus
from hauberk.parsers.sdk.coerce import (
    Floors,
    Rating,
    Scale,
    assessments,
    at_url,
    cwes,
    first,
    http_method,
    identifiers,
    integer,
    line,
    listed,
    number,
    parts,
    pick,
    port,
    severity,
    severity_of_points,
    severity_of_score,
    suppression,
    text,
    texts,
    timestamp,
    urls,
)
from hauberk.parsers.sdk.declare import Findings, FormatInfo, Parser, Record, parser
from hauberk.parsers.sdk.errors import ERROR_CODES, ErrorCode, ReportError
from hauberk.parsers.sdk.items import UnreadableItem, each
from hauberk.parsers.sdk.json_text import Json, json_text
from hauberk.parsers.sdk.known_by import image, machine, repository
from hauberk.parsers.sdk.node import Node
from hauberk.parsers.sdk.page import HtmlElement, passage, table_rows, words
from hauberk.parsers.sdk.probe import (
    AnyOf,
    CsvHeader,
    HtmlPage,
    InArchive,
    JsonKeys,
    JsonLineKeys,
    Probe,
    Sniff,
    TextLines,
    XmlRoot,
)
from hauberk.parsers.sdk.prose import links, paragraphs, plain, unbase64, uncoloured
from hauberk.parsers.sdk.readers import (
    CsvRows,
    JsonItems,
    JsonLines,
    Report,
    Row,
    XmlElements,
)
from hauberk.parsers.sdk.source import Source
from hauberk.parsers.sdk.xml_walk import XmlElement, XmlHead, child_texts, local_name

SCA = FindingKind.SCA
CONTAINER = FindingKind.CONTAINER
SAST = FindingKind.SAST
SECRET = FindingKind.SECRET
DAST = FindingKind.DAST
INFRASTRUCTURE = FindingKind.INFRASTRUCTURE
CLOUD = FindingKind.CLOUD
IAC = FindingKind.IAC
MANUAL = FindingKind.MANUAL

__all__ = [
    "CLOUD",
    "CONTAINER",
    "DAST",
    "ERROR_CODES",
    "IAC",
    "INFRASTRUCTURE",
    "MANUAL",
    "OPERATING_SYSTEM_TYPES",
    "SAST",
    "SCA",
    "SECRET",
    "AnyOf",
    "Component",
    "CsvHeader",
    "CsvRows",
    "Cvss",
    "ErrorCode",
    "FindingKind",
    "Findings",
    "Floors",
    "FormatInfo",
    "HtmlElement",
    "HtmlPage",
    "InArchive",
    "ItemProblem",
    "Json",
    "JsonItems",
    "JsonKeys",
    "JsonLineKeys",
    "JsonLines",
    "Location",
    "Node",
    "Parser",
    "Probe",
    "Rating",
    "Record",
    "Report",
    "ReportError",
    "ReportHeader",
    "ReportedFinding",
    "Row",
    "Scale",
    "Severity",
    "Sniff",
    "Source",
    "Suppression",
    "TextLines",
    "UnreadableItem",
    "VexStatement",
    "VexStatus",
    "XmlElement",
    "XmlElements",
    "XmlHead",
    "XmlRoot",
    "assessments",
    "at_url",
    "child_texts",
    "cvss",
    "cwes",
    "each",
    "first",
    "http_method",
    "identifiers",
    "image",
    "integer",
    "json_text",
    "line",
    "links",
    "listed",
    "local_name",
    "machine",
    "number",
    "package_of",
    "paragraphs",
    "parser",
    "parts",
    "passage",
    "pick",
    "plain",
    "port",
    "purl",
    "purl_type",
    "repository",
    "severity",
    "severity_of_points",
    "severity_of_score",
    "suppression",
    "table_rows",
    "text",
    "texts",
    "timestamp",
    "unbase64",
    "uncoloured",
    "urls",
    "words",
]
