"""Configurations for the balancers that stand in front, made from the application's own routes and limits."""

from hauberk.api.proxy.rendering import render

__all__ = ["render"]
