"""A version to come whose second migration fails: what an upgrade is tried against."""
