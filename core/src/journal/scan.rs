//! Owns the walk through a segment, frame by frame, every check made, and the judgement of where it stops.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Access, Disk, DiskFile};
use super::error::{DuringDisk, JournalError};
use super::frame::{
    FORMAT, FrameHeader, HEADER_BYTES, Hash, Identity, MAX_FRAME_BYTES, SECTOR, check_frame,
    is_torn, is_zero,
};
use super::segment::{Slot, segment_path};

/// What the next frame must continue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub identity: Identity,
    pub next_sequence: u64,
    /// Unknown when reading starts in the middle of the chain.
    pub previous: Option<Hash>,
}

impl Link {
    pub fn start(identity: Identity) -> Link {
        Link {
            identity,
            next_sequence: 1,
            previous: Some(identity.start),
        }
    }

    /// The link after a frame that was checked.
    pub fn advance(&mut self, header: &FrameHeader, hash: Hash) {
        self.next_sequence = header.first_sequence + u64::from(header.count);
        self.previous = Some(hash);
    }
}

/// What stands at an offset of a segment.
#[derive(Debug)]
pub(crate) enum Step {
    Frame(FrameHeader, Hash),
    /// A sector of zeros, as prepared.
    Zero,
    /// The file ends exactly here.
    End,
    /// A frame that fails its checks; `bytes` is what there is of it.
    Bad {
        reason: &'static str,
        torn: bool,
        bytes: u64,
    },
}

/// Reads a segment through a buffer.
#[derive(Debug)]
pub(crate) struct Cursor {
    file: Arc<dyn DiskFile>,
    number: u32,
    path: PathBuf,
    buffer: Vec<u8>,
    start: u64,
    /// Nothing at or beyond this offset is looked at.
    limit: u64,
}

const CHUNK: u64 = 256 << 10;

impl Cursor {
    pub fn open(disk: &dyn Disk, directory: &Path, number: u32) -> Result<Cursor, JournalError> {
        let path = segment_path(directory, number);
        let file = disk.open(&path, Access::Read).during("open", &path)?;
        let length = file.length().during("measure", &path)?;
        Ok(Cursor::over(file, directory, number, length))
    }

    pub fn over(file: Arc<dyn DiskFile>, directory: &Path, number: u32, limit: u64) -> Cursor {
        Cursor {
            file,
            number,
            path: segment_path(directory, number),
            buffer: Vec::new(),
            start: 0,
            limit,
        }
    }

    pub fn limit(&self) -> u64 {
        self.limit
    }

    pub fn file(&self) -> &Arc<dyn DiskFile> {
        &self.file
    }

    pub fn corrupt(&self, offset: u64, reason: &'static str) -> JournalError {
        JournalError::Corrupt {
            segment: self.number,
            offset,
            reason,
        }
    }

    /// Up to `length` bytes at `offset`; fewer only where the file ends.
    pub fn bytes(&mut self, offset: u64, length: u64) -> Result<&[u8], JournalError> {
        let length = length.min(self.limit.saturating_sub(offset));
        let held = self.start..self.start + self.buffer.len() as u64;
        if offset < held.start || offset + length > held.end {
            let wanted = length.max(CHUNK).min(self.limit.saturating_sub(offset));
            self.buffer.resize(wanted as usize, 0);
            self.start = offset;
            let read = self
                .file
                .read_at(&mut self.buffer, offset)
                .during("read", &self.path)?;
            self.buffer.truncate(read);
        }
        Ok(self.held(offset, length))
    }

    /// What the buffer already holds of `length` bytes at `offset`.
    pub fn held(&self, offset: u64, length: u64) -> &[u8] {
        let from = (offset - self.start) as usize;
        let to = (from + length as usize).min(self.buffer.len());
        self.buffer.get(from..to).unwrap_or(&[])
    }

    /// Looks at what stands at `offset`, calling `each` with the offset of every entry within its frame.
    pub fn step(
        &mut self,
        offset: u64,
        link: &Link,
        each: impl FnMut(u32),
    ) -> Result<Step, JournalError> {
        if offset >= self.limit {
            return Ok(Step::End);
        }
        let sector = self.bytes(offset, SECTOR as u64)?;
        if is_zero(sector) {
            return Ok(Step::Zero);
        }
        let present = sector.len() as u64;
        let header = match FrameHeader::decode(sector) {
            Ok(header) => header,
            Err(reason) => {
                let torn = sector.len() < HEADER_BYTES;
                let bytes = present;
                return Ok(Step::Bad {
                    reason,
                    torn,
                    bytes,
                });
            }
        };
        self.check_origin(&header, &link.identity)?;
        if let Some(reason) = misfit(&header, link) {
            return Ok(Step::Bad {
                reason,
                torn: false,
                bytes: present,
            });
        }
        let total = header.frame_bytes();
        let frame = self.bytes(offset, total)?;
        let bytes = frame.len() as u64;
        let checked = if bytes == total {
            check_frame(&header, frame, each)
        } else {
            Err("the file ends within a frame")
        };
        Ok(match checked {
            Ok(hash) => Step::Frame(header, hash),
            Err(reason) => Step::Bad {
                reason,
                torn: is_torn(frame, total),
                bytes,
            },
        })
    }

    /// Refuses a frame of a newer format or of another ledger.
    pub fn check_origin(
        &self,
        header: &FrameHeader,
        identity: &Identity,
    ) -> Result<(), JournalError> {
        if header.format > FORMAT {
            return Err(JournalError::NewerFormat {
                file: self.path.clone(),
                found: header.format,
            });
        }
        if header.ledger != identity.ledger() || header.shard != identity.shard {
            return Err(JournalError::OtherLedger {
                segment: self.number,
            });
        }
        Ok(())
    }

