//! What became of each row, as a record batch.

use std::sync::Arc;

use arrow_array::types::Int16Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Int16Array, Int64Array, RecordBatch, StringArray,
    TimestampNanosecondArray,
};
use arrow_buffer::NullBuffer;

use crate::engine::RowAnswer;
use crate::ledger::rejection::{CODES, Code};

/// The answers so far, column by column.
#[derive(Debug)]
pub struct AnswerColumns {
    code: Vec<i16>,
    /// The names that `code` counts, in order of first use.
    names: Vec<&'static str>,
    /// Place of each number of the code table in `names`.
    places: Vec<Option<i16>>,
    sequence: Vec<i64>,
    recorded_at: Vec<i64>,
    requested: Vec<i64>,
    awarded: Vec<i64>,
    available: Vec<i64>,
    replayed: Vec<bool>,
}

impl AnswerColumns {
    pub fn with_capacity(rows: usize) -> AnswerColumns {
        let last = CODES.last().map_or(0, |row| row.number);
        AnswerColumns {
            code: Vec::with_capacity(rows),
            names: Vec::new(),
            places: vec![None; usize::from(last) + 1],
            sequence: Vec::with_capacity(rows),
            recorded_at: Vec::with_capacity(rows),
            requested: Vec::with_capacity(rows),
            awarded: Vec::with_capacity(rows),
            available: Vec::with_capacity(rows),
            replayed: Vec::with_capacity(rows),
        }
    }

    /// Rows answered so far.
    pub fn rows(&self) -> usize {
        self.code.len()
    }

    pub fn add(&mut self, answer: &RowAnswer) {
        let place = self.place(answer.code);
        self.code.push(place);
        self.sequence.push(answer.sequence as i64);
        self.recorded_at.push(answer.recorded_at);
        self.requested.push(answer.requested);
        self.awarded.push(answer.awarded);
        self.available.push(answer.available);
        self.replayed.push(answer.replayed);
    }

    fn place(&mut self, code: Code) -> i16 {
        let place = &mut self.places[usize::from(code.number())];
        *place.get_or_insert_with(|| {
            self.names.push(code.name());
            self.names.len() as i16 - 1
        })
    }

    /// One row per answer, in their order; `sequence` and `recorded_at` are null where there is no entry.
    pub fn finish(self) -> RecordBatch {
        let entered = self.sequence.iter().map(|sequence| *sequence != 0);
        let entered: NullBuffer = entered.collect::<Vec<bool>>().into();
        let recorded =
            TimestampNanosecondArray::new(self.recorded_at.into(), Some(entered.clone()));
        let sequence = Int64Array::new(self.sequence.into(), Some(entered));
        let columns: [(&str, ArrayRef); 7] = [
            ("code", coded(self.code, &self.names)),
            ("sequence", Arc::new(sequence)),
            ("recorded_at", Arc::new(recorded.with_timezone("UTC"))),
            ("requested", Arc::new(Int64Array::from(self.requested))),
            ("awarded", Arc::new(Int64Array::from(self.awarded))),
            ("available", Arc::new(Int64Array::from(self.available))),
            ("replayed", Arc::new(BooleanArray::from(self.replayed))),
        ];
        RecordBatch::try_from_iter(columns).expect("every answer adds one value to each column")
    }
}

fn coded(code: Vec<i16>, names: &[&'static str]) -> ArrayRef {
    let names = Arc::new(StringArray::from_iter_values(names));
    let coded = DictionaryArray::<Int16Type>::try_new(Int16Array::from(code), names);
    Arc::new(coded.expect("a code counts among the names"))
}
