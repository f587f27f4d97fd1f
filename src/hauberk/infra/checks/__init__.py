"""What readiness sees of the servers behind the product."""
