"""A till's day at a server, from the stock gRPC clients of other languages."""
