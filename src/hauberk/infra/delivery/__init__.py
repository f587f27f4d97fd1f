"""Delivery: what is deployed and how, the release before this one, and the rehearsal of going back to it."""
