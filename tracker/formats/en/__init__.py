"""English as the UN writes it."""
