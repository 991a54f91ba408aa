"""Text without models: cleaning, stems for search, likeness, differences, citations."""
