"""How the outside reaches the catalog: gRPC."""
