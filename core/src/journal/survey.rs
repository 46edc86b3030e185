//! Owns the look at a journal as it is found: which segments are sealed, which is active, where it ends, what is wrong.

use std::path::Path;
use std::sync::Arc;

use super::disk::{Access, Disk};
use super::error::{DuringDisk, JournalError};
use super::frame::{FrameHeader, HEADER_BYTES, Identity, SECTOR, is_zero};
use super::scan::{Cursor, Link, Scan, Tail};
use super::segment::{Segment, Slots, segment_number, segment_path};
use super::sidecar::read_sidecar;

/// A frame that was cut short while it was being written, as a power failure leaves it. It was never acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    pub segment: u32,
    pub offset: u64,
    /// Bytes found of it.
    pub bytes: u64,
}

/// The files of a journal as they are found.
#[derive(Debug)]
pub(crate) struct Survey {
    /// In order; the last one is active.
    pub segments: Vec<Segment>,
    /// Offset of the last frame of the active segment, if that frame marks a clean close.
    pub closed_at: Option<u64>,
    /// Length of the active segment's file.
    pub capacity: u64,
    pub torn: Option<Torn>,
    /// Segments behind the active one; they hold no whole frame.
    pub spares: Vec<Spare>,
    /// Sealed segments that had no good sidecar.
    pub without_sidecar: Vec<u32>,
}

/// A segment that was prepared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spare {
    pub number: u32,
    pub bytes: u64,
    /// Whether it is all zeros still, and whole.
    pub blank: bool,
}

/// What a segment starts with.
struct Head {
    number: u32,
    length: u64,
    sector: Vec<u8>,
    frame: Result<FrameHeader, &'static str>,
}

/// Looks at the files of the ledger in `directory` and changes nothing.
pub(crate) fn survey(
    disk: &dyn Disk,
    directory: &Path,
    identity: Identity,
) -> Result<Survey, JournalError> {
    let heads = heads(disk, directory, &identity)?;
    let used = heads.iter().rposition(|head| head.frame.is_ok());
    let active = used.unwrap_or(0);
    let mut link = Link::start(identity);
    let mut segments = Vec::with_capacity(active + 1);
    let mut without_sidecar = Vec::new();
    for pair in heads[..=active].windows(2) {
        let number = pair[0].number;
        let segment = match read_sidecar(disk, directory, &identity, number) {
            Some(segment) if agrees(&segment, &link, pair) => segment,
            _ => {
                without_sidecar.push(number);
                scan_sealed(disk, directory, number, link)?
            }
        };
        link.next_sequence = segment.next_sequence;
        link.previous = Some(segment.last_hash);
        segments.push(segment);
    }
    let head = &heads[active];
    let mut cursor = Cursor::open(disk, directory, head.number)?;
    let scan = Scan::run(&mut cursor, 0, link, Tail::IsFinal)?;
    let mut torn = scan.torn.map(|bytes| Torn {
        segment: head.number,
        offset: scan.end,
        bytes,
    });
    let closed_at = scan.last.filter(|last| last.1).map(|last| last.0);
    segments.push(segment_of(&cursor, head.number, link, scan));
    let mut spares = Vec::new();
    for head in &heads[active + 1..] {
        let (spare, cut) = look_at_spare(disk, directory, head, &identity)?;
        spares.push(spare);
        torn = torn.or(cut);
    }
    Ok(Survey {
        segments,
        closed_at,
        capacity: head.length,
        torn,
        spares,
        without_sidecar,
    })
}

fn heads(
    disk: &dyn Disk,
    directory: &Path,
    identity: &Identity,
) -> Result<Vec<Head>, JournalError> {
    let names = disk.list(directory).during("list", directory)?;
    let mut numbers: Vec<u32> = names
        .iter()
        .filter_map(|name| segment_number(name))
        .collect();
    numbers.sort_unstable();
    let mut heads = Vec::with_capacity(numbers.len());
    for (expected, number) in (1..).zip(&numbers) {
        if *number != expected {
            return Err(JournalError::MissingSegment { segment: expected });
        }
        heads.push(head(disk, directory, *number, identity)?);
    }
    if heads.is_empty() {
        return Err(JournalError::MissingSegment { segment: 1 });
    }
    Ok(heads)
}

fn head(
    disk: &dyn Disk,
    directory: &Path,
    number: u32,
    identity: &Identity,
) -> Result<Head, JournalError> {
    let path = segment_path(directory, number);
    let file = disk.open(&path, Access::Read).during("open", &path)?;
    let length = file.length().during("measure", &path)?;
    let mut sector = vec![0; SECTOR];
    let read = file.read_at(&mut sector, 0).during("read", &path)?;
    sector.truncate(read);
    let frame = FrameHeader::decode(&sector);
    if let Ok(frame) = &frame {
        Cursor::over(file, directory, number, length).check_origin(frame, identity)?;
    }
    Ok(Head {
        number,
        length,
        sector,
        frame,
    })
}

/// Whether a sidecar describes a segment that continues the chain and is continued by the next one.
fn agrees(segment: &Segment, link: &Link, pair: &[Head]) -> bool {
    let Ok(next) = &pair[1].frame else {
        return false;
    };
    segment.first_sequence == link.next_sequence
        && Some(segment.previous) == link.previous
        && segment.end > 0
        && segment.end <= pair[0].length
        && next.first_sequence == segment.next_sequence
        && next.previous == segment.last_hash
}

fn scan_sealed(
    disk: &dyn Disk,
    directory: &Path,
    number: u32,
    link: Link,
) -> Result<Segment, JournalError> {
    let mut cursor = Cursor::open(disk, directory, number)?;
    let scan = Scan::run(&mut cursor, 0, link, Tail::IsFinal)?;
    if scan.torn.is_some() {
        return Err(cursor.corrupt(scan.end, "a frame is cut short, but later ones follow"));
    }
    if scan.last.is_none() {
        return Err(cursor.corrupt(0, "the segment holds no frame, but later ones do"));
    }
    let mut segment = segment_of(&cursor, number, link, scan);
    segment.file = None;
    Ok(segment)
}

pub(crate) fn segment_of(cursor: &Cursor, number: u32, link: Link, scan: Scan) -> Segment {
    let previous = link.previous.unwrap_or(link.identity.start);
    Segment {
        number,
        first_sequence: link.next_sequence,
        next_sequence: scan.link.next_sequence,
        end: scan.end,
        previous,
        last_hash: scan.link.previous.unwrap_or(previous),
        slots: Slots::Memory(Arc::new(scan.slots)),
        file: Some(Arc::clone(cursor.file())),
    }
}

fn look_at_spare(
    disk: &dyn Disk,
    directory: &Path,
    head: &Head,
    identity: &Identity,
) -> Result<(Spare, Option<Torn>), JournalError> {
    let mut cursor = Cursor::open(disk, directory, head.number)?;
    let reason = head
        .frame
        .as_ref()
        .err()
        .copied()
        .unwrap_or("a frame follows");
    if !is_zero(&head.sector) && head.sector.len() >= HEADER_BYTES {
        return Err(cursor.corrupt(0, reason));
    }
    let remains = cursor.remains(0, identity)?;
    if remains.head.is_some() {
        return Err(cursor.corrupt(0, "the first frame of the segment is damaged"));
    }
    let blank = remains.end == 0;
    let spare = Spare {
        number: head.number,
        bytes: head.length,
        blank: blank && head.length.is_power_of_two(),
    };
    let torn = (!blank).then_some(Torn {
        segment: head.number,
        offset: 0,
        bytes: remains.end,
    });
    Ok((spare, torn))
}
