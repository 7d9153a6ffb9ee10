"""Plumbing of every service: settings, logs, clock, database, outbox, Kafka, gRPC."""
