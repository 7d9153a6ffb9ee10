"""Readers of label and tourism databases: APIDAE and DATAtourisme."""
