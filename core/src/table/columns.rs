//! Text columns as they arrive: plain, large, views, and dictionaries of these, read in place.

use std::sync::Arc;

use arrow_array::array::AnyDictionaryArray;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray};
use arrow_array::{LargeStringArray, StringArray, StringViewArray};
use arrow_schema::DataType;

use super::error::TableError;

/// Marks a row without a value among the keys of a dictionary.
const NO_VALUE: usize = usize::MAX;

/// One column of text; checked to be UTF-8.
pub struct Texts {
    values: Values,
    /// Of a dictionary: where each row's value stands.
    keys: Option<Vec<usize>>,
}

enum Values {
    None,
    Plain(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl Texts {
    /// Reads a column in place. `first_row` is the table's row that the array's first stands for.
    pub fn new(column: &str, array: &ArrayRef, first_row: usize) -> Result<Texts, TableError> {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            check_utf8(array).map_err(|row| not_utf8(column, row.map(|row| row + first_row)))?;
            let values = Values::new(column, array)?;
            return Ok(Texts { values, keys: None });
        };
        let keys = keys_of(dictionary);
        let row_of = |value: usize| keys.iter().position(|key| *key == value);
        check_utf8(dictionary.values()).map_err(|value| {
            let row = value.and_then(row_of);
            not_utf8(column, row.map(|row| row + first_row))
        })?;
        Ok(Texts {
            values: Values::new(column, dictionary.values())?,
            keys: Some(keys),
        })
    }

    pub fn get(&self, row: usize) -> Option<&str> {
        match &self.keys {
            None => self.values.get(row),
            Some(keys) if keys[row] == NO_VALUE => None,
            Some(keys) => self.values.get(keys[row]),
        }
    }
}

fn keys_of(dictionary: &dyn AnyDictionaryArray) -> Vec<usize> {
    let keyed = dictionary.keys();
    if dictionary.values().is_empty() {
        return vec![NO_VALUE; keyed.len()];
    }
    let mut keys = dictionary.normalized_keys();
    for row in (0..keys.len()).filter(|row| keyed.is_null(*row)) {
        keys[row] = NO_VALUE;
    }
    keys
}

impl Values {
    fn new(column: &str, array: &ArrayRef) -> Result<Values, TableError> {
        match array.data_type() {
            DataType::Null => Ok(Values::None),
            DataType::Utf8 => Ok(Values::Plain(array.as_string().clone())),
            DataType::LargeUtf8 => Ok(Values::Large(array.as_string().clone())),
            DataType::Utf8View => Ok(Values::View(array.as_string_view().clone())),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Err(
                TableError::column(column, "holds bytes; cast it to a string column (UTF-8)"),
            ),
            other => Err(TableError::column(
                column,
                format!("is {other}; cast it to a string column"),
            )),
        }
    }

    fn get(&self, place: usize) -> Option<&str> {
        match self {
            Values::None => None,
            Values::Plain(array) => (!array.is_null(place)).then(|| array.value(place)),
            Values::Large(array) => (!array.is_null(place)).then(|| array.value(place)),
            Values::View(array) => (!array.is_null(place)).then(|| array.value(place)),
        }
    }
}

fn not_utf8(column: &str, row: Option<usize>) -> TableError {
    TableError {
        row,
        ..TableError::column(
            column,
            "is not valid UTF-8; decode the text with its own encoding first",
        )
    }
}

/// Text from abroad comes unchecked. Names the first row that is not UTF-8, where it can be told.
fn check_utf8(array: &ArrayRef) -> Result<(), Option<usize>> {
    let data = array.to_data();
    if data.validate_full().is_ok() {
        return Ok(());
    }
    let as_bytes = |kind: DataType| data.clone().into_builder().data_type(kind).build().ok();
    let first_bad = |bytes: Arc<dyn Array>, value: &dyn Fn(usize) -> bool| {
        (0..bytes.len()).find(|row| !bytes.is_null(*row) && !value(*row))
    };
    let valid = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    Err(match array.data_type() {
        DataType::Utf8 => as_bytes(DataType::Binary).and_then(|data| {
            let bytes = BinaryArray::from(data);
            first_bad(Arc::new(bytes.clone()), &|row| valid(bytes.value(row)))
        }),
        DataType::LargeUtf8 => as_bytes(DataType::LargeBinary).and_then(|data| {
            let bytes = LargeBinaryArray::from(data);
            first_bad(Arc::new(bytes.clone()), &|row| valid(bytes.value(row)))
        }),
        DataType::Utf8View => as_bytes(DataType::BinaryView).and_then(|data| {
            let bytes = BinaryViewArray::from(data);
            first_bad(Arc::new(bytes.clone()), &|row| valid(bytes.value(row)))
        }),
        _ => None,
    })
}
