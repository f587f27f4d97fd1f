"""Mappings: report formats that an organization describes itself, tried on a sample, saved, and used by uploads."""
