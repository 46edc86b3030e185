//! Cells of several words: a list of text, or one text with spaces between them.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::ledger::request::Text;
use crate::table::columns::Texts;
use crate::table::error::TableError;

/// The words of all rows.
pub struct Words {
    texts: Texts,
    /// Of lists: where each row's words stand.
    places: Option<Vec<Range<usize>>>,
}

impl Words {
    /// Reads a column whose first row is `first_row` of the table.
    pub fn new(name: &str, array: &ArrayRef, first_row: usize) -> Result<Words, TableError> {
        let (values, places) = match array.data_type() {
            DataType::List(_) => {
                let lists = array.as_list::<i32>();
                (lists.values(), places(array, lists.value_offsets()))
            }
            DataType::LargeList(_) => {
                let lists = array.as_list::<i64>();
                (lists.values(), places(array, lists.value_offsets()))
            }
            _ => {
                let texts = Texts::new(name, array, first_row)?;
                return Ok(Words {
                    texts,
                    places: None,
                });
            }
        };
        let texts = Texts::new(name, values, 0);
        // A word's place is no row.
        let texts = texts.map_err(|error| TableError { row: None, ..error })?;
        let has_null = |place: &Range<usize>| place.clone().any(|at| texts.get(at).is_none());
        if let Some(row) = places.iter().position(has_null) {
            let message = "holds a word that is null; leave it out of the list";
            return Err(TableError::cell(name, first_row + row, message));
        }
        Ok(Words {
            texts,
            places: Some(places),
        })
    }

    pub fn get(&self, row: usize) -> Vec<Text<'_>> {
        let Some(places) = &self.places else {
            let words = self.texts.get(row).unwrap_or("").split_ascii_whitespace();
            return words.map(Text::Borrowed).collect();
        };
        let words = places[row].clone().filter_map(|at| self.texts.get(at));
        words.map(Text::Borrowed).collect()
    }
}

fn places<O: Copy + TryInto<usize>>(array: &ArrayRef, offsets: &[O]) -> Vec<Range<usize>> {
    let at = |place: usize| offsets[place].try_into().unwrap_or(0);
    let place = |row| match array.is_null(row) {
        true => 0..0,
        false => at(row)..at(row + 1),
    };
    (0..array.len()).map(place).collect()
}
