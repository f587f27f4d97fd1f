"""Multipart forms byte by byte, also such as no client library would send."""

import json
from typing import Any

BOUNDARY = "----hauberk-test"
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}

Part = bytes


def field(name: str, value: str | bytes) -> Part:
    return _part(f'form-data; name="{name}"', value.encode() if isinstance(value, str) else value)


def file(content: Any, name: str | bytes | None = "report.json") -> Part:
    """A report: bytes as they are, anything else as JSON. `name` as it stands in the header."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    if name is None:
        return _part('form-data; name="file"', body)
    spelled = name.encode() if isinstance(name, str) else name
    return _part(b'form-data; name="file"; filename="' + spelled + b'"', body)


def form(*parts: Part, end: bool = True) -> bytes:
    delimiter = b"--" + BOUNDARY.encode()
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts)
    return body + (delimiter + b"--\r\n" if end else b"")


def _part(disposition: str | bytes, body: bytes) -> Part:
    spelled = disposition.encode() if isinstance(disposition, str) else disposition
    return b"Content-Disposition: " + spelled + b"\r\n\r\n" + body
