"""Load: people as the checklist counts them, what they cost, and how large an installation must be for more of them."""
