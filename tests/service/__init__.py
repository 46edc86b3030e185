"""A server of a ledger, and its client."""
