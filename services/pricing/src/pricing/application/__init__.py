"""The use cases, one per file; `ports.py` says what they need."""
