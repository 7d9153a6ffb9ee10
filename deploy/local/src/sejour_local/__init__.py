"""Everything on one machine without containers: what make up runs, and the sejour command."""
