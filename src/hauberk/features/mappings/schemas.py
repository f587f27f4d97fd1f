"""What the endpoints of mappings take and answer."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from hauberk.features.identity.serving import Instant, Named, Payload, Schema

MAX_DOCUMENT_CHARS = 64 * 1024
MAX_SAMPLE_CHARS = 256 * 1024
_EXAMPLE = """\
mapping: 1
id: acme-scan
scanner: Acme Scan
kind: dast
items: {json: alerts.item}
finding:
  title: name
  severity: level
"""

Document = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_DOCUMENT_CHARS, strip_whitespace=False),
    Field(description="The mapping, as YAML or JSON", examples=[_EXAMPLE]),
]


class MappingPayload(Payload):
    document: Document


class MappingChange(Payload):
    document: Document
    version: int | None = Field(
        default=None,
        ge=1,
        description="The version that was read: refused with 409 when it is another by now",
    )


class PreviewOrder(Payload):
    """A mapping and a text to try it on; nothing is kept."""

    document: Document
    sample: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_SAMPLE_CHARS, strip_whitespace=False),
        Field(
            description="A report, or the beginning of one",
            examples=['{"alerts": [{"name": "x", "level": "low"}]}'],
        ),
    ]


class MappingSchema(Schema):
    """A saved mapping; uploads name it with `format`."""

    id: str
    format: str
    scanner: str
    title: str
    kinds: list[str]
    is_recognised: bool
    """Its reports are recognised; else an upload has to name the format."""
    document: str
    version: int
    updated_at: Instant
    updated_by: Named | None


class MappingProblem(Schema):
    """What is wrong with a field of the mapping, and on which line of the document."""

    field: str
    line: int
    message: str


class SampleProblem(Schema):
    """An item of the sample that could not be read."""

    position: str
    reason: str


class PreviewSchema(Schema):
    """What the mapping reads of the sample; with `mapping_problems` it was not even tried."""

    format: str | None
    is_recognised: bool
    """The sample is recognised as this format by itself."""
    findings: list[dict[str, Any]]
    finding_count: int
    header: dict[str, Any]
    mapping_problems: list[MappingProblem]
    """What is wrong with the mapping, and which of its fields found nothing in the sample that can be used."""
    sample_problems: list[SampleProblem]
    refusal: str | None
    """Why the sample could not be read at all."""
