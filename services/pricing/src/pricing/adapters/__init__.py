"""PostgreSQL: rows, the unit of work, and the reads."""
