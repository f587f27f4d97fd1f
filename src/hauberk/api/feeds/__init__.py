"""Feeds over HTTP: how each stands, for the operator's administrators."""
