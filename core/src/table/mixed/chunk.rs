//! Some rows of mixed verbs, column by column: read and checked as a whole.

use std::borrow::Cow;

use crate::ledger::link::{LinkScopes, PARTNER_ALIAS};
use crate::ledger::request::{Alias, Text};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType,
};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};

use super::EXPECTED;
use super::fields::*;
use super::lines::Lines;
use super::verbs::{VERBS, Verb};
use super::words::Words;
use crate::table::Rules;
use crate::table::chunks::Chunk as SomeRows;
use crate::table::columns::Texts;
use crate::table::error::TableError;
use crate::table::money::{currency_bytes, minor_digits};
use crate::table::numbers::{instants, integers, points};
use crate::table::sheet::{Hashed, PRICE_DIGITS, Sheet};

const MILLIS_OF_DAY: i64 = 86_400_000;

/// One column as rows read it; numbers are points, minor units, millionths, microseconds, days or places.
enum Column {
    Absent,
    Texts(Texts),
    Numbers(Int64Array),
    Flags(BooleanArray),
    Aliases(Vec<Option<Hashed>>),
    Words(Words),
    /// Ids, and aliases in the rows that state a kind.
    Members(Texts, Vec<Option<Hashed>>),
}

pub struct Chunk {
    rows: usize,
    pub verbs: Vec<Verb>,
    columns: Vec<Column>,
    lines: Option<Lines>,
}

