"""What availability knows by itself: occupancies, open periods, chains, limits; no I/O."""
