//! A table's rows in the pieces that they came in.

use arrow_array::{RecordBatch, RecordBatchReader};

use super::error::TableError;
use super::sheet::EARLIER;
use crate::ledger::time::Instant;

/// Some rows that were read.
pub trait Chunk {
    fn rows(&self) -> usize;

    /// Microseconds; where a manual clock goes before a row.
    fn recorded_at(&self, row: usize) -> Option<i64>;
}

/// Every row that was handed in.
pub struct Chunks<C> {
    rows: usize,
    chunks: Vec<C>,
    /// The first row of each chunk.
    starts: Vec<usize>,
}

impl<C: Chunk> Chunks<C> {
    /// Takes batch after batch; `read` is told which row of the table the batch's first is.
    pub fn read(
        reader: impl RecordBatchReader,
        read: impl Fn(&RecordBatch, usize) -> Result<C, TableError>,
    ) -> Result<Chunks<C>, TableError> {
        let mut table = Chunks {
            rows: 0,
            chunks: Vec::new(),
            starts: Vec::new(),
        };
        for batch in reader {
            let batch = batch
                .map_err(|error| TableError::whole(format!("the table cannot be read: {error}")))?;
            let chunk = read(&batch, table.rows)?;
            if chunk.rows() == 0 {
                continue;
            }
            if chunk.recorded_at(0) < table.latest_recorded() {
                return Err(TableError::cell("recorded_at", table.rows, EARLIER));
            }
            table.starts.push(table.rows);
            table.rows += chunk.rows();
            table.chunks.push(chunk);
        }
        Ok(table)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The chunk and the row in it that a row of the table is.
    pub fn place(&self, row: usize) -> (&C, usize) {
        let after = self.starts.partition_point(|start| *start <= row);
        (&self.chunks[after - 1], row - self.starts[after - 1])
    }

    pub fn recorded_at(&self, row: usize) -> Option<Instant> {
        let (chunk, row) = self.place(row);
        chunk.recorded_at(row).map(Instant)
    }

    fn latest_recorded(&self) -> Option<i64> {
        let last = self.chunks.last()?;
        last.recorded_at(last.rows() - 1)
    }
}
