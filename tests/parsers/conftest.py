"""The option that rewrites golden files: `pytest tests/parsers/test_formats.py --rewrite-goldens`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="write what the parsers say now")
