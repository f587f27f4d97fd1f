"""The processes that do the background work: worker and scheduler."""
