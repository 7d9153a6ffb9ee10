"""Alembic's environment of documents."""

from chassis.migrations import run_env
from documents.adapters.tables import METADATA

run_env(METADATA)
