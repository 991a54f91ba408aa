"""How what leaves becomes a file: stories and tables from frozen summaries, in each format; sees no model."""
