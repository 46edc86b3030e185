//! Owns what the journal's tests share: a header, small segments, entries that tell themselves apart.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::Path;
use std::sync::Arc;

use loyalty_ledger::journal::{
    AppendError, Batch, Disk, FORMAT, FileLog, JournalError, LedgerHeader, Log, Options, Reader,
};

pub const DIRECTORY: &str = "ledgers/shop";

pub fn directory() -> &'static Path {
    Path::new(DIRECTORY)
}

pub fn header() -> LedgerHeader {
    header_of(7)
}

pub fn header_of(id: u8) -> LedgerHeader {
    LedgerHeader {
        format: FORMAT,
        id: [id; 16],
        shard: 3,
        clock_kind: 1,
        alias_key_fingerprint: [9; 16],
        payload: b"payload of the engine".to_vec(),
    }
}

pub fn small() -> Options {
    Options {
        smallest_segment: 1024,
        largest_segment: 4096,
        background: false,
    }
}

/// An entry that depends on its sequence, of a length that varies.
pub fn entry(sequence: u64) -> Vec<u8> {
    let length = 10 + (sequence * 37 % 90) as usize;
    let mut bytes = format!("entry {sequence} ").into_bytes();
    while bytes.len() < length {
        bytes.push((sequence % 251) as u8 | 1);
    }
    bytes
}

pub fn batch(first: u64, count: u64) -> Batch {
    let mut batch = Batch::new();
    batch.clear(first, first as i64 * 1_000);
    for sequence in first..first + count {
        batch.push(&entry(sequence));
    }
    batch
}

pub fn append(log: &mut dyn Log, count: u64) -> Result<(), AppendError> {
    let tail = log.tail_hint();
    log.append(tail, &mut batch(tail + 1, count))
}

pub fn create(disk: &(impl Disk + Clone + 'static)) -> FileLog {
    FileLog::create(Arc::new(disk.clone()), directory(), &header(), small()).unwrap()
}

pub fn open(disk: &(impl Disk + Clone + 'static)) -> Result<FileLog, JournalError> {
    FileLog::open(Arc::new(disk.clone()), directory(), small())
}

/// Reads all entries in order, each checked against what was appended, also one by one; answers the tail.
pub fn check_all(reader: &Reader) -> Result<u64, JournalError> {
    let mut tail = 0;
    for found in reader.read(1)? {
        let found = found?;
        tail += 1;
        assert_eq!(found.sequence, tail);
        assert_eq!(found.bytes, entry(tail));
        assert_eq!(
            found.time_base,
            (tail as i64 - i64::from(found.index)) * 1_000
        );
        assert_eq!(reader.entry(tail)?.as_ref(), Some(&found));
    }
    assert_eq!(reader.tail_hint(), tail);
    assert_eq!(reader.entry(tail + 1)?, None);
    Ok(tail)
}

/// A generator of numbers that is the same everywhere.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// One of two, at random.
    pub fn flip(&mut self) -> bool {
        self.next() & 1 == 1
    }
}
