"""Accounts, sessions and keys: the gateway's own small truth."""
