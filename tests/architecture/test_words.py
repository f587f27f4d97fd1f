"""The glossary is the linter of names: what the API calls things is compared with it."""

import re
from pathlib import Path

import pytest

from hauberk.api.app import create_app

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
# Words the glossary refuses that have another, honest meaning in these names.
EXCEPTIONS = {"status": {"Problem"}, "test": set(), "product": {"VexDetail"}}  # a supplier's, not ours


def refused_words() -> set[str]:
    """The glossary's last column: what things are not called."""
    rows = re.findall(r"^\| \*\*.*\|([^|]*)\|$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = {word.strip().replace(" ", "_") for row in rows for word in row.split(",")}
    return {word for word in words if word not in ("–", "")}


# Words of their own, refused only as another name for something else.
DEFINED = {
    "alert",
    "alert rule",
    "finding",
    "severity",
    "triage",
    "scan",
    "report",
    "scanner",
    "result",
    "vulnerability",
    "component",
}


@pytest.fixture(scope="module")
def document(settings):
    return create_app(settings).openapi()


def test_the_glossary_refuses_words():
    assert {"status", "vuln", "issue", "hash_code"} <= refused_words()


@pytest.mark.long
def test_no_field_of_the_api_is_called_by_a_refused_word(document):
    refused = refused_words() - DEFINED - {"state", "level", "key", "raw", "log", "import"}
    wrong = {
        f"{schema}.{field}"
        for schema, definition in document["components"]["schemas"].items()
        for field in definition.get("properties", {})
        if field in refused and schema not in EXCEPTIONS.get(field, set())
    }
    assert wrong == set()


def test_no_address_of_the_api_uses_a_refused_word(document):
    refused = refused_words() - DEFINED - {"log", "key", "import"}
    parts = {
        part for path in document["paths"] for part in path.split("/") if part and not part.startswith("{")
    }
    assert {part for part in parts if part.rstrip("s") in refused} == set()


def test_lists_are_pages_with_a_bound(document):
    pages = [
        (path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method == "get" and "PageSchema" in str(operation.get("responses", {}).get("200", {}))
    ]
    assert len(pages) >= 8
    unbounded = []
    for path, operation in pages:
        limits = [each for each in operation.get("parameters", []) if each["name"] == "limit"]
        if path != "/api/v1/formats" and (not limits or limits[0]["schema"].get("maximum") != 200):
            unbounded.append(path)
    assert unbounded == []


def test_every_request_body_has_an_example(document):
    schemas = document["components"]["schemas"]

    def has_example(schema: dict) -> bool:
        schema = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
        return "examples" in schema or any(
            "examples" in each for each in schema.get("properties", {}).values()
        )

    bare = [
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if not has_example(content["schema"])
    ]
    assert bare == []
