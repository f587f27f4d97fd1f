"""Server-sent events of an organization: that something changed, for pages that stand open."""
