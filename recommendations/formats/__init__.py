"""What a file looks like: bytes to rows and back, kinds of files, hashes. Knows no model."""
