"""Use cases of documents, one a file; ports.py says what they need."""
