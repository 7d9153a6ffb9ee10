"""PostgreSQL and codecs."""
