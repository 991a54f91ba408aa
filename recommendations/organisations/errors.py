"""What functions about people and organisations raise."""


class NotPossible(Exception):
    """The act makes no sense as things stand; the message says why."""
