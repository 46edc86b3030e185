//! Owns reading: one entry by its sequence, or all from a sequence on with the chain checked.

use std::sync::Arc;

use super::catalog::{Catalog, Extent};
use super::error::JournalError;
use super::frame::{ENTRY_PREFIX, FrameHeader, HEADER_BYTES, Hash, u32_at};
use super::header::LedgerHeader;
use super::scan::{Cursor, Link, Step};
use super::segment::SegmentInfo;

/// A handle that reads what is durable, beside the writer and from any thread.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) catalog: Arc<Catalog>,
}

/// An entry as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub sequence: u64,
    /// Time base of its group, signed nanoseconds.
    pub time_base: i64,
    /// Its place in its group, from 0.
    pub index: u32,
    pub bytes: Vec<u8>,
}

/// An entry in a frame being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRef<'a> {
    pub sequence: u64,
    /// Time base of its group, signed nanoseconds.
    pub time_base: i64,
    /// Its place in its group, from 0.
    pub index: u32,
    pub bytes: &'a [u8],
}

impl Reader {
    /// The entry with this sequence, its checksum checked; `None` beyond the durable tail.
    pub fn entry(&self, sequence: u64) -> Result<Option<Entry>, JournalError> {
        self.catalog.entry(sequence)
    }

    /// The durable entries from `sequence` on, as of now, every frame checked.
    pub fn read(&self, sequence: u64) -> Result<Entries, JournalError> {
        Ok(Entries {
            frames: self.frames(sequence)?,
            from: sequence,
        })
    }

    /// The durable frames from the one that holds `sequence` on, as of now. From 0 or 1 on, also empty frames and the
    /// start of the chain are covered.
    pub fn frames(&self, sequence: u64) -> Result<Frames, JournalError> {
        let (extents, offset) = self.catalog.locate(sequence)?;
        let mut link = Link::start(self.catalog.identity);
        if sequence > 1 {
            link.previous = None;
        }
        Ok(Frames {
            catalog: Arc::clone(&self.catalog),
            extents: extents.into_iter(),
            extent: None,
            cursor: None,
            offset,
            link,
            current: None,
            taken: 0,
            at: HEADER_BYTES as u64,
        })
    }

    /// Sequence of the last durable entry; 0 if there is none. It may have moved on when this returns.
    pub fn tail_hint(&self) -> u64 {
        self.catalog.durable()
    }

    /// Hash of the last durable frame: it covers the whole journal.
    pub fn tail_hash(&self) -> Hash {
        self.catalog.tail_hash()
    }

    /// The segments, in order.
    pub fn segments(&self) -> Vec<SegmentInfo> {
        self.catalog.segments()
    }

    /// What the ledger is.
    pub fn header(&self) -> &LedgerHeader {
        &self.catalog.header
    }
}

/// A walk through frames. After an error it is over.
#[derive(Debug)]
pub struct Frames {
    catalog: Arc<Catalog>,
    extents: std::vec::IntoIter<Extent>,
    extent: Option<Extent>,
    cursor: Option<Cursor>,
    /// Where the next frame starts.
    offset: u64,
    link: Link,
    /// Where the frame at hand starts, and its header and hash.
    current: Option<(u64, FrameHeader, Hash)>,
    /// Entries taken from the frame at hand, and where the next one stands in it.
    taken: u32,
    at: u64,
}

