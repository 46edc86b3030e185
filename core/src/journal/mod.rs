//! Bytes, fsync, chain: the append-only journal. Knows nothing of points.
