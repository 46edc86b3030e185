//! Tables: Arrow record batches become rows that the engine takes, and its answers become a record batch.
//!
//! ```text
//!  record batches ─▶ one_verb, mixed ─▶ Rows ─▶ engine ─▶ RowAnswers ─▶ answers ─▶ record batch
//!      ▲ ipc                                                                          ipc ▼
//! ```
//!
//! All of a table is checked before anything of it is written: what is wrong with it names column and row.

pub mod answers;
mod chunks;
mod columns;
mod error;
pub mod ipc;
mod mixed;
pub mod money;
mod numbers;
mod one_verb;
mod sheet;
#[cfg(test)]
mod tests;
pub mod told;

use crate::engine::{Ledger, Rows};
use crate::ledger::request::Text;

pub use columns::Texts;
pub use error::TableError;
pub use mixed::Mixed;
pub use one_verb::{OneVerb, Verb};

/// A table that was read and checked: its rows as requests that borrow from it.
pub trait Table: Rows {
    /// The key of a row's request.
    fn key(&self, row: usize) -> Text<'_>;
}

/// What a table is read against.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    /// Hashes aliases.
    pub ledger: &'r Ledger,
    /// Whose keys the rows have.
    pub caller: &'r str,
    /// The money of the program's earn rule.
    pub money: [u8; 3],
    /// Whether rows may move the ledger's clock, which is a manual one, to where they were recorded.
    pub manual: bool,
}
