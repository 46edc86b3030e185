//! Columns of numbers and times: points, money, prices, instants.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, Int64Array};
use arrow_schema::{DataType, TimeUnit};

use super::error::TableError;

/// Stands for every instant after the year 9999: out of range, and not `Instant::NEVER`.
const TOO_LATE: i64 = i64::MAX - 1;

/// Whole numbers of any width; what exceeds 64 bits becomes their bound, which is out of every range too.
pub fn integers(array: &ArrayRef) -> Option<Int64Array> {
    Some(match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().clone(),
        DataType::Int8 => array.as_primitive::<Int8Type>().unary(i64::from),
        DataType::Int16 => array.as_primitive::<Int16Type>().unary(i64::from),
        DataType::Int32 => array.as_primitive::<Int32Type>().unary(i64::from),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().unary(i64::from),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().unary(i64::from),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().unary(i64::from),
        DataType::UInt64 => array
            .as_primitive::<UInt64Type>()
            .unary(|value| i64::try_from(value).unwrap_or(i64::MAX)),
        DataType::Null => Int64Array::new_null(array.len()),
        _ => return None,
    })
}

/// Points: whole numbers alone.
pub fn points(column: &str, array: &ArrayRef) -> Result<Int64Array, TableError> {
    integers(array).ok_or_else(|| {
        let found = array.data_type();
        let message = match found {
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                format!("is {found}, and floats are not exact; points are whole numbers: cast it to int64")
            }
            _ => format!("is {found}; points are whole numbers: cast it to int64"),
        };
        TableError::column(column, message)
    })
}

/// Exact decimals with the places they are counted in.
pub struct Decimals {
    values: Vec<Option<i128>>,
    scale: i32,
}

/// Money as it arrives: whole minor units, or decimals of the unit.
pub enum Amounts {
    Minor(Int64Array),
    Decimal(Decimals),
}

impl Amounts {
    pub fn new(column: &str, array: &ArrayRef) -> Result<Amounts, TableError> {
        if let Some(minor) = integers(array) {
            return Ok(Amounts::Minor(minor));
        }
        decimals(array).map(Amounts::Decimal).ok_or_else(|| {
            let found = array.data_type();
            let message = match found {
                DataType::Float16 | DataType::Float32 | DataType::Float64 => format!(
                    "is {found}, and floats cannot hold money exactly; use a decimal column, or int64 minor units \
                     (cents)"
                ),
                _ => format!("is {found}; use a decimal column, or int64 minor units (cents)"),
            };
            TableError::column(column, message)
        })
    }

    /// The amount of a row in units of 10^-`digits`, if there is one. `minor_digits` are what whole numbers count.
    pub fn get(&self, row: usize, minor_digits: u32, digits: u32) -> Option<Result<i64, String>> {
        match self {
            Amounts::Minor(array) if array.is_null(row) => None,
            Amounts::Minor(array) => {
                let factor = 10_i64.pow(digits - minor_digits);
                Some(Ok(array.value(row).saturating_mul(factor)))
            }
            Amounts::Decimal(decimals) => decimals.get(row, digits),
        }
    }
}

impl Decimals {
    fn get(&self, row: usize, digits: u32) -> Option<Result<i64, String>> {
        let value = self.values[row]?;
        let shift = digits as i32 - self.scale;
        let power = 10_i128.checked_pow(shift.unsigned_abs());
        let scaled = match (shift >= 0, power) {
            (true, Some(power)) => value.checked_mul(power),
            (false, Some(power)) if value % power == 0 => Some(value / power),
            _ if value == 0 => Some(0),
            (true, None) => None,
            (false, _) => {
                return Some(Err(format!(
                    "has more than {digits} decimals; round it first"
                )));
            }
        };
        let bound = if value < 0 { i64::MIN } else { i64::MAX };
        Some(Ok(scaled
            .and_then(|value| i64::try_from(value).ok())
            .unwrap_or(bound)))
    }
}

fn decimals(array: &ArrayRef) -> Option<Decimals> {
    let (values, scale) = match array.data_type() {
        DataType::Decimal32(_, scale) => {
            (widened(array.as_primitive::<Decimal32Type>().iter()), scale)
        }
        DataType::Decimal64(_, scale) => {
            (widened(array.as_primitive::<Decimal64Type>().iter()), scale)
        }
        DataType::Decimal128(_, scale) => (
            array.as_primitive::<Decimal128Type>().iter().collect(),
            scale,
        ),
        DataType::Decimal256(_, scale) => {
            let values = array.as_primitive::<Decimal256Type>().iter();
            let narrowed = values.map(|value| {
                let bound = |value: &arrow_buffer::i256| {
                    if value.is_negative() {
                        i128::MIN
                    } else {
                        i128::MAX
                    }
                };
                value.map(|value| value.to_i128().unwrap_or_else(|| bound(&value)))
            });
            (narrowed.collect(), scale)
        }
        _ => return None,
    };
    let scale = i32::from(*scale);
    Some(Decimals { values, scale })
}

fn widened<T: Into<i128>>(values: impl Iterator<Item = Option<T>>) -> Vec<Option<i128>> {
    values.map(|value| value.map(Into::into)).collect()
}

/// Instants in microseconds since 1970; of nanoseconds the microsecond they lie in.
pub fn instants(column: &str, array: &ArrayRef) -> Result<Int64Array, TableError> {
    let DataType::Timestamp(unit, zone) = array.data_type() else {
        if array.data_type() == &DataType::Null {
            return Ok(Int64Array::new_null(array.len()));
        }
        let found = array.data_type();
        let message = format!("is {found}; use a timestamp column with a time zone");
        return Err(TableError::column(column, message));
    };
    if zone.is_none() {
        let message = "holds naive times, which mean another instant in every zone; give the column its time zone";
        return Err(TableError::column(column, message));
    }
    Ok(match unit {
        TimeUnit::Second => scaled::<TimestampSecondType>(array, 1_000_000),
        TimeUnit::Millisecond => scaled::<TimestampMillisecondType>(array, 1_000),
        TimeUnit::Microsecond => scaled::<TimestampMicrosecondType>(array, 1),
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<TimestampNanosecondType>();
            nanos.unary(|value| value.div_euclid(1_000))
        }
    })
}

fn scaled<T: ArrowTimestampType>(array: &ArrayRef, factor: i64) -> Int64Array {
    let times = array.as_primitive::<T>();
    times.unary(|value: i64| value.saturating_mul(factor).min(TOO_LATE))
}
