"""Demonstration data: three months of reports of a made-up company, imported the way every report is."""
