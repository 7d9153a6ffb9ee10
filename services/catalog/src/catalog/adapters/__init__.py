"""The catalog's tables, files, feeds and the services it asks."""
