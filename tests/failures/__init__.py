"""Failure runs: the product's real processes while its worker, broker, database and mail server fail."""
