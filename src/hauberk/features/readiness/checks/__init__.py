"""The checks that belong to no feature: importing this package registers every one of its files."""

from hauberk.kit import discover

discover.children(__name__)
