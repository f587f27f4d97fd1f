"""Background jobs over HTTP: they belong to no feature, because every feature has some."""
