"""Hauberk: one list of everything your scanners found, that you can trust."""

__version__ = "0.1.0"
