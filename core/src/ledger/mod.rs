//! Pure state machine: decides, audits and applies entries. No clock, no I/O, no chance.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]
#![deny(clippy::float_arithmetic, clippy::iter_over_hash_type)]

pub mod accounts;
pub mod answer;
pub mod apply;
pub mod audit;
pub mod bounds;
pub mod codes;
pub(crate) mod compact;
pub mod decide;
pub mod digest;
pub mod entry;
pub mod flow;
pub mod hold;
mod ids;
pub mod image;
pub mod indexed;
pub mod keys;
pub(crate) mod line;
pub mod link;
pub mod lot;
pub mod members;
pub mod memory;
pub mod outlook;
pub mod owned;
pub mod program;
pub mod referral;
pub mod rejection;
pub mod request;
pub mod schedule;
pub mod settle;
pub mod source;
pub mod state;
pub mod tables;
pub mod till;
pub mod time;
pub mod verbs;
pub mod wallet;
