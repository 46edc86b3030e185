//! The column `lines`: a list of structs per row, those of a purchase or those that a return gives back.

use std::ops::Range;

use crate::ledger::request::{Line, ReturnedLine, Text};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, StructArray};
use arrow_schema::DataType;

use crate::table::columns::Texts;
use crate::table::error::TableError;
use crate::table::numbers::{Amounts, integers};

const COLUMN: &str = "lines";
/// The fields of one line; `line` is that of a return.
const PARTS: [&str; 6] = ["amount", "sku", "category", "quantity", "excluded", "line"];

/// Where each row's lines stand; `None` for a null.
type Places = Vec<Option<Range<usize>>>;

/// The lines of all rows, end to end.
pub struct Lines {
    places: Places,
    amount: Option<Vec<Option<i64>>>,
    sku: Option<Texts>,
    category: Option<Texts>,
    quantity: Option<Int64Array>,
    excluded: Option<BooleanArray>,
    line: Option<Int64Array>,
}

impl Lines {
    /// Reads a column whose first row is `first_row` of the table. `digits` are those of each row's money.
    pub fn new(
        array: &ArrayRef,
        first_row: usize,
        digits: impl Fn(usize) -> u32,
    ) -> Result<Lines, TableError> {
        let (places, values) = places(array)?;
        let row_of = |child: usize| {
            let holds =
                |place: &Option<Range<usize>>| place.as_ref().is_some_and(|at| at.contains(&child));
            places.iter().position(holds).unwrap_or(0)
        };
        let Some(values) = values else {
            return Ok(Lines::none(places));
        };
        let parts = structs(&values)?;
        let part = |name: &str| {
            parts
                .column_by_name(name)
                .filter(|part| part.data_type() != &DataType::Null)
        };
        let nulls = parts.logical_nulls();
        if let Some(child) = nulls.and_then(|nulls| nulls.iter().position(|valid| !valid)) {
            let message = "holds a line that is null; leave it out of the list";
            return Err(TableError::cell(COLUMN, first_row + row_of(child), message));
        }
        let named = |bad: TableError| TableError {
            column: COLUMN.to_string(),
            row: bad.row.map(|child| first_row + row_of(child)),
            message: format!("the part {} of a line {}", bad.column, bad.message),
        };
        let texts = |name: &str| {
            let texts = part(name).map(|array| Texts::new(name, array, 0));
            texts.transpose().map_err(named)
        };
        let numbers = |name: &str| {
            let numbers = part(name).map(|array| {
                let message = || format!("is {}; use whole numbers", array.data_type());
                integers(array).ok_or_else(|| TableError::column(name, message()))
            });
            numbers.transpose().map_err(named)
        };
        let amount = part("amount").map(|array| amounts(array, &places, digits));
        Ok(Lines {
            amount: amount.transpose().map_err(named)?,
            sku: texts("sku")?,
            category: texts("category")?,
            quantity: numbers("quantity")?,
            excluded: part("excluded").map(flags).transpose().map_err(named)?,
            line: numbers("line")?,
            places,
        })
    }

    fn none(places: Places) -> Lines {
        Lines {
            places,
            amount: None,
            sku: None,
            category: None,
            quantity: None,
            excluded: None,
            line: None,
        }
    }

    pub fn is_given(&self, row: usize) -> bool {
        self.places[row].is_some()
    }

