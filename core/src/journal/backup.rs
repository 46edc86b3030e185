//! Owns copies: a backup of what is durable, taken beside the writer, and a ledger restored from one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::batch::Batch;
use super::disk::{Disk, DiskFile};
use super::error::{DuringDisk, JournalError};
use super::file_log::check_empty;
use super::follower::Follower;
use super::frame::{Hash, SECTOR};
use super::header::LedgerHeader;
use super::reader::{Frame, Reader};
use super::recovery::lock;
use super::segment::segment_path;

/// What a walk along the whole chain met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Sequence of the last entry; 0 if there is none.
    pub last_sequence: u64,
    pub frames: u64,
    /// Bytes of all frames.
    pub bytes: u64,
    /// Hash of the last frame: it covers all before.
    pub tail_hash: Hash,
}

/// Checks every frame of the journal as it is now.
pub fn verify(reader: &Reader) -> Result<Copied, JournalError> {
    let mut seen = Copied::nothing(reader.header());
    let mut frames = reader.frames(1)?;
    while let Some(frame) = frames.next_frame()? {
        seen.add(
            frame.first_sequence(),
            frame.count(),
            frame.bytes,
            frame.hash(),
        );
    }
    Ok(seen)
}

/// Copies what is durable now, or up to and with an entry, into an empty directory. The writer goes on meanwhile.
/// Every frame is checked on the way; the copy opens only once it is complete.
pub fn backup(
    reader: &Reader,
    disk: &dyn Disk,
    target: &Path,
    upto: Option<u64>,
) -> Result<Copied, JournalError> {
    let tail = reader.tail_hint();
    if let Some(asked) = upto
        && asked > tail
    {
        return Err(JournalError::BeyondTail { asked, tail });
    }
    disk.create_directory(target).during("create", target)?;
    check_empty(disk, target)?;
    let _lock = lock(disk, target)?;
    check_empty(disk, target)?;
    let mut copied = Copied::nothing(reader.header());
    let mut writer = SegmentWriter::start(disk, target, 1)?;
    let mut frames = reader.frames(1)?;
    while let Some(frame) = frames.next_frame()? {
        let last = frame.first_sequence() + u64::from(frame.count()) - 1;
        if upto.is_some_and(|upto| frame.first_sequence() > upto) {
            break;
        }
        if frame.segment != writer.number {
            writer.finish()?;
            writer = SegmentWriter::start(disk, target, frame.segment)?;
        }
        match upto {
            Some(upto) if last > upto => {
                let mut batch = part_of(&frame, upto);
                let identity = reader.header().identity();
                let (first, count) = (batch.first_sequence(), batch.count() as u32);
                let (bytes, hash) = batch.seal(&identity, copied.tail_hash);
                writer.write(bytes)?;
                copied.add(first, count, bytes, hash);
            }
            _ => {
                writer.write(frame.bytes)?;
                copied.add(
                    frame.first_sequence(),
                    frame.count(),
                    frame.bytes,
                    frame.hash(),
                );
            }
        }
    }
    writer.finish()?;
    disk.sync_directory(target).during("sync", target)?;
    reader.header().write(disk, target)?;
    Ok(copied)
}

/// Makes a ledger in an empty directory from a backup, whole or up to and with an entry. The chain of the source is
/// checked on the way, that of the new ledger before this answers. The source may be any ledger, damaged ones up to
/// the damage excepted: what cannot be opened cannot be restored from.
pub fn restore(
    source_disk: Arc<dyn Disk>,
    source: &Path,
    target_disk: Arc<dyn Disk>,
    target: &Path,
    upto: Option<u64>,
) -> Result<Copied, JournalError> {
    let from = Follower::open(source_disk, source)?;
    let copied = backup(&from.reader(), target_disk.as_ref(), target, upto)?;
    let made = Follower::open(target_disk, target)?;
    let seen = verify(&made.reader())?;
    if seen != copied {
        return Err(JournalError::Corrupt {
            segment: 1,
            offset: 0,
            reason: "the restored ledger differs from what was copied",
        });
    }
    Ok(copied)
}

impl Copied {
    fn nothing(header: &LedgerHeader) -> Copied {
        Copied {
            last_sequence: 0,
            frames: 0,
            bytes: 0,
            tail_hash: header.chain_start(),
        }
    }

    fn add(&mut self, first_sequence: u64, count: u32, bytes: &[u8], hash: Hash) {
        self.last_sequence = first_sequence + u64::from(count) - 1;
        self.frames += 1;
        self.bytes += bytes.len() as u64;
        self.tail_hash = hash;
    }
}

fn part_of(frame: &Frame<'_>, upto: u64) -> Batch {
    let mut batch = Batch::new();
    batch.clear(frame.first_sequence(), frame.time_base());
    for entry in frame.entries().take_while(|entry| entry.sequence <= upto) {
        batch.push(entry.bytes);
    }
    batch
}

/// Writes one segment of a copy.
struct SegmentWriter {
    number: u32,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    offset: u64,
    pending: Vec<u8>,
}

const PIECE: usize = 1 << 20;

impl SegmentWriter {
    fn start(disk: &dyn Disk, target: &Path, number: u32) -> Result<SegmentWriter, JournalError> {
        let path = segment_path(target, number);
        super::disk::remove_if_there(disk, &path).during("remove", &path)?;
        let file = disk.create(&path).during("create", &path)?;
        Ok(SegmentWriter {
            number,
            path,
            file,
            offset: 0,
            pending: Vec::new(),
        })
    }

    fn write(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        self.pending.extend_from_slice(frame);
        if self.pending.len() >= PIECE {
            self.flush().during("write", &self.path)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_at(&self.pending, self.offset)?;
        self.offset += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Fills the file up to a power of two, as segments are, and makes it durable.
    fn finish(mut self) -> Result<(), JournalError> {
        let path = self.path.clone();
        let end = self.offset + self.pending.len() as u64;
        let capacity = end.max(SECTOR as u64).next_power_of_two();
        let mut missing = (capacity - end) as usize;
        while missing > 0 {
            let zeros = missing.min(PIECE);
            self.pending.resize(self.pending.len() + zeros, 0);
            missing -= zeros;
            self.flush().during("write", &path)?;
        }
        if !self.pending.is_empty() {
            self.flush().during("write", &path)?;
        }
        self.file.sync_data().during("sync", &path)
    }
}
