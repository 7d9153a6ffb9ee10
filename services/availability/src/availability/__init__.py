"""Which nights are open, blocked, held or taken; search."""
