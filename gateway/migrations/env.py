from chassis.migrations import run_env
from gateway.accounts.tables import METADATA

run_env(METADATA)
