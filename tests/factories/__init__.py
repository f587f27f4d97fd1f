"""Rows for tests, typed and minimal: one file per table family, every argument that a test does not care for has a default."""
