"""What reaches out: PostgreSQL, other services, protobuf."""
