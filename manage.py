#!/usr/bin/env python3
"""Django's commands, with the settings of this deployment."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    # Read first: Django would run some commands in spite of an error in the settings.
    from django.core.management import execute_from_command_line

    import tracker.settings  # noqa: F401

    execute_from_command_line(sys.argv)
