//! A table of mixed verbs: a column `verb`, and a column for each argument of any of them.
//!
//! ```text
//!  Arrow ─▶ chunk: columns read ─▶ check: each row by its verb ─▶ command: a row as its request
//!             fields, verbs: what columns there are, and which verb takes which
//!             lines, words: columns that hold lists
//! ```

mod check;
mod chunk;
mod command;
mod fields;
mod lines;
mod referrals;
mod verbs;
mod words;

use std::sync::LazyLock;

use arrow_array::RecordBatchReader;
use arrow_schema::Schema;

use self::chunk::Chunk;
use self::command::Row;
use self::fields::{FIELDS, Field};
use super::chunks::Chunks;
use super::error::TableError;
use super::sheet::{Expected, Need, check_names, check_recorded};
use super::{Rules, Table};
use crate::engine::Rows;
use crate::ledger::request::{Request, Text};
use crate::ledger::time::Instant;

static EXPECTED: LazyLock<Vec<Expected>> = LazyLock::new(|| {
    let need = |field: Field| match field {
        Field::RecordedAt => Need::Optional,
        _ => Need::EachRow,
    };
    FIELDS
        .iter()
        .map(|(field, name, _)| (*name, need(*field)))
        .collect()
});

/// Columns that rows of a whole do not have.
const OF_SINGLE_ROWS: [(Field, &str); 2] = [
    (
        Field::SourceTraining,
        "is for rows of their own; an all_or_nothing batch is written as a whole",
    ),
    (
        Field::RecordedAt,
        "is for rows of their own; all of an all_or_nothing batch is recorded at once",
    ),
];

/// Every row that was handed in.
pub struct Mixed {
    caller: String,
    money: [u8; 3],
    chunks: Chunks<Chunk>,
}

impl Mixed {
    /// Checks the columns' names, then takes batch after batch. `is_whole`: all rows are applied, or none.
    pub fn read(
        reader: impl RecordBatchReader,
        is_whole: bool,
        rules: &Rules<'_>,
    ) -> Result<Mixed, TableError> {
        check_columns(&reader.schema(), is_whole, rules.manual)?;
        Ok(Mixed {
            caller: rules.caller.to_owned(),
            money: rules.money,
            chunks: Chunks::read(reader, |batch, first_row| {
                Chunk::new(batch, first_row, rules)
            })?,
        })
    }

    fn row(&self, at: usize) -> Row<'_> {
        let (chunk, row) = self.chunks.place(at);
        Row {
            chunk,
            row,
            caller: &self.caller,
            money: self.money,
        }
    }
}

impl Rows for Mixed {
    fn len(&self) -> usize {
        self.chunks.rows()
    }

    fn request(&self, index: usize) -> Request<'_> {
        self.row(index).request()
    }

    fn recorded_at(&self, index: usize) -> Option<Instant> {
        self.chunks.recorded_at(index)
    }
}

impl Table for Mixed {
    fn key(&self, row: usize) -> Text<'_> {
        self.row(row).key()
    }
}

fn check_columns(schema: &Schema, is_whole: bool, manual: bool) -> Result<(), TableError> {
    let names = check_names(schema, &EXPECTED, "post_batch")?;
    let verb = Field::Verb.name();
    if !names.contains(&verb) {
        let message = "is missing; each row of post_batch has a verb";
        return Err(TableError::column(verb, message));
    }
    if !is_whole {
        return check_recorded(&names, manual);
    }
    for (field, message) in OF_SINGLE_ROWS {
        if names.contains(&field.name()) {
            return Err(TableError::column(field.name(), message));
        }
    }
    Ok(())
}
