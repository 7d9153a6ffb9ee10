"""Runs the migrations of booking; called by `python -m booking migrate`."""

from booking.adapters.tables import METADATA
from chassis.migrations import run_env

run_env(METADATA)
