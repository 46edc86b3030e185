//! The ledger engine behind loyalty programs: pure state machine, journal, engine, queries, tables, service.
#![forbid(unsafe_code)]

pub mod engine;
pub mod journal;
pub mod ledger;
pub mod query;
pub mod service;
pub mod table;
