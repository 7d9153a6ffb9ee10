"""Money and NightRange: the pure kernel shared by all of Séjour."""
