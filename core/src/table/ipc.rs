//! Tables in and out as bytes: Arrow IPC streams.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema, SchemaRef};

use super::error::TableError;

/// What an Arrow IPC file, which is no stream, begins with.
const FILE_MAGIC: &[u8] = b"ARROW1";

/// The record batches of a stream, which borrow from its bytes.
#[derive(Debug)]
pub struct Batches {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Batches {
    /// Reads a whole stream. What it states of its own size is believed as far as there are bytes for it.
    pub fn read(bytes: impl Into<Buffer>) -> Result<Batches, TableError> {
        let bytes = bytes.into();
        if bytes.starts_with(FILE_MAGIC) {
            return Err(TableError::whole(
                "is an Arrow IPC file; send it as a stream",
            ));
        }
        // The decoder believes what a stream states of its buffers, and panics where that is wrong.
        let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes)));
        let decoded = decoded.unwrap_or_else(|_| {
            let told = "what it states of itself contradicts its bytes";
            Err(ArrowError::IpcError(told.to_owned()))
        });
        let (schema, batches) = decoded.map_err(|error| {
            TableError::whole(format!(
                "is no Arrow IPC stream ({error}); send one that is whole and not compressed"
            ))
        })?;
        Ok(Batches { schema, batches })
    }

    /// Rows as the batches count them.
    pub fn rows(&self) -> usize {
        let rows = self.batches.iter().map(RecordBatch::num_rows);
        rows.fold(0, usize::saturating_add)
    }

    pub fn into_reader(self) -> impl RecordBatchReader {
        RecordBatchIterator::new(self.batches.into_iter().map(Ok), self.schema)
    }
}

fn decode(mut rest: Buffer) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    while !rest.is_empty() {
        batches.extend(decoder.decode(&mut rest)?);
    }
    decoder.finish()?;
    let schema = decoder.schema();
    let schema = schema.ok_or_else(|| ArrowError::IpcError("no schema".to_owned()))?;
    Ok((schema, batches))
}

/// A record batch as a stream of its own.
pub fn write(batch: &RecordBatch) -> Vec<u8> {
    let written = write_all(&batch.schema(), std::slice::from_ref(batch));
    written.expect("memory takes every batch of plain columns")
}

/// Record batches as one stream; fails for columns that a stream cannot carry.
pub fn write_all(schema: &Schema, batches: &[RecordBatch]) -> Result<Vec<u8>, ArrowError> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, schema)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}
