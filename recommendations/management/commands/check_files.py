"""The former name of ``verify_evidence``."""

from recommendations.management.commands.verify_evidence import Command

__all__ = ["Command"]
