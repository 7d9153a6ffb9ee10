"""Owners, labels, listings and their sheets, imports."""
