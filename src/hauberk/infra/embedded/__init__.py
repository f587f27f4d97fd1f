"""Embedded servers: PostgreSQL and Valkey out of wheels, and the supervisor under which `hauberk up` runs everything."""
