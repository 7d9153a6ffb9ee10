"""Runs the migrations of pricing."""

from chassis.migrations import run_env
from pricing.adapters.tables import METADATA

run_env(METADATA)
