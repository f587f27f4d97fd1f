"""What a browser or a client meets, by real requests to the running site: importing this package registers its files."""

from hauberk.kit import discover

discover.children(__name__)
