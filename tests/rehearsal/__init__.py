"""The production shape without Docker: the processes of compose.yaml behind nginx with TLS."""
