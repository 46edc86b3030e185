//! A table of mixed verbs: a column `verb`, and a column for each argument of any of them.
//!
//! ```text
//!  Arrow ─▶ chunk: columns read ─▶ check: each row by its verb ─▶ command: a row as its request
//!             fields: what columns there are, and which verb takes which      lines: the nested one
//! ```

mod check;
mod chunk;
mod command;
mod fields;
mod lines;

use std::sync::LazyLock;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_schema::Schema;
use loyalty_ledger::ledger::rejection::Rejection;
use loyalty_ledger::ledger::request::{Alias, Request, Text};
use loyalty_ledger::ledger::time::Instant;

use self::chunk::Chunk;
use self::command::Row;
use self::fields::{FIELDS, Field};
use crate::batch::Requests;
use crate::errors::BadTable;
use crate::table::{EARLIER, Expected, Need};

/// What a table is read against.
pub struct Rules<'r> {
    /// The money of the program's earn rule.
    pub money: [u8; 3],
    /// Whether rows may bring the instants along at which they are recorded.
    pub recorded: Result<(), &'static str>,
    /// Whether all rows are applied, or none.
    pub is_whole: bool,
    pub alias: &'r (dyn Fn(&str, &str) -> Result<Alias<'static>, Rejection> + Sync),
    expected: &'static [Expected],
}

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

impl<'r> Rules<'r> {
    pub fn new(
        money: [u8; 3],
        recorded: Result<(), &'static str>,
        is_whole: bool,
        alias: &'r (dyn Fn(&str, &str) -> Result<Alias<'static>, Rejection> + Sync),
    ) -> Rules<'r> {
        Rules {
            money,
            recorded,
            is_whole,
            alias,
            expected: &EXPECTED,
        }
    }
}

/// Every row that was handed in.
pub struct Mixed {
    money: [u8; 3],
    rows: usize,
    chunks: Vec<Chunk>,
    /// The first row of each chunk.
    starts: Vec<usize>,
}

impl Mixed {
    /// Checks the columns' names, then takes batch after batch.
    pub fn read(reader: RecordBatchStreamReader, rules: &Rules<'_>) -> Result<Mixed, BadTable> {
        check_columns(&reader.schema(), rules)?;
        let mut table = Mixed {
            money: rules.money,
            rows: 0,
            chunks: Vec::new(),
            starts: Vec::new(),
        };
        for batch in reader {
            let batch = batch
                .map_err(|error| BadTable::whole(format!("the table cannot be read: {error}")))?;
            if batch.num_rows() == 0 {
                continue;
            }
            let chunk = Chunk::new(&batch, table.rows, rules)?;
            let first = chunk.number(Field::RecordedAt, 0);
            if first < table.latest_recorded() {
                return Err(BadTable::cell(
                    Field::RecordedAt.name(),
                    table.rows,
                    EARLIER,
                ));
            }
            table.starts.push(table.rows);
            table.rows += chunk.rows;
            table.chunks.push(chunk);
        }
        Ok(table)
    }

    fn row(&self, at: usize) -> Row<'_> {
        let after = self.starts.partition_point(|start| *start <= at);
        Row {
            chunk: &self.chunks[after - 1],
            row: at - self.starts[after - 1],
            money: self.money,
        }
    }

    fn latest_recorded(&self) -> Option<i64> {
        let last = self.chunks.last()?;
        last.number(Field::RecordedAt, last.rows - 1)
    }
}

impl Requests for Mixed {
    fn rows(&self) -> usize {
        self.rows
    }

    fn request(&self, at: usize) -> Request<'_> {
        self.row(at).request()
    }

    fn recorded_at(&self, at: usize) -> Option<Instant> {
        let Row { chunk, row, .. } = self.row(at);
        chunk.number(Field::RecordedAt, row).map(Instant)
    }

    fn key(&self, at: usize) -> Text<'_> {
        self.row(at).key()
    }
}

fn check_columns(schema: &Schema, rules: &Rules<'_>) -> Result<(), BadTable> {
    let names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let known = |name: &str| FIELDS.iter().any(|(_, known, _)| *known == name);
    for (at, name) in names.iter().enumerate() {
        if !known(name) {
            return Err(BadTable::column(name, extra(name)));
        }
        if names[..at].contains(name) {
            return Err(BadTable::column(
                name,
                "stands twice in the table; drop one",
            ));
        }
    }
    let verb = Field::Verb.name();
    if !names.contains(&verb) {
        return Err(BadTable::column(
            verb,
            "is missing; each row of post_batch has a verb",
        ));
    }
    let training = Field::SourceTraining.name();
    if rules.is_whole && names.contains(&training) {
        let message = "is for rows of their own; an all_or_nothing batch is written as a whole";
        return Err(BadTable::column(training, message));
    }
    match rules.recorded {
        Err(message) if names.contains(&Field::RecordedAt.name()) => {
            Err(BadTable::column(Field::RecordedAt.name(), message))
        }
        _ => Ok(()),
    }
}

fn extra(name: &str) -> String {
    if name.starts_with("__index_level_") {
        return "is no column of post_batch; it is the frame's index: call reset_index(drop=True)"
            .to_string();
    }
    let known: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
    format!(
        "is no column of post_batch; drop it, or rename it to one of {}",
        known.join(", ")
    )
}
