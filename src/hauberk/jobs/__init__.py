"""Background work: PostgreSQL holds every job, its lease and its events; Dramatiq only says "look now"."""
