"""Use cases of booking, one per file; `ports.py` says what they need."""
