"""Runs the catalog's migrations on the connection that `chassis.migrations` gives."""

from catalog.adapters.tables import METADATA
from chassis.migrations import run_env

run_env(METADATA)
