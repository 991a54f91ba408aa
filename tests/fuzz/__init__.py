"""Mutated uploads, sent down the whole road of a file: recognised, cleaned, made into pictures."""
