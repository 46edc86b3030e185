//! Owns the log in memory: same frames, same chain, same reading as local files; nothing lasts.

use std::path::PathBuf;
use std::sync::Arc;

use super::batch::Batch;
use super::catalog::Catalog;
use super::disk::DiskFile;
use super::error::AppendError;
use super::frame::{Hash, MAX_FRAME_BYTES};
use super::header::LedgerHeader;
use super::log::Log;
use super::memory_disk::{MemoryDisk, MemoryFile};
use super::reader::Reader;
use super::segment::{Segment, Slots};

/// A log in memory.
#[derive(Debug)]
pub struct MemoryLog {
    catalog: Arc<Catalog>,
    file: Arc<dyn DiskFile>,
    offset: u64,
    tail: u64,
    previous: Hash,
}

impl MemoryLog {
    /// An empty log.
    pub fn new(header: &LedgerHeader) -> MemoryLog {
        let start = header.chain_start();
        let first = blank(1, 1, start);
        let file = first.file.clone().expect("a blank segment has its file");
        let disk = Arc::new(MemoryDisk::new());
        let directory = PathBuf::from("memory");
        MemoryLog {
            catalog: Arc::new(Catalog::new(
                disk,
                directory,
                header.clone(),
                false,
                vec![first],
            )),
            file,
            offset: 0,
            tail: 0,
            previous: start,
        }
    }

    fn append_frame(&mut self, batch: &mut Batch) -> Result<(), AppendError> {
        let bytes = batch.bytes();
        if self.offset + bytes > MAX_FRAME_BYTES {
            let number = self.catalog.segments().len() as u32 + 1;
            let next = blank(number, self.tail + 1, self.previous);
            self.file = next.file.clone().expect("a blank segment has its file");
            self.offset = 0;
            self.catalog.update(|segments| segments.push(next));
        }
        let (frame, hash) = batch.seal(&self.catalog.identity, self.previous);
        let written = self.file.write_at(frame, self.offset);
        written.map_err(|source| AppendError::Unknown { source })?;
        let start = self.offset as u32;
        self.catalog.publish(batch.starts(), start, bytes, hash);
        self.offset += bytes;
        self.previous = hash;
        self.tail = batch.next_sequence() - 1;
        Ok(())
    }
}

fn blank(number: u32, first_sequence: u64, previous: Hash) -> Segment {
    Segment {
        number,
        first_sequence,
        next_sequence: first_sequence,
        end: 0,
        previous,
        last_hash: previous,
        slots: Slots::Memory(Arc::default()),
        file: Some(Arc::new(MemoryFile::default())),
    }
}

impl Log for MemoryLog {
    fn append(&mut self, expected: u64, batch: &mut Batch) -> Result<(), AppendError> {
        if self.tail != expected || batch.first_sequence() != expected + 1 {
            return Err(AppendError::Conflict { tail: self.tail });
        }
        if batch.is_too_large() {
            return Err(AppendError::TooLarge {
                bytes: batch.bytes(),
                limit: MAX_FRAME_BYTES,
            });
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.append_frame(batch)
    }

    fn reader(&self) -> Reader {
        Reader {
            catalog: Arc::clone(&self.catalog),
        }
    }

    fn close(&mut self) -> Result<(), AppendError> {
        Ok(())
    }
}
