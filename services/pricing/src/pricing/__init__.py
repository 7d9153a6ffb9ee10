"""Seasons, rate plans, tariffs, supplements, tourist tax, quotes."""
