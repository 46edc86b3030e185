//! One record batch while it is read: its columns by name, as what their rows hold.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch};
use arrow_schema::{DataType, Schema};

use super::columns::Texts;
use super::error::TableError;
use super::money::{NO_CURRENCY, currency_bytes, minor_digits};
use super::numbers::{Amounts, instants, points};
use crate::engine::Ledger;
use crate::ledger::time::Instant;

/// Decimals of a price.
pub const PRICE_DIGITS: u32 = 6;
pub const BOTH_EXPIRIES: &str =
    "is true beside expires_at; leave expires_at null in rows whose points never expire";
pub const EARLIER: &str = "goes back in time; sort the table by recorded_at";
const NOT_MANUAL: &str = "is for ledgers on a manual clock; on the system clock use occurred_at";

/// An alias's keyed hash and last digits.
pub type Hashed = ([u8; 16], u16);

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

/// The columns' names, each known and there once. `what` takes the table.
pub fn check_names<'s>(
    schema: &'s Schema,
    expected: &[Expected],
    what: &str,
) -> Result<Vec<&'s str>, TableError> {
    let fields = schema.fields().iter();
    let names: Vec<&str> = fields.map(|field| field.name().as_str()).collect();
    for (at, name) in names.iter().enumerate() {
        if !expected.iter().any(|(known, _)| known == name) {
            return Err(extra(name, expected, what));
        }
        if names[..at].contains(name) {
            return Err(TableError::column(
                name,
                "stands twice in the table; drop one",
            ));
        }
    }
    Ok(names)
}

fn extra(name: &str, expected: &[Expected], what: &str) -> TableError {
    let hint = match name.starts_with("__index_level_") {
        true => "it is the frame's index: call reset_index(drop=True)".to_owned(),
        false => {
            let known: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
            format!("drop it, or rename it to one of {}", known.join(", "))
        }
    };
    TableError::column(name, format!("is no column of {what}; {hint}"))
}

/// Rows bring the instants along at which they are recorded on a manual clock alone.
pub fn check_recorded(names: &[&str], manual: bool) -> Result<(), TableError> {
    match !manual && names.contains(&"recorded_at") {
        true => Err(TableError::column("recorded_at", NOT_MANUAL)),
        false => Ok(()),
    }
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
    pub fn column(&self, name: &str) -> Result<Option<ArrayRef>, TableError> {
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

    pub fn cell(&self, name: &str, row: usize, message: impl Into<String>) -> TableError {
        TableError::cell(name, self.first_row + row, message)
    }

    pub fn texts(&self, name: &str) -> Result<Option<Texts>, TableError> {
        let column = self.column(name)?;
        column
            .map(|array| Texts::new(name, &array, self.first_row))
            .transpose()
    }

    pub fn instants(&self, name: &str) -> Result<Option<Int64Array>, TableError> {
        let column = self.column(name)?;
        column.map(|array| instants(name, &array)).transpose()
    }

    /// What each row says of its expiry: an instant, never, or nothing.
    pub fn expiries(&self) -> Result<Option<Int64Array>, TableError> {
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
        let expiries: Result<Int64Array, TableError> = (0..self.rows()).map(expiry).collect();
        expiries.map(Some)
    }

    pub fn points(&self) -> Result<Option<Int64Array>, TableError> {
        let column = self.column("points")?;
        column.map(|array| points("points", &array)).transpose()
    }

    pub fn flags(&self, name: &str) -> Result<Option<BooleanArray>, TableError> {
        let Some(array) = self.column(name)? else {
            return Ok(None);
        };
        match array.data_type() {
            DataType::Boolean => Ok(Some(array.as_boolean().clone())),
            other => Err(TableError::column(
                name,
                format!("is {other}; use a boolean column"),
            )),
        }
    }

    /// Currencies of money, each three capital letters where it is given.
    pub fn currencies(&self, name: &str) -> Result<Option<Texts>, TableError> {
        let Some(texts) = self.texts(name)? else {
            return Ok(None);
        };
        let bad = |row: &usize| {
            let code = texts.get(*row);
            code.is_some_and(|code| currency_bytes(code).is_none())
        };
        match (0..self.rows()).find(bad) {
            Some(row) => Err(self.cell(name, row, NO_CURRENCY)),
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
    ) -> Result<Option<Vec<Option<i64>>>, TableError> {
        let Some(array) = self.column(name)? else {
            return Ok(None);
        };
        let amounts = Amounts::new(name, &array)?;
        let default_digits = minor_digits(default);
        let mut units = Vec::with_capacity(array.len());
        for row in 0..array.len() {
            let own = currencies.and_then(|texts| texts.get(row));
            let minor = own
                .and_then(currency_bytes)
                .map_or(default_digits, minor_digits);
            let amount = amounts.get(row, minor, digits.unwrap_or(minor)).transpose();
            units.push(amount.map_err(|message| self.cell(name, row, message))?);
        }
        Ok(Some(units))
    }

    /// An alias as the ledger keeps it; the clear value goes no further.
    pub fn hashed(
        &self,
        name: &str,
        row: usize,
        (kind, value): (&str, &str),
        ledger: &Ledger,
    ) -> Result<Hashed, TableError> {
        let alias = ledger.alias(kind, value);
        let alias = alias.map_err(|rejection| self.cell(name, row, rejection.message))?;
        Ok((alias.hash, alias.last_digits))
    }

    /// Where a manual clock goes before each row: never back.
    pub fn recorded(&self) -> Result<Option<Int64Array>, TableError> {
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
