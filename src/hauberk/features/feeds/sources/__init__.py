"""One file for each feed; it is found by being here."""
