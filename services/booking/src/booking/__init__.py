"""Clients, booking files, sales terms and the payments ledger."""
