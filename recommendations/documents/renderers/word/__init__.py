"""The parts of a Word document: styles, settings and fonts as files, the rest as text."""
