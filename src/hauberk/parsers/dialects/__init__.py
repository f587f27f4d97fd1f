"""Shapes that several scanners write: parsers of `formats` may share these, never each other."""