impl Frames {
    /// The next frame, its checksums, hash, sequence and place in the chain checked.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, JournalError> {
        if !self.advance()? {
            return Ok(None);
        }
        let (start, header, hash) = self.current.expect("advancing found a frame");
        let cursor = self.cursor.as_ref().expect("a frame was read through it");
        Ok(Some(Frame {
            segment: self.extent.as_ref().map_or(0, |extent| extent.number),
            offset: start,
            bytes: cursor.held(start, header.frame_bytes()),
            header,
            hash,
        }))
    }

    fn advance(&mut self) -> Result<bool, JournalError> {
        self.current = None;
        self.taken = 0;
        self.at = HEADER_BYTES as u64;
        loop {
            if self.extent.as_ref().is_none_or(|e| self.offset >= e.end) {
                let first = self.extent.is_none();
                self.extent = self.extents.next();
                let Some(extent) = &self.extent else {
                    self.cursor = None;
                    return Ok(false);
                };
                if !first {
                    self.offset = 0;
                }
                self.cursor = Some(self.cursor_over(extent)?);
                continue;
            }
            let cursor = self.cursor.as_mut().expect("an extent has its cursor");
            if self.link.previous.is_none() {
                let head = cursor.bytes(self.offset, HEADER_BYTES as u64)?;
                if let Ok(header) = FrameHeader::decode(head) {
                    self.link.next_sequence = header.first_sequence;
                }
            }
            let step = cursor.step(self.offset, &self.link, |_| {})?;
            let reason = match step {
                Step::Frame(header, hash) => {
                    self.link.advance(&header, hash);
                    self.current = Some((self.offset, header, hash));
                    self.offset += header.frame_bytes();
                    return Ok(true);
                }
                Step::Bad { reason, .. } => reason,
                Step::Zero => "a durable frame was overwritten with zeros",
                Step::End => "the file ends before the last durable frame",
            };
            let error = cursor.corrupt(self.offset, reason);
            self.extents = Vec::new().into_iter();
            self.extent = None;
            return Err(error);
        }
    }

    fn cursor_over(&self, extent: &Extent) -> Result<Cursor, JournalError> {
        let disk = self.catalog.disk.as_ref();
        let directory = &self.catalog.directory;
        match &extent.file {
            Some(file) => {
                let file = Arc::clone(file);
                Ok(Cursor::over(file, directory, extent.number, extent.end))
            }
            None => {
                let file = Arc::clone(Cursor::open(disk, directory, extent.number)?.file());
                Ok(Cursor::over(file, directory, extent.number, extent.end))
            }
        }
    }

    /// The next entry not yet taken, moving to further frames as needed.
    pub fn next_entry(&mut self) -> Result<Option<EntryRef<'_>>, JournalError> {
        loop {
            match &self.current {
                Some((_, header, _)) if self.taken < header.count => break,
                _ => {
                    if !self.advance()? {
                        return Ok(None);
                    }
                }
            }
        }
        let (start, header, _) = self.current.expect("the loop stops at a frame");
        let cursor = self.cursor.as_ref().expect("a frame was read through it");
        let frame = cursor.held(start, header.frame_bytes());
        let index = self.taken;
        let entry = entry_in(&header, frame, self.at as usize, index);
        self.taken += 1;
        self.at += (ENTRY_PREFIX + entry.bytes.len()) as u64;
        Ok(Some(entry))
    }
}

/// A frame that was checked.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    header: FrameHeader,
    hash: Hash,
    /// Number of its segment.
    pub segment: u32,
    /// Where it starts there.
    pub offset: u64,
    /// All of it, as on disk.
    pub bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Sequence of its first entry; of an empty frame, the next one.
    pub fn first_sequence(&self) -> u64 {
        self.header.first_sequence
    }

    /// Time base of its entries, signed nanoseconds.
    pub fn time_base(&self) -> i64 {
        self.header.time_base
    }

    /// Entries in it; 0 marks a clean close.
    pub fn count(&self) -> u32 {
        self.header.count
    }

    /// Its hash, which covers all frames before.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Its entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = EntryRef<'a>> {
        let (header, frame) = (self.header, self.bytes);
        let mut at = HEADER_BYTES;
        (0..header.count).map(move |index| {
            let entry = entry_in(&header, frame, at, index);
            at += ENTRY_PREFIX + entry.bytes.len();
            entry
        })
    }
}

/// The entry that stands at `at` in a frame that was checked.
fn entry_in<'a>(header: &FrameHeader, frame: &'a [u8], at: usize, index: u32) -> EntryRef<'a> {
    let body = at + ENTRY_PREFIX;
    EntryRef {
        sequence: header.first_sequence + u64::from(index),
        time_base: header.time_base,
        index,
        bytes: &frame[body..body + u32_at(frame, at) as usize],
    }
}

/// Entries one by one, each in memory of its own. After an error it is over.
#[derive(Debug)]
pub struct Entries {
    frames: Frames,
    from: u64,
}

impl Iterator for Entries {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = match self.frames.next_entry() {
                Ok(entry) => entry?,
                Err(error) => return Some(Err(error)),
            };
            if entry.sequence >= self.from {
                return Some(Ok(Entry {
                    sequence: entry.sequence,
                    time_base: entry.time_base,
                    index: entry.index,
                    bytes: entry.bytes.to_vec(),
                }));
            }
        }
    }
}
