"""A module for each format of the UN's and UPR Info's files (see ``formats.entries.FormatReader``)."""
