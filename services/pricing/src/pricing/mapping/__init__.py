"""Protobuf and domain, both ways; used by the entry points and by the adapters that store messages."""
