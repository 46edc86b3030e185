//! The messages and services of `proto/loyalty/ledger/v1`, as the build generates them.

#![allow(clippy::all, clippy::pedantic, clippy::nursery)]

tonic::include_proto!("loyalty.ledger.v1");

/// The descriptors of all of it, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/loyalty_ledger_v1.binpb"));
