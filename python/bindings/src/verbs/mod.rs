//! The verbs: one method each, one request each, by who uses them.

mod corrections;
mod members;
pub mod sales;
mod tables;
mod till;
