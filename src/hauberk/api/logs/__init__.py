"""The newest log records over HTTP: they belong to no feature, because every feature writes some."""
