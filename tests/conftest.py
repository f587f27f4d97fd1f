"""What every test can ask for: real servers, a database of its own, settings that point to them."""

pytest_plugins = ["fixtures.servers"]
