"""Contract, état descriptif, and mail."""