    /// What is wrong with a row's lines, for a purchase or for a return.
    pub fn check(&self, row: usize, of_return: bool) -> Result<(), &'static str> {
        for at in self.places[row].clone().unwrap_or(0..0) {
            let amount = self
                .amount
                .as_ref()
                .is_some_and(|amounts| amounts[at].is_some());
            let line = number(self.line.as_ref(), at).is_some();
            let sold = amount
                || text(self.sku.as_ref(), at).is_some()
                || text(self.category.as_ref(), at).is_some()
                || flag(self.excluded.as_ref(), at).is_some();
            match of_return {
                true if !line => {
                    return Err(
                        "holds a line without the part line: its place in the purchase, from 1",
                    );
                }
                true if sold => {
                    return Err(
                        "holds a line with more than line and quantity, which is that of a purchase",
                    );
                }
                false if !amount => return Err("holds a line without an amount"),
                false if line => {
                    return Err("holds a line with the part line, which is that of a return");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The lines that a row has bought.
    pub fn bought(&self, row: usize) -> Vec<Line<'_>> {
        let places = self.places[row].clone().unwrap_or(0..0);
        let lines = places.map(|at| Line {
            sku: text(self.sku.as_ref(), at).unwrap_or_default(),
            category: text(self.category.as_ref(), at).unwrap_or_default(),
            quantity: number(self.quantity.as_ref(), at).unwrap_or(1),
            amount: self
                .amount
                .as_ref()
                .and_then(|amounts| amounts[at])
                .unwrap_or(0),
            excluded: flag(self.excluded.as_ref(), at).unwrap_or(false),
        });
        lines.collect()
    }

    /// The lines that a row gives back.
    pub fn returned(&self, row: usize) -> Vec<ReturnedLine> {
        let places = self.places[row].clone().unwrap_or(0..0);
        let lines = places.map(|at| ReturnedLine {
            // What is no place of a line is that of none: it is refused as such.
            line: number(self.line.as_ref(), at)
                .and_then(|line| u32::try_from(line).ok())
                .unwrap_or(0),
            quantity: number(self.quantity.as_ref(), at),
        });
        lines.collect()
    }
}

/// Where each row's lines stand among all of them; all of them, if there are any.
fn places(array: &ArrayRef) -> Result<(Places, Option<ArrayRef>), TableError> {
    let rows = 0..array.len();
    let (places, values): (Vec<_>, &ArrayRef) = match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let ends = list.value_offsets();
            let place = |row: usize| ends[row] as usize..ends[row + 1] as usize;
            (
                rows.map(|row| (!list.is_null(row)).then(|| place(row)))
                    .collect(),
                list.values(),
            )
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let ends = list.value_offsets();
            let place = |row: usize| ends[row] as usize..ends[row + 1] as usize;
            (
                rows.map(|row| (!list.is_null(row)).then(|| place(row)))
                    .collect(),
                list.values(),
            )
        }
        DataType::Null => return Ok((vec![None; array.len()], None)),
        other => {
            return Err(TableError::column(
                COLUMN,
                format!("is {other}; use a list of structs"),
            ));
        }
    };
    let is_empty = values.is_empty() || values.data_type() == &DataType::Null;
    Ok((places, (!is_empty).then(|| values.clone())))
}

fn structs(values: &ArrayRef) -> Result<&StructArray, TableError> {
    let wrong = |message: String| TableError::column(COLUMN, message);
    let Some(parts) = values.as_struct_opt() else {
        let found = values.data_type();
        return Err(wrong(format!(
            "is a list of {found}; use a list of structs"
        )));
    };
    match parts
        .column_names()
        .into_iter()
        .find(|name| !PARTS.contains(name))
    {
        Some(name) => Err(wrong(format!(
            "has the part {name}; a line has {}",
            PARTS.join(", ")
        ))),
        None => Ok(parts),
    }
}

fn flags(array: &ArrayRef) -> Result<BooleanArray, TableError> {
    match array.as_boolean_opt() {
        Some(flags) => Ok(flags.clone()),
        None => Err(TableError::column(
            "excluded",
            format!("is {}; use booleans", array.data_type()),
        )),
    }
}

fn amounts(
    array: &ArrayRef,
    places: &[Option<Range<usize>>],
    digits: impl Fn(usize) -> u32,
) -> Result<Vec<Option<i64>>, TableError> {
    let given = Amounts::new("amount", array)?;
    let mut units = vec![None; array.len()];
    for (row, place) in places.iter().enumerate() {
        let digits = digits(row);
        for at in place.clone().unwrap_or(0..0) {
            let amount = given.get(at, digits, digits).transpose();
            units[at] = amount.map_err(|message| TableError::cell("amount", at, message))?;
        }
    }
    Ok(units)
}

fn text(texts: Option<&Texts>, at: usize) -> Option<Text<'_>> {
    texts.and_then(|texts| texts.get(at)).map(Text::Borrowed)
}

fn number(numbers: Option<&Int64Array>, at: usize) -> Option<i64> {
    numbers
        .filter(|numbers| !numbers.is_null(at))
        .map(|numbers| numbers.value(at))
}

fn flag(flags: Option<&BooleanArray>, at: usize) -> Option<bool> {
    flags
        .filter(|flags| !flags.is_null(at))
        .map(|flags| flags.value(at))
}
