"""Policies: within how many days findings have to be settled, by severity and by the tags of their asset."""
