"""The pytest plugin that an installation registers: the option of the kit, and readable assertions in it."""

import pytest

pytest.register_assert_rewrite(
    "hauberk.testing.damage", "hauberk.testing.identity", "hauberk.testing.reading"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hauberk", "report formats")
    group.addoption("--rewrite-goldens", action="store_true", help="write what the parsers say now")
