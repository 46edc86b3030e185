//! Answers as a server told them, read back from their columns.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampNanosecondType};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch};

use super::columns::Texts;
use super::error::TableError;
use crate::engine::RowAnswer;
use crate::ledger::rejection::{CODES, Code};

/// The answers of a record batch that `AnswerColumns` made, row by row.
pub fn read(batch: &RecordBatch) -> Result<Vec<RowAnswer>, TableError> {
    let codes = Texts::new("code", column(batch, "code")?, 0)?;
    let recorded = column(batch, "recorded_at")?.as_primitive_opt::<TimestampNanosecondType>();
    let recorded = recorded.ok_or_else(|| unfit("recorded_at"))?;
    let sequence = numbers(batch, "sequence")?;
    let requested = numbers(batch, "requested")?;
    let awarded = numbers(batch, "awarded")?;
    let available = numbers(batch, "available")?;
    let replayed = flags(batch, "replayed")?;
    let answer = |row: usize| {
        let has_entry = sequence.is_valid(row) && recorded.is_valid(row);
        Ok(RowAnswer {
            code: code(codes.get(row), row)?,
            sequence: if has_entry {
                sequence.value(row) as u64
            } else {
                0
            },
            recorded_at: if has_entry { recorded.value(row) } else { 0 },
            requested: requested.value(row),
            awarded: awarded.value(row),
            available: available.value(row),
            // Single answers tell.
            referral: None,
            replayed: replayed.value(row),
        })
    };
    (0..batch.num_rows()).map(answer).collect()
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b ArrayRef, TableError> {
    let found = batch.column_by_name(name);
    found.ok_or_else(|| TableError::column(name, "is missing"))
}

fn numbers<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b Int64Array, TableError> {
    let found = column(batch, name)?.as_primitive_opt::<Int64Type>();
    found.ok_or_else(|| unfit(name))
}

fn flags<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b BooleanArray, TableError> {
    let found = column(batch, name)?.as_boolean_opt();
    found.ok_or_else(|| unfit(name))
}

fn unfit(name: &str) -> TableError {
    TableError::column(name, "has another type than answers have")
}

fn code(name: Option<&str>, row: usize) -> Result<Code, TableError> {
    let name = name.unwrap_or_default();
    let known = CODES.iter().find(|known| known.name == name);
    let unknown = || TableError::cell("code", row, format!("is {name:?}, which is no code here"));
    Ok(known.ok_or_else(unknown)?.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::answers::AnswerColumns;

    fn answer(code: Code, sequence: u64) -> RowAnswer {
        RowAnswer {
            code,
            sequence,
            recorded_at: if sequence == 0 {
                0
            } else {
                1_773_652_500_000_000_123
            },
            requested: 120,
            awarded: 7,
            available: -1,
            referral: None,
            replayed: sequence == 2,
        }
    }

    fn told(answers: &[RowAnswer]) -> RecordBatch {
        let mut columns = AnswerColumns::with_capacity(answers.len());
        for answer in answers {
            columns.add(answer);
        }
        columns.finish()
    }

    #[test]
    fn what_was_told_is_read_back() {
        let answers = [
            answer(Code::Applied, 1),
            answer(Code::InsufficientPoints, 2),
            answer(Code::MemberNotFound, 0),
            answer(Code::Applied, 3),
        ];
        let read = read(&told(&answers)).expect("they are answers");
        assert_eq!(format!("{read:?}"), format!("{answers:?}"));
    }

    #[test]
    fn what_is_no_table_of_answers_is_told() {
        let whole = told(&[answer(Code::Applied, 1)]);
        for name in ["code", "sequence", "recorded_at", "requested", "replayed"] {
            let mut batch = whole.clone();
            let place = batch.schema().index_of(name).expect("it is there");
            batch.remove_column(place);
            assert_eq!(
                read(&batch).unwrap_err(),
                TableError::column(name, "is missing")
            );
        }
    }
}
