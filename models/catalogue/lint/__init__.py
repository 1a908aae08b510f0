"""Check entries of the catalogue: problems, which refuse them, and remarks, which are worth a second look."""
