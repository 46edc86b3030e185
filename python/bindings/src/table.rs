//! A table of rows for one verb: its columns checked as a whole before anything of it is written.

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, RecordBatchReader};
use arrow_schema::{DataType, Schema};
use loyalty_ledger::ledger::rejection::Rejection;
use loyalty_ledger::ledger::request::Alias;
use loyalty_ledger::ledger::time::Instant;

use crate::columns::Texts;
use crate::errors::BadTable;
use crate::numbers::{Amounts, instants, points};
use crate::values::{currency_bytes, digits_of};

/// The verbs that take tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Enroll,
    Purchase,
    Accrue,
    Redeem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Always,
    /// The column may be left out; if it is there, every row has a value.
    Optional,
    /// The column may be left out, and so may the value of any row.
    EachRow,
}

/// A column's name, and whether its rows need values.
pub type Expected = (&'static str, Need);

/// Exactly one of these names each row's member.
const NAMES: [&str; 2] = ["member", "card"];
const ALIASES: [&str; 3] = ["card", "phone", "external_id"];
/// Decimals of a price.
pub const PRICE_DIGITS: u32 = 6;

impl Verb {
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Enroll => "enroll",
            Verb::Purchase => "purchase",
            Verb::Accrue => "accrue",
            Verb::Redeem => "redeem",
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

/// What a table is read against.
pub struct Rules<'r> {
    pub verb: Verb,
    pub create_members: bool,
    /// The money of the program's earn rule.
    pub money: [u8; 3],
    /// Whether the ledger is on a manual clock.
    pub manual: bool,
    pub alias: &'r (dyn Fn(&str, &str) -> Result<Alias<'static>, Rejection> + Sync),
}

/// An alias's keyed hash and last digits.
pub type Hashed = ([u8; 16], u16);

/// The kinds of alias that were given, each with its row's alias.
pub type Aliases = Vec<(&'static str, Vec<Option<Hashed>>)>;

/// Some rows of a table, column by column; the columns that were not given are `None`.
pub struct Chunk {
    pub rows: usize,
    pub member: Option<Texts>,
    pub aliases: Aliases,
    pub key: Option<Texts>,
    pub points: Option<Int64Array>,
    /// In minor units.
    pub amount: Option<Vec<i64>>,
    pub currency: Option<Texts>,
    pub wallet: Option<Texts>,
    pub enroll: Option<BooleanArray>,
    pub activates_at: Option<Int64Array>,
    pub expires_at: Option<Int64Array>,
    pub funder: Option<Texts>,
    /// In millionths of a unit of money.
    pub price: Option<Vec<Option<i64>>>,
    pub occurred_at: Option<Int64Array>,
    pub recorded_at: Option<Int64Array>,
}

/// Every row that was handed in.
pub struct Table {
    pub verb: Verb,
    pub create_members: bool,
    pub money: [u8; 3],
    pub rows: usize,
    chunks: Vec<Chunk>,
    /// The first row of each chunk.
    starts: Vec<usize>,
}

impl Table {
    /// Checks the columns' names, then takes batch after batch.
    pub fn read(reader: RecordBatchStreamReader, rules: &Rules<'_>) -> Result<Table, BadTable> {
        check_columns(&reader.schema(), rules)?;
        let mut table = Table {
            verb: rules.verb,
            create_members: rules.create_members,
            money: rules.money,
            rows: 0,
            chunks: Vec::new(),
            starts: Vec::new(),
        };
        for batch in reader {
            let batch = batch
                .map_err(|error| BadTable::whole(format!("the table cannot be read: {error}")))?;
            table.add(&batch, rules)?;
        }
        Ok(table)
    }

    fn add(&mut self, batch: &RecordBatch, rules: &Rules<'_>) -> Result<(), BadTable> {
        let chunk = Chunk::new(batch, self.rows, rules)?;
        if chunk.rows == 0 {
            return Ok(());
        }
        let first = chunk.recorded_at.as_ref().map(|times| times.value(0));
        if first < self.latest_recorded() {
            return Err(BadTable::cell("recorded_at", self.rows, EARLIER));
        }
        self.starts.push(self.rows);
        self.rows += chunk.rows;
        self.chunks.push(chunk);
        Ok(())
    }

    /// The chunk and the row in it that a row of the table is.
    pub fn place(&self, row: usize) -> (&Chunk, usize) {
        let after = self.starts.partition_point(|start| *start <= row);
        (&self.chunks[after - 1], row - self.starts[after - 1])
    }

    fn latest_recorded(&self) -> Option<i64> {
        let last = self.chunks.last()?;
        Some(last.recorded_at.as_ref()?.value(last.rows - 1))
    }
}

pub const BOTH_EXPIRIES: &str =
    "is true beside expires_at; leave expires_at null in rows whose points never expire";
pub const EARLIER: &str = "goes back in time; sort the table by recorded_at";

fn check_columns(schema: &Schema, rules: &Rules<'_>) -> Result<(), BadTable> {
    let verb = rules.verb;
    let names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let known: Vec<&str> = verb.expected().iter().map(|(name, _)| *name).collect();
    for (at, name) in names.iter().enumerate() {
        if !known.contains(name) {
            return Err(extra(name, verb, &known));
        }
        if names[..at].contains(name) {
            return Err(BadTable::column(
                name,
                "stands twice in the table; drop one",
            ));
        }
    }
    let missing = |(name, need): &&Expected| *need == Need::Always && !names.contains(name);
    if let Some((name, _)) = verb.expected().iter().find(missing) {
        return Err(BadTable::column(
            name,
            format!("is missing; {}_batch needs it", verb.name()),
        ));
    }
    let given = NAMES.iter().filter(|name| names.contains(name)).count();
    if verb != Verb::Enroll && given != 1 {
        let message = format!(
            "{}_batch needs exactly one of the columns member and card",
            verb.name()
        );
        return Err(BadTable::column("member", message));
    }
    if rules.create_members && !names.contains(&"member") {
        let message = "create_members enrols members by id; the table has only cards: enrol these members first";
        return Err(BadTable::column("member", message));
    }
    if rules.create_members && names.contains(&"enroll") {
        let message = "says per row what create_members=True says for all; use one of them";
        return Err(BadTable::column("enroll", message));
    }
    if names.contains(&"recorded_at") && !rules.manual {
        let message = "is for ledgers on a manual clock; on the system clock use occurred_at";
        return Err(BadTable::column("recorded_at", message));
    }
    Ok(())
}

fn extra(name: &str, verb: Verb, known: &[&str]) -> BadTable {
    let hint = match name.starts_with("__index_level_") {
        true => "it is the frame's index: call reset_index(drop=True)".to_string(),
        false => format!("drop it, or rename it to one of {}", known.join(", ")),
    };
    BadTable::column(
        name,
        format!("is no column of {}_batch; {hint}", verb.name()),
    )
}

/// One batch while it is read.
pub struct Sheet<'b> {
    batch: &'b RecordBatch,
    pub first_row: usize,
    expected: &'static [Expected],
}

