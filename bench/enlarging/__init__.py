"""Samples made large: the items of a small report repeated within its container, until it has the wanted size."""
