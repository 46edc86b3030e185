"""A ledger behind a connection: the same calls as the compiled engine takes, over gRPC."""
