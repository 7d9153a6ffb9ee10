"""The one error class of this package: a sentence that says what is wrong and what to do."""

from __future__ import annotations


class CannotStart(Exception):
    """Something on this machine is in the way; the message says what and what to do."""
