"""Reports of the UN as running text (DOCX, PDF): lines in reading order, numbered paragraphs, what they say."""
