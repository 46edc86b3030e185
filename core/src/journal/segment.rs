//! Owns what a segment is: its names, its size, what is known of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{DiskFile, TEMPORARY_SUFFIX};
use super::frame::{Hash, MAX_FRAME_BYTES, SECTOR};

/// How a journal lays out its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes of the first segment; each next one is twice as large. A power of two, at least 512.
    pub smallest_segment: u64,
    /// Bytes at which segments stop growing. A power of two, at most 64 MiB.
    pub largest_segment: u64,
    /// Whether a thread of its own prepares segments and writes sidecars. Without it the appending thread does both.
    pub background: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            smallest_segment: 1 << 20,
            largest_segment: MAX_FRAME_BYTES,
            background: true,
        }
    }
}

impl Options {
    /// Bytes of segment `number`, counted from 1, if it must hold at least `needed`. Always a power of two, so that a
    /// file cut short from outside shows.
    pub(crate) fn segment_bytes(&self, number: u32, needed: u64) -> u64 {
        let doublings = number.saturating_sub(1).min(40);
        let grown = self
            .smallest_segment
            .checked_shl(doublings)
            .unwrap_or(u64::MAX);
        let bytes = grown.min(self.largest_segment).max(needed);
        bytes.max(SECTOR as u64).next_power_of_two()
    }
}

/// What is known of a segment. A file derived from a sealed segment stays true as long as `last_hash` is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentInfo {
    pub number: u32,
    /// Sequence of the first entry it holds or will hold.
    pub first_sequence: u64,
    /// Sequence of the last entry; `first_sequence - 1` while there is none.
    pub last_sequence: u64,
    /// Whether it will never change again.
    pub sealed: bool,
    /// Bytes of the frames in it.
    pub bytes: u64,
    /// Hash of the last frame in it, which covers all before.
    pub last_hash: Hash,
}

/// Where an entry stands in its segment: the offsets of its prefix and of its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub entry: u32,
    pub frame: u32,
}

/// A segment in the catalog.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub number: u32,
    pub first_sequence: u64,
    pub next_sequence: u64,
    /// Bytes of durable frames.
    pub end: u64,
    /// Hash of the last frame before this segment.
    pub previous: Hash,
    pub last_hash: Hash,
    pub slots: Slots,
    /// Kept open while the segment is the active one.
    pub file: Option<Arc<dyn DiskFile>>,
}

/// Where the slots of a segment are.
#[derive(Debug, Clone)]
pub(crate) enum Slots {
    Memory(Arc<Vec<Slot>>),
    Sidecar,
}

impl Segment {
    pub fn info(&self, sealed: bool) -> SegmentInfo {
        SegmentInfo {
            number: self.number,
            first_sequence: self.first_sequence,
            last_sequence: self.next_sequence - 1,
            sealed,
            bytes: self.end,
            last_hash: self.last_hash,
        }
    }

    pub fn count(&self) -> u64 {
        self.next_sequence - self.first_sequence
    }
}

/// Name of a segment's file.
pub fn segment_name(number: u32) -> String {
    format!("segment-{number:08}.journal")
}

/// Name of the sidecar of a segment.
pub fn sidecar_name(number: u32) -> String {
    format!("segment-{number:08}.index")
}

pub(crate) fn segment_path(directory: &Path, number: u32) -> PathBuf {
    directory.join(segment_name(number))
}

pub(crate) fn sidecar_path(directory: &Path, number: u32) -> PathBuf {
    directory.join(sidecar_name(number))
}

pub(crate) fn temporary_path(directory: &Path, number: u32) -> PathBuf {
    directory.join(segment_name(number) + TEMPORARY_SUFFIX)
}

/// The number in the name of a segment's file.
pub(crate) fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("segment-")?.strip_suffix(".journal")?;
    let number: u32 = digits.parse().ok()?;
    (number > 0 && segment_name(number) == name).then_some(number)
}
