"""Lets the tests of this folder import what they share with the stories."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
