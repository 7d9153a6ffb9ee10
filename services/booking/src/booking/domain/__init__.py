"""The rules of clients, terms, booking files and payments; standard library and `values` only."""