impl Chunk {
    pub fn new(
        batch: &RecordBatch,
        first_row: usize,
        rules: &Rules<'_>,
    ) -> Result<Chunk, TableError> {
        let sheet = Sheet::new(batch, first_row, &EXPECTED);
        let absent = (0..FIELDS.len()).map(|_| Column::Absent);
        let mut chunk = Chunk {
            rows: batch.num_rows(),
            verbs: verbs(&sheet)?,
            columns: absent.collect(),
            lines: None,
        };
        let mut given = vec![Field::Verb.bit(); chunk.rows];
        // Money is read by its row's currency, an alias by its row's kind.
        let kinds = MEMBERS.map(|(_, kind)| kind);
        let first = [&[Field::Currency, Field::Kind], &kinds[..]].concat();
        let others = FIELDS.iter().map(|(field, ..)| *field);
        let others = others.filter(|field| !first.contains(field) && *field != Field::Verb);
        for field in first.iter().copied().chain(others) {
            let Some(array) = sheet.column(field.name())? else {
                continue;
            };
            let nulls = array.logical_nulls();
            for (row, given) in given.iter_mut().enumerate() {
                if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
                    *given |= field.bit();
                }
            }
            chunk.read(field, &array, &sheet, rules)?;
        }
        for (row, given) in given.into_iter().enumerate() {
            let wrong = super::check::row(&chunk, row, given);
            wrong.map_err(|(field, message)| sheet.cell(field.name(), row, message))?;
        }
        Ok(chunk)
    }

    fn read(
        &mut self,
        field: Field,
        array: &ArrayRef,
        sheet: &Sheet<'_>,
        rules: &Rules<'_>,
    ) -> Result<(), TableError> {
        let name = field.name();
        let numbers = |given: Option<Int64Array>| given.map_or(Column::Absent, Column::Numbers);
        let column = match FIELDS[field as usize].2 {
            Holds::Text => Column::Texts(Texts::new(name, array, sheet.first_row)?),
            Holds::Currency => sheet
                .currencies(name)?
                .map_or(Column::Absent, Column::Texts),
            Holds::Points => Column::Numbers(points(name, array)?),
            Holds::Number => Column::Numbers(sequences(name, array, sheet)?),
            Holds::Money => numbers(self.money(name, sheet, rules, None)?),
            Holds::Price => numbers(self.money(name, sheet, rules, Some(PRICE_DIGITS))?),
            Holds::Instant => Column::Numbers(instants(name, array)?),
            Holds::RecordedAt => numbers(sheet.recorded()?),
            Holds::Duration => Column::Numbers(durations(name, array)?),
            Holds::Date => Column::Numbers(dates(name, array)?),
            Holds::Flag => sheet.flags(name)?.map_or(Column::Absent, Column::Flags),
            Holds::OneOf(known) => Column::Numbers(one_of(name, known, array, sheet)?),
            Holds::Alias(kind) => {
                let kind = |_| Some(Cow::Borrowed(kind));
                Column::Aliases(self.aliases(name, array, sheet, rules, kind)?)
            }
            Holds::AliasOfKind(of) => {
                let kind = |row: usize| self.text(of, row).map(Cow::Borrowed);
                Column::Aliases(self.aliases(name, array, sheet, rules, kind)?)
            }
            Holds::Member(of) => {
                let texts = Texts::new(name, array, sheet.first_row)?;
                match self.columns[of as usize] {
                    Column::Absent => Column::Texts(texts),
                    _ => {
                        let kind = |row: usize| self.text(of, row).map(Cow::Borrowed);
                        let hashed = self.aliases(name, array, sheet, rules, kind)?;
                        Column::Members(texts, hashed)
                    }
                }
            }
            Holds::AliasOfPartner => {
                let kind = |row: usize| self.text(Field::Partner, row).map(kind_of);
                Column::Aliases(self.aliases(name, array, sheet, rules, kind)?)
            }
            Holds::Scopes => Column::Numbers(scopes(name, array, sheet)?),
            Holds::Words => Column::Words(Words::new(name, array, sheet.first_row)?),
            Holds::Lines => {
                let digits = |row: usize| minor_digits(self.currency(row).unwrap_or(rules.money));
                self.lines = Some(Lines::new(array, sheet.first_row, digits)?);
                Column::Absent
            }
        };
        self.columns[field as usize] = column;
        Ok(())
    }

    pub fn text(&self, field: Field, row: usize) -> Option<&str> {
        match &self.columns[field as usize] {
            Column::Texts(texts) | Column::Members(texts, _) => texts.get(row),
            _ => None,
        }
    }

    /// Words of a row; none where it has no value.
    pub fn words(&self, field: Field, row: usize) -> Vec<Text<'_>> {
        match &self.columns[field as usize] {
            Column::Words(words) => words.get(row),
            _ => Vec::new(),
        }
    }

    pub fn number(&self, field: Field, row: usize) -> Option<i64> {
        match &self.columns[field as usize] {
            Column::Numbers(numbers) if !numbers.is_null(row) => Some(numbers.value(row)),
            _ => None,
        }
    }

    /// A flag that is not given is not set.
    pub fn flag(&self, field: Field, row: usize) -> bool {
        match &self.columns[field as usize] {
            Column::Flags(flags) => !flags.is_null(row) && flags.value(row),
            _ => false,
        }
    }

    /// The alias of a column, with the kind it was hashed with.
    pub fn alias(&self, field: Field, row: usize) -> Option<Alias<'_>> {
        let (Column::Aliases(hashed) | Column::Members(_, hashed)) = &self.columns[field as usize]
        else {
            return None;
        };
        let (hash, last_digits) = hashed[row]?;
        let kind = match FIELDS[field as usize].2 {
            Holds::Alias(kind) => Text::Borrowed(kind),
            Holds::AliasOfPartner => kind_of(self.text(Field::Partner, row)?),
            Holds::AliasOfKind(of) | Holds::Member(of) => Text::Borrowed(self.text(of, row)?),
            _ => return None,
        };
        Some(Alias {
            kind,
            hash,
            last_digits,
        })
    }

    pub fn currency(&self, row: usize) -> Option<[u8; 3]> {
        self.text(Field::Currency, row).and_then(currency_bytes)
    }

    pub fn lines(&self) -> Option<&Lines> {
        self.lines.as_ref()
    }

    fn money(
        &self,
        name: &str,
        sheet: &Sheet<'_>,
        rules: &Rules<'_>,
        digits: Option<u32>,
    ) -> Result<Option<Int64Array>, TableError> {
        let currencies = match &self.columns[Field::Currency as usize] {
            Column::Texts(texts) => Some(texts),
            _ => None,
        };
        let units = sheet.money(name, currencies, rules.money, digits)?;
        Ok(units.map(Int64Array::from))
    }

    fn aliases<'k>(
        &'k self,
        name: &str,
        array: &ArrayRef,
        sheet: &Sheet<'_>,
        rules: &Rules<'_>,
        kind: impl Fn(usize) -> Option<Cow<'k, str>>,
    ) -> Result<Vec<Option<Hashed>>, TableError> {
        let texts = Texts::new(name, array, sheet.first_row)?;
        let hashed = |row: usize| {
            let (Some(value), Some(kind)) = (texts.get(row), kind(row)) else {
                return Ok(None);
            };
            sheet
                .hashed(name, row, (&kind, value), rules.ledger)
                .map(Some)
        };
        (0..self.rows).map(hashed).collect()
    }
}

impl SomeRows for Chunk {
    fn rows(&self) -> usize {
        self.rows
    }

    fn recorded_at(&self, row: usize) -> Option<i64> {
        self.number(Field::RecordedAt, row)
    }
}

