"""The checks of what belongs to no other part of the product."""
