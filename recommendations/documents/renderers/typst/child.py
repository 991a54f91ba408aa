"""Runs Typst once, in a process of its own: its memory of earlier documents ends with it. Started by typesetting.py.

Reads the keyword arguments of `typst.compile` as JSON from standard input. Writes the pages, each preceded by its
length in eight bytes; a refusal goes to standard error and ends with code 3. Imports nothing of ours.
"""

import json
import sys

import typst

REFUSED = 3


def main() -> int:
    """Sets the document that standard input asks for."""
    arguments = json.load(sys.stdin)
    try:
        made = typst.compile(**arguments)
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return REFUSED
    for page in made if isinstance(made, list) else [made]:
        sys.stdout.buffer.write(len(page).to_bytes(8, "big") + page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
