"""gRPC services, consumers and jobs."""
