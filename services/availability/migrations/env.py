"""Runs the migrations of availability."""

from availability.adapters.tables import METADATA
from chassis.migrations import run_env

run_env(METADATA)