fn verbs(sheet: &Sheet<'_>) -> Result<Vec<Verb>, TableError> {
    let name = Field::Verb.name();
    let texts = sheet
        .texts(name)?
        .ok_or_else(|| TableError::column(name, "is missing; each row has a verb"))?;
    let verb = |row: usize| {
        let named = texts
            .get(row)
            .ok_or_else(|| sheet.cell(name, row, "is null; each row has a verb"))?;
        Verb::from_name(named).ok_or_else(|| {
            let known: Vec<&str> = VERBS.iter().map(|takes| takes.name).collect();
            let message = format!("is {named:?}; post_batch knows {}", known.join(", "));
            sheet.cell(name, row, message)
        })
    };
    (0..sheet.rows()).map(verb).collect()
}

fn sequences(name: &str, array: &ArrayRef, sheet: &Sheet<'_>) -> Result<Int64Array, TableError> {
    let wrong = || TableError::column(name, format!("is {}; use whole numbers", array.data_type()));
    let numbers = integers(array).ok_or_else(wrong)?;
    match numbers
        .iter()
        .position(|number| number.is_some_and(|number| number < 1))
    {
        Some(row) => Err(sheet.cell(name, row, "is below 1; sequences and lots count from 1")),
        None => Ok(numbers),
    }
}

fn one_of(
    name: &str,
    known: &[&str],
    array: &ArrayRef,
    sheet: &Sheet<'_>,
) -> Result<Int64Array, TableError> {
    let texts = Texts::new(name, array, sheet.first_row)?;
    let place = |row: usize| {
        let Some(text) = texts.get(row) else {
            return Ok(None);
        };
        let place = known
            .iter()
            .position(|known| *known == text && !text.is_empty());
        let place = place.ok_or_else(|| {
            let known: Vec<&str> = known
                .iter()
                .copied()
                .filter(|known| !known.is_empty())
                .collect();
            sheet.cell(
                name,
                row,
                format!("is {text:?}; use one of {}", known.join(", ")),
            )
        })?;
        Ok(Some(place as i64))
    };
    (0..array.len()).map(place).collect()
}

/// The kind of a partner's aliases.
fn kind_of(partner: &str) -> Cow<'static, str> {
    Cow::Owned(format!("{PARTNER_ALIAS}{partner}"))
}

/// Bits of the scopes that a cell names.
fn scopes(name: &str, array: &ArrayRef, sheet: &Sheet<'_>) -> Result<Int64Array, TableError> {
    let texts = Texts::new(name, array, sheet.first_row)?;
    let bits = |row: usize| {
        let Some(text) = texts.get(row) else {
            return Ok(None);
        };
        let scopes = LinkScopes::named(text.split_ascii_whitespace());
        let scopes = scopes.map_err(|message| sheet.cell(name, row, message))?;
        Ok(Some(i64::from(scopes.bits())))
    };
    (0..array.len()).map(bits).collect()
}

fn dates(name: &str, array: &ArrayRef) -> Result<Int64Array, TableError> {
    match array.data_type() {
        DataType::Date32 => Ok(array.as_primitive::<Date32Type>().unary(i64::from)),
        DataType::Date64 => {
            let millis = array.as_primitive::<Date64Type>();
            Ok(millis.unary(|millis| millis.div_euclid(MILLIS_OF_DAY)))
        }
        DataType::Null => Ok(Int64Array::new_null(array.len())),
        other => Err(TableError::column(
            name,
            format!("is {other}; use a date column"),
        )),
    }
}

fn durations(name: &str, array: &ArrayRef) -> Result<Int64Array, TableError> {
    let DataType::Duration(unit) = array.data_type() else {
        return match array.data_type() {
            DataType::Null => Ok(Int64Array::new_null(array.len())),
            other => Err(TableError::column(
                name,
                format!("is {other}; use a duration column"),
            )),
        };
    };
    Ok(match unit {
        TimeUnit::Second => {
            let seconds = array.as_primitive::<DurationSecondType>();
            seconds.unary(|seconds: i64| seconds.saturating_mul(1_000_000))
        }
        TimeUnit::Millisecond => {
            let millis = array.as_primitive::<DurationMillisecondType>();
            millis.unary(|millis: i64| millis.saturating_mul(1_000))
        }
        TimeUnit::Microsecond => array
            .as_primitive::<DurationMicrosecondType>()
            .unary(|micros| micros),
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<DurationNanosecondType>();
            nanos.unary(|nanos| nanos.div_euclid(1_000))
        }
    })
}
