"""gRPC calls and news that come in."""
