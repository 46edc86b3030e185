//! A table of rows for one verb: its columns checked as a whole before anything of it is written.
//!
//! ```text
//!  Arrow ─▶ chunk: columns read ─▶ command: a row as its request
//! ```

mod chunk;
mod command;

use arrow_array::RecordBatchReader;
use arrow_schema::Schema;

use self::chunk::Chunk;
use super::chunks::Chunks;
use super::error::TableError;
use super::sheet::{Expected, Need, check_names, check_recorded};
use super::{Rules, Table};
use crate::engine::Rows;
use crate::ledger::request::{Request, Text};
use crate::ledger::time::Instant;

/// The verbs that take tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Enroll,
    Purchase,
    Accrue,
    Redeem,
}

/// Exactly one of these names each row's member.
const NAMES: [&str; 2] = ["member", "card"];

impl Verb {
    /// What takes the table, as messages name it.
    const fn takes(self) -> &'static str {
        match self {
            Verb::Enroll => "enroll_batch",
            Verb::Purchase => "purchase_batch",
            Verb::Accrue => "accrue_batch",
            Verb::Redeem => "redeem_batch",
        }
    }

    const fn expected(self) -> &'static [Expected] {
        use Need::{Always, EachRow, Optional};
        match self {
            Verb::Enroll => &[
                ("member", Always),
                ("key", Optional),
                ("card", EachRow),
                ("phone", EachRow),
                ("external_id", EachRow),
                ("occurred_at", Optional),
                ("recorded_at", Optional),
            ],
            Verb::Purchase => &[
                ("member", Optional),
                ("member_kind", EachRow),
                ("card", Optional),
                ("key", Always),
                ("amount", Always),
                ("currency", Optional),
                ("enroll", Optional),
                ("occurred_at", Optional),
                ("recorded_at", Optional),
            ],
            Verb::Accrue => &[
                ("member", Optional),
                ("member_kind", EachRow),
                ("card", Optional),
                ("key", Always),
                ("points", Always),
                ("wallet", Optional),
                ("activates_at", EachRow),
                ("expires_at", EachRow),
                ("never_expires", EachRow),
                ("funder", EachRow),
                ("price", EachRow),
                ("currency", Optional),
                ("enroll", Optional),
                ("occurred_at", Optional),
                ("recorded_at", Optional),
            ],
            Verb::Redeem => &[
                ("member", Optional),
                ("member_kind", EachRow),
                ("card", Optional),
                ("key", Always),
                ("points", Always),
                ("wallet", Optional),
                ("occurred_at", Optional),
                ("recorded_at", Optional),
            ],
        }
    }
}

/// Every row that was handed in.
pub struct OneVerb {
    verb: Verb,
    create_members: bool,
    caller: String,
    money: [u8; 3],
    chunks: Chunks<Chunk>,
}

impl OneVerb {
    /// Checks the columns' names, then takes batch after batch. `create_members` enrols unknown ids in their row's
    /// entry.
    pub fn read(
        reader: impl RecordBatchReader,
        verb: Verb,
        create_members: bool,
        rules: &Rules<'_>,
    ) -> Result<OneVerb, TableError> {
        check_columns(&reader.schema(), verb, create_members, rules.manual)?;
        let chunks = Chunks::read(reader, |batch, first_row| {
            Chunk::new(batch, first_row, verb.expected(), rules)
        })?;
        Ok(OneVerb {
            verb,
            create_members,
            caller: rules.caller.to_owned(),
            money: rules.money,
            chunks,
        })
    }
}

impl Rows for OneVerb {
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

impl Table for OneVerb {
    fn key(&self, row: usize) -> Text<'_> {
        self.row(row).key()
    }
}

fn check_columns(
    schema: &Schema,
    verb: Verb,
    create_members: bool,
    manual: bool,
) -> Result<(), TableError> {
    let names = check_names(schema, verb.expected(), verb.takes())?;
    let missing = |(name, need): &&Expected| *need == Need::Always && !names.contains(name);
    if let Some((name, _)) = verb.expected().iter().find(missing) {
        return Err(TableError::column(
            name,
            format!("is missing; {} needs it", verb.takes()),
        ));
    }
    let given = NAMES.iter().filter(|name| names.contains(name)).count();
    if verb != Verb::Enroll && given != 1 {
        let message = format!(
            "{} needs exactly one of the columns member and card",
            verb.takes()
        );
        return Err(TableError::column("member", message));
    }
    if names.contains(&"member_kind") && !names.contains(&"member") {
        let message = "is that of an alias in member; give both, or neither";
        return Err(TableError::column("member_kind", message));
    }
    if create_members && !names.contains(&"member") {
        let message = "create_members enrols members by id; the table has only cards: enrol these members first";
        return Err(TableError::column("member", message));
    }
    if create_members && names.contains(&"enroll") {
        let message = "says per row what create_members=True says for all; use one of them";
        return Err(TableError::column("enroll", message));
    }
    check_recorded(&names, manual)
}