    /// What there is from `offset`, a multiple of the sector, to the end of the file.
    pub fn remains(
        &mut self,
        mut offset: u64,
        identity: &Identity,
    ) -> Result<Remains, JournalError> {
        let mut remains = Remains::default();
        while offset < self.limit {
            let chunk = self.bytes(offset, CHUNK)?;
            if chunk.is_empty() {
                break;
            }
            let length = chunk.len() as u64;
            if !is_zero(chunk) {
                for (index, sector) in chunk.chunks(SECTOR).enumerate() {
                    let at = offset + (index * SECTOR) as u64;
                    remains.note(at, sector, identity);
                }
            }
            offset += length;
        }
        Ok(remains)
    }
}

fn misfit(header: &FrameHeader, link: &Link) -> Option<&'static str> {
    if header.format == 0 {
        return Some("the frame states no known format");
    }
    if header.first_sequence != link.next_sequence {
        return Some("the frame does not continue the sequence");
    }
    if link.previous.is_some_and(|hash| hash != header.previous) {
        return Some("the frame does not continue the chain");
    }
    if header.frame_bytes() > MAX_FRAME_BYTES || header.next_sequence().is_none() {
        return Some("the frame is larger than frames can be");
    }
    None
}

/// What is found behind the last good frame.
#[derive(Debug, Default)]
pub(crate) struct Remains {
    /// End of the last sector that is not zero; 0 if all are.
    pub end: u64,
    /// Offset of a frame's head.
    pub head: Option<u64>,
}

impl Remains {
    fn note(&mut self, offset: u64, sector: &[u8], identity: &Identity) {
        if is_zero(sector) {
            return;
        }
        self.end = offset + sector.len() as u64;
        if self.head.is_none() {
            let ours = FrameHeader::decode(sector).is_ok_and(|h| h.ledger == identity.ledger());
            self.head = ours.then_some(offset);
        }
    }
}

/// The good frames of a segment.
#[derive(Debug)]
pub(crate) struct Scan {
    pub slots: Vec<Slot>,
    /// End of the last good frame.
    pub end: u64,
    /// What the next frame must continue.
    pub link: Link,
    /// Offset of the last good frame, and whether it marks a clean close.
    pub last: Option<(u64, bool)>,
    /// Bytes of a frame cut short behind the last good one.
    pub torn: Option<u64>,
}

/// How to take what stands behind the last good frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Nobody writes: look at all of it, to tell a torn frame from damage.
    IsFinal,
    /// A writer may be at work: a frame that is not whole is not there yet.
    MayGrow,
}

impl Scan {
    /// What is known before reading.
    pub fn nothing(offset: u64, link: Link) -> Scan {
        Scan {
            slots: Vec::new(),
            end: offset,
            link,
            last: None,
            torn: None,
        }
    }

    /// Reads frames from `offset` on for as long as they are good; damage that no power failure explains is an error.
    pub fn run(
        cursor: &mut Cursor,
        offset: u64,
        link: Link,
        tail: Tail,
    ) -> Result<Scan, JournalError> {
        let mut scan = Scan::nothing(offset, link);
        loop {
            let at = scan.end;
            let slots = &mut scan.slots;
            let frame = at as u32;
            let step = cursor.step(at, &scan.link, |entry| {
                slots.push(Slot {
                    entry: frame + entry,
                    frame,
                });
            })?;
            let (header, hash) = match step {
                Step::Frame(header, hash) => (header, hash),
                stopped => {
                    scan.forget_unfinished();
                    let waits = match stopped {
                        Step::Bad { torn, .. } => torn,
                        _ => true,
                    };
                    if tail == Tail::IsFinal || !waits {
                        scan.torn = judge(cursor, at, stopped, &scan.link.identity)?;
                    }
                    return Ok(scan);
                }
            };
            scan.link.advance(&header, hash);
            scan.last = Some((at, header.count == 0));
            scan.end += header.frame_bytes();
        }
    }

    /// A frame that failed late may have noted entries already.
    fn forget_unfinished(&mut self) {
        let end = self.end;
        while self
            .slots
            .last()
            .is_some_and(|slot| u64::from(slot.frame) >= end)
        {
            self.slots.pop();
        }
    }
}

/// Bytes to cut where the good frames stop at `at`; `None` if nothing follows them.
fn judge(
    cursor: &mut Cursor,
    at: u64,
    step: Step,
    identity: &Identity,
) -> Result<Option<u64>, JournalError> {
    let behind = match step {
        Step::Bad {
            reason,
            torn,
            bytes,
        } => {
            if !torn {
                return Err(cursor.corrupt(at, reason));
            }
            Some((reason, bytes.next_multiple_of(SECTOR as u64)))
        }
        Step::Zero => None,
        Step::End | Step::Frame(..) => {
            // Segments are powers of two; any other length says that the file was cut.
            return Ok((!cursor.limit().is_power_of_two()).then_some(0));
        }
    };
    let (reason, skip) = behind.unwrap_or(("a frame's first sector is zero", SECTOR as u64));
    let remains = cursor.remains(at + skip, identity)?;
    // A frame is written once the one before it is whole, so behind a torn one there is nothing yet.
    let follows = matches!(step, Step::Bad { .. }) && remains.end > 0;
    if remains.head.is_some() || follows {
        return Err(cursor.corrupt(at, reason));
    }
    if let Step::Bad { bytes, .. } = step {
        return Ok(Some(bytes));
    }
    if remains.end > 0 {
        return Ok(Some(remains.end - at));
    }
    Ok((!cursor.limit().is_power_of_two()).then_some(0))
}
