//! Pure state machine: decides, audits and applies entries. No clock, no I/O, no chance.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]
#![deny(clippy::float_arithmetic, clippy::iter_over_hash_type)]

pub mod accounts;
pub mod answer;
pub mod apply;
pub mod audit;
pub mod bounds;
pub(crate) mod compact;
pub mod decide;
pub mod digest;
pub mod entry;
pub mod hold;
pub mod image;
pub mod keys;
pub mod lot;
pub mod members;
pub mod outlook;
pub mod owned;
pub mod program;
pub mod rejection;
pub mod request;
pub mod schedule;
pub mod settle;
pub mod state;
pub mod tables;
pub mod time;
pub mod wallet;
