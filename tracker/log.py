"""What the log leaves out."""

import logging


def without_traceback_of_a_refusal(record: logging.LogRecord) -> bool:
    """Keep the line that says what was refused, drop the traceback: it tells nothing, and hides the real ones."""
    if record.levelno < logging.ERROR:
        record.exc_info = None
        record.exc_text = None
    return True
