"""What every test can ask for: real servers, a database of its own, settings that point to them, the application."""

pytest_plugins = [
    "fixtures.servers",
    "fixtures.receivers",
    "fixtures.api",
    "fixtures.readiness",
    "hauberk.testing.plugin",
]
