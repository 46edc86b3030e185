//! The verbs: one method each, one request each, by who uses them.

mod corrections;
mod members;
mod partners;
mod referrals;
pub mod sales;
mod tables;
mod till;
