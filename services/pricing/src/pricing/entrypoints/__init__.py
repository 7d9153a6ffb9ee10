"""What calls the use cases: gRPC, the consumer of the catalog's news, the purge."""
