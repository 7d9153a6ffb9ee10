"""Use cases of the catalog, one per file."""
