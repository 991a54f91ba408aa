"""Everything leaves: the complete dump of the product, and the check that reads it back."""