impl<'b> Sheet<'b> {
    pub fn new(
        batch: &'b RecordBatch,
        first_row: usize,
        expected: &'static [Expected],
    ) -> Sheet<'b> {
        Sheet {
            batch,
            first_row,
            expected,
        }
    }

    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// The column, if it was given; nulls are refused where each row needs a value.
    pub fn column(&self, name: &str) -> Result<Option<ArrayRef>, BadTable> {
        let Some(expected) = self.expected.iter().find(|(known, _)| *known == name) else {
            return Ok(None);
        };
        let Some(array) = self.batch.column_by_name(name) else {
            return Ok(None);
        };
        let nulls = array
            .logical_nulls()
            .filter(|_| expected.1 != Need::EachRow);
        if let Some(row) = nulls.and_then(|nulls| nulls.iter().position(|valid| !valid)) {
            return Err(self.cell(name, row, "is null; every row needs a value here"));
        }
        Ok(Some(array.clone()))
    }

    pub fn cell(&self, name: &str, row: usize, message: impl Into<String>) -> BadTable {
        BadTable::cell(name, self.first_row + row, message)
    }

    pub fn texts(&self, name: &str) -> Result<Option<Texts>, BadTable> {
        let column = self.column(name)?;
        column
            .map(|array| Texts::new(name, &array, self.first_row))
            .transpose()
    }

    fn instants(&self, name: &str) -> Result<Option<Int64Array>, BadTable> {
        let column = self.column(name)?;
        column.map(|array| instants(name, &array)).transpose()
    }

    /// What each row says of its expiry: an instant, never, or nothing.
    fn expiries(&self) -> Result<Option<Int64Array>, BadTable> {
        let dated = self.instants("expires_at")?;
        let Some(never) = self.flags("never_expires")? else {
            return Ok(dated);
        };
        let expiry = |row: usize| {
            let dates = dated.as_ref().filter(|dates| !dates.is_null(row));
            let date = dates.map(|dates| dates.value(row));
            match (!never.is_null(row) && never.value(row), date) {
                (true, Some(_)) => Err(self.cell("never_expires", row, BOTH_EXPIRIES)),
                (true, None) => Ok(Some(Instant::NEVER.0)),
                (false, date) => Ok(date),
            }
        };
        let expiries: Result<Int64Array, BadTable> = (0..self.rows()).map(expiry).collect();
        expiries.map(Some)
    }

    fn points(&self) -> Result<Option<Int64Array>, BadTable> {
        let column = self.column("points")?;
        column.map(|array| points("points", &array)).transpose()
    }

    pub fn flags(&self, name: &str) -> Result<Option<BooleanArray>, BadTable> {
        let Some(array) = self.column(name)? else {
            return Ok(None);
        };
        match array.data_type() {
            DataType::Boolean => Ok(Some(array.as_boolean().clone())),
            other => Err(BadTable::column(
                name,
                format!("is {other}; use a boolean column"),
            )),
        }
    }

    fn currencies(&self) -> Result<Option<Texts>, BadTable> {
        let Some(texts) = self.texts("currency")? else {
            return Ok(None);
        };
        let bad = |row: &usize| texts.get(*row).and_then(currency_bytes).is_none();
        match (0..self.batch.num_rows()).find(bad) {
            Some(row) => {
                let message = "is no ISO 4217 code; use three capital letters such as EUR";
                Err(self.cell("currency", row, message))
            }
            None => Ok(Some(texts)),
        }
    }

    /// Money of each row in units of 10^-`digits`; `None` for the digits of its currency's minor unit.
    pub fn money(
        &self,
        name: &str,
        currencies: Option<&Texts>,
        default: [u8; 3],
        digits: Option<u32>,
    ) -> Result<Option<Vec<Option<i64>>>, BadTable> {
        let Some(array) = self.column(name)? else {
            return Ok(None);
        };
        let amounts = Amounts::new(name, &array)?;
        let default_digits = digits_of(default);
        let mut units = Vec::with_capacity(array.len());
        for row in 0..array.len() {
            let own = currencies.and_then(|texts| texts.get(row));
            let minor = own
                .and_then(currency_bytes)
                .map_or(default_digits, digits_of);
            let amount = amounts.get(row, minor, digits.unwrap_or(minor)).transpose();
            units.push(amount.map_err(|message| self.cell(name, row, message))?);
        }
        Ok(Some(units))
    }

    fn aliases(&self, rules: &Rules<'_>) -> Result<Aliases, BadTable> {
        let mut all = Vec::new();
        for kind in ALIASES {
            let Some(texts) = self.texts(kind)? else {
                continue;
            };
            let mut hashed = Vec::with_capacity(self.batch.num_rows());
            for row in 0..self.batch.num_rows() {
                let alias = texts
                    .get(row)
                    .map(|value| (rules.alias)(kind, value))
                    .transpose();
                let alias = alias.map_err(|rejection| self.cell(kind, row, rejection.message))?;
                hashed.push(alias.map(|alias| (alias.hash, alias.last_digits)));
            }
            all.push((kind, hashed));
        }
        Ok(all)
    }

    pub fn recorded(&self) -> Result<Option<Int64Array>, BadTable> {
        let Some(times) = self.instants("recorded_at")? else {
            return Ok(None);
        };
        let outside = |at: &i64| !Instant(*at).is_valid() || at.checked_mul(1_000).is_none();
        if let Some(row) = times.values().iter().position(outside) {
            return Err(self.cell(
                "recorded_at",
                row,
                "lies outside the years 1970 to 2261 (UTC)",
            ));
        }
        match times.values().windows(2).position(|pair| pair[1] < pair[0]) {
            Some(row) => Err(self.cell("recorded_at", row + 1, EARLIER)),
            None => Ok(Some(times)),
        }
    }
}

impl Chunk {
    fn new(batch: &RecordBatch, first_row: usize, rules: &Rules<'_>) -> Result<Chunk, BadTable> {
        let expected = rules.verb.expected();
        let sheet = Sheet::new(batch, first_row, expected);
        let currency = sheet.currencies()?;
        let amount = sheet.money("amount", currency.as_ref(), rules.money, None)?;
        Ok(Chunk {
            rows: batch.num_rows(),
            member: sheet.texts("member")?,
            aliases: sheet.aliases(rules)?,
            key: sheet.texts("key")?,
            points: sheet.points()?,
            amount: amount.map(|units| units.into_iter().map(|unit| unit.unwrap_or(0)).collect()),
            price: sheet.money("price", currency.as_ref(), rules.money, Some(PRICE_DIGITS))?,
            currency,
            wallet: sheet.texts("wallet")?,
            enroll: sheet.flags("enroll")?,
            activates_at: sheet.instants("activates_at")?,
            expires_at: sheet.expiries()?,
            funder: sheet.texts("funder")?,
            occurred_at: sheet.instants("occurred_at")?,
            recorded_at: sheet.recorded()?,
        })
    }
}
