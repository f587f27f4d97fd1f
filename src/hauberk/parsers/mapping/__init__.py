"""Mappings: formats that are described instead of programmed. `documents.read` takes the text, `formats.parser` reads reports."""
