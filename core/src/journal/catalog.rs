//! Owns what the writer and its readers share: the segments, how far they are durable, and where an entry stands.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::disk::{Access, Disk, DiskFile};
use super::error::{DuringDisk, JournalError};
use super::frame::{
    ENTRY_PREFIX, FrameHeader, HEADER_BYTES, Hash, Identity, SECTOR, entry_at, u32_at,
};
use super::header::LedgerHeader;
use super::reader::Entry;
use super::scan::{Cursor, Link, Scan, Tail};
use super::segment::{Segment, SegmentInfo, Slot, Slots, segment_path, sidecar_path};
use super::sidecar::{read_slot, write_sidecar};

/// The durable part of a journal.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub disk: Arc<dyn Disk>,
    pub directory: PathBuf,
    pub header: LedgerHeader,
    pub identity: Identity,
    /// Whether this handle may write derived files.
    pub writable: bool,
    /// In order; the last one is active.
    segments: RwLock<Vec<Segment>>,
    /// Files of sealed segments that were read lately, newest last.
    opened: Mutex<Vec<Arc<Opened>>>,
    /// The frame an entry was read from last, by segment and offset: the next one's is often the same.
    last_frame: Mutex<Option<(u32, u32, FrameHeader)>>,
}

/// Files of a sealed segment.
#[derive(Debug)]
struct Opened {
    number: u32,
    file: Arc<dyn DiskFile>,
    /// `None` after the sidecar was found wanting: the slots are in memory then.
    sidecar: Option<Arc<dyn DiskFile>>,
    slots: Vec<Slot>,
}

/// Sealed segments whose files are kept open, two files each.
const KEPT_OPEN: usize = 128;

/// Bytes read in the hope that they hold the whole entry.
const GUESS: u64 = 1024;

/// A stretch of durable frames of one segment.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    pub number: u32,
    pub end: u64,
    pub file: Option<Arc<dyn DiskFile>>,
}

impl Catalog {
    pub fn new(
        disk: Arc<dyn Disk>,
        directory: PathBuf,
        header: LedgerHeader,
        writable: bool,
        segments: Vec<Segment>,
    ) -> Catalog {
        let identity = header.identity();
        Catalog {
            disk,
            directory,
            header,
            identity,
            writable,
            segments: RwLock::new(segments),
            opened: Mutex::new(Vec::new()),
            last_frame: Mutex::new(None),
        }
    }

    /// Sequence of the last durable entry; 0 if there is none.
    pub fn durable(&self) -> u64 {
        let segments = self.segments.read();
        segments.last().map_or(0, |active| active.next_sequence - 1)
    }

    /// Hash of the last durable frame.
    pub fn tail_hash(&self) -> Hash {
        let segments = self.segments.read();
        segments
            .last()
            .map_or(self.identity.start, |active| active.last_hash)
    }

    pub fn segments(&self) -> Vec<SegmentInfo> {
        let segments = self.segments.read();
        let sealed = segments.len().saturating_sub(1);
        let infos = segments.iter().enumerate();
        infos
            .map(|(index, segment)| segment.info(index < sealed))
            .collect()
    }

    /// Changes the segments in one step as readers see it.
    pub fn update<T>(&self, change: impl FnOnce(&mut Vec<Segment>) -> T) -> T {
        change(&mut self.segments.write())
    }

    /// Adds a durable frame to the active segment.
    pub fn publish(&self, starts: &[u32], frame: u32, bytes: u64, hash: Hash) {
        let mut segments = self.segments.write();
        let active = segments
            .last_mut()
            .expect("a catalog has an active segment");
        if let Slots::Memory(slots) = &mut active.slots {
            let added = starts.iter().map(|start| Slot {
                entry: frame + start,
                frame,
            });
            Arc::make_mut(slots).extend(added);
        }
        active.next_sequence += starts.len() as u64;
        active.end += bytes;
        active.last_hash = hash;
    }

    /// Writes the sidecars of sealed segments whose slots are still in memory, and lets go of them.
    pub fn write_sidecars(&self) -> io::Result<()> {
        let pending: Vec<Segment> = {
            let segments = self.segments.read();
            let sealed = &segments[..segments.len().saturating_sub(1)];
            let pending = sealed
                .iter()
                .filter(|segment| matches!(segment.slots, Slots::Memory(_)));
            pending.cloned().collect()
        };
        for segment in &pending {
            let Slots::Memory(slots) = &segment.slots else {
                continue;
            };
            let (disk, identity) = (self.disk.as_ref(), &self.identity);
            write_sidecar(disk, &self.directory, identity, segment, slots)?;
            let mut segments = self.segments.write();
            let number = segment.number;
            if let Some(kept) = segments.iter_mut().find(|kept| kept.number == number) {
                kept.slots = Slots::Sidecar;
                kept.file = None;
            }
        }
        Ok(())
    }

    /// The entry with this sequence, its checksum checked; `None` beyond the durable tail.
    pub fn entry(&self, sequence: u64) -> Result<Option<Entry>, JournalError> {
        let Some((segment, slot)) = self.find(sequence) else {
            return Ok(None);
        };
        if let Some(slot) = slot {
            let file = match &segment.file {
                Some(file) => Arc::clone(file),
                None => Arc::clone(&self.opened(segment.number)?.file),
            };
            let entry = self.load(&file, &segment, slot, sequence)?;
            return entry
                .map(Some)
                .map_err(|(offset, reason)| corrupt(&segment, offset, reason));
        }
        let index = sequence - segment.first_sequence;
        let opened = self.opened(segment.number)?;
        if let Some(slot) = self.slot_of(&opened, index)?
            && let Ok(entry) = self.load(&opened.file, &segment, slot, sequence)?
        {
            return Ok(Some(entry));
        }
        let opened = self.rebuild(&segment)?;
        let slot = self.slot_of(&opened, index)?;
        let slot =
            slot.ok_or_else(|| corrupt(&segment, segment.end, "the segment holds fewer entries"))?;
        let entry = self.load(&opened.file, &segment, slot, sequence)?;
        entry
            .map(Some)
            .map_err(|(offset, reason)| corrupt(&segment, offset, reason))
    }

    /// Where the frame with this entry starts, by index among the segments and offset; from the first frame if the
    /// sequence is before all, at the end if it is beyond.
    pub fn locate(&self, sequence: u64) -> Result<(Vec<Extent>, u64), JournalError> {
        let found = self.find(sequence.max(1));
        let from = found.as_ref().map(|(segment, _)| segment.number);
        let offset = match found {
            _ if sequence <= 1 => 0,
            None => return Ok((Vec::new(), 0)),
            Some((_, Some(slot))) => u64::from(slot.frame),
            Some((segment, None)) => {
                let index = sequence - segment.first_sequence;
                let opened = self.opened(segment.number)?;
                let checked = self.slot_of(&opened, index)?;
                match checked {
                    Some(slot) if self.load(&opened.file, &segment, slot, sequence)?.is_ok() => {
                        u64::from(slot.frame)
                    }
                    _ => {
                        let opened = self.rebuild(&segment)?;
                        let slot = self.slot_of(&opened, index)?;
                        slot.map_or(0, |slot| u64::from(slot.frame))
                    }
                }
            }
        };
        let first = if sequence <= 1 { 1 } else { from.unwrap_or(1) };
        let segments = self.segments.read();
        let extents = segments.iter().filter(|segment| segment.number >= first);
        let extents = extents.map(|segment| Extent {
            number: segment.number,
            end: segment.end,
            file: segment.file.clone(),
        });
        Ok((extents.collect(), offset))
    }

    /// The segment that holds a sequence, without its slots, and the slot if it is in memory.
    fn find(&self, sequence: u64) -> Option<(Segment, Option<Slot>)> {
        let segments = self.segments.read();
        let after = segments.partition_point(|segment| segment.first_sequence <= sequence);
        // A segment that holds only empty frames shares its first sequence with the next one.
        let segment = segments[..after].iter().rev().find(|s| s.count() > 0)?;
        if sequence >= segment.next_sequence {
            return None;
        }
        let slot = match &segment.slots {
            Slots::Memory(slots) => Some(slots[(sequence - segment.first_sequence) as usize]),
            Slots::Sidecar => None,
        };
        let bare = Segment {
            slots: Slots::Sidecar,
            file: segment.file.clone(),
            ..*segment
        };
        Some((bare, slot))
    }

    /// The entry at a slot, or where and why it is not there.
    fn load(
        &self,
        file: &Arc<dyn DiskFile>,
        segment: &Segment,
        slot: Slot,
        sequence: u64,
    ) -> Result<Result<Entry, (u64, &'static str)>, JournalError> {
        let path = segment_path(&self.directory, segment.number);
        let (frame, entry) = (u64::from(slot.frame), u64::from(slot.entry));
        let wrong = |reason| Ok(Err((frame, reason)));
        if entry < frame + HEADER_BYTES as u64 || entry + ENTRY_PREFIX as u64 > segment.end {
            return wrong("the sidecar points outside the frame");
        }
        let read = |offset: u64, length: u64| {
            let mut bytes = vec![0; length.min(segment.end - offset) as usize];
            let count = file.read_at(&mut bytes, offset).during("read", &path)?;
            bytes.truncate(count);
            Ok::<Vec<u8>, JournalError>(bytes)
        };
        let kept = self.frame_kept(segment, slot);
        let (header, mut bytes, mut at) = if let Some(header) = kept {
            (header, Vec::new(), 0)
        } else {
            let bytes = read(frame, SECTOR as u64)?;
            match FrameHeader::decode(&bytes) {
                Ok(header) if header.ledger == self.identity.ledger() => {
                    *self.last_frame.lock() = Some((segment.number, slot.frame, header));
                    (header, bytes, (entry - frame) as usize)
                }
                Ok(_) => return wrong("the frame belongs to another ledger"),
                Err(reason) => return wrong(reason),
            }
        };
        let next = header.next_sequence().unwrap_or(header.first_sequence);
        if !(header.first_sequence..next).contains(&sequence) {
            return wrong("the frame does not hold the entry");
        }
        let within = bytes.len().saturating_sub(at + ENTRY_PREFIX);
        if within == 0 || within < u32_at(&bytes, at) as usize {
            bytes = read(entry, GUESS)?;
            at = 0;
        }
        if bytes.len() >= ENTRY_PREFIX {
            let whole = u64::from(u32_at(&bytes, at)) + ENTRY_PREFIX as u64;
            if at == 0 && whole > bytes.len() as u64 && entry + whole <= segment.end {
                bytes = read(entry, whole)?;
            }
        }
        match entry_at(&bytes, at, sequence) {
            Ok(found) => Ok(Ok(Entry {
                sequence,
                time_base: header.time_base,
                index: (sequence - header.first_sequence) as u32,
                bytes: found.to_vec(),
            })),
            Err(reason) => wrong(reason),
        }
    }

    fn frame_kept(&self, segment: &Segment, slot: Slot) -> Option<FrameHeader> {
        let kept = *self.last_frame.lock();
        let (number, frame, header) = kept?;
        ((number, frame) == (segment.number, slot.frame)).then_some(header)
    }

    fn slot_of(&self, opened: &Opened, index: u64) -> Result<Option<Slot>, JournalError> {
        match &opened.sidecar {
            Some(sidecar) => {
                let path = sidecar_path(&self.directory, opened.number);
                read_slot(sidecar.as_ref(), index).during("read", &path)
            }
            None => Ok(opened.slots.get(index as usize).copied()),
        }
    }

    fn opened(&self, number: u32) -> Result<Arc<Opened>, JournalError> {
        let mut opened = self.opened.lock();
        if let Some(at) = opened.iter().position(|files| files.number == number) {
            let files = opened.remove(at);
            opened.push(Arc::clone(&files));
            return Ok(files);
        }
        let path = segment_path(&self.directory, number);
        let file = self.disk.open(&path, Access::Read).during("open", &path)?;
        // A sidecar that went missing reads as one without slots, and is rebuilt.
        let sidecar = sidecar_path(&self.directory, number);
        let files = Arc::new(Opened {
            number,
            file,
            sidecar: self.disk.open(&sidecar, Access::Read).ok(),
            slots: Vec::new(),
        });
        keep(&mut opened, &files);
        Ok(files)
    }

    /// Reads a sealed segment again to learn where its entries stand.
    fn rebuild(&self, segment: &Segment) -> Result<Arc<Opened>, JournalError> {
        let disk = self.disk.as_ref();
        let path = segment_path(&self.directory, segment.number);
        let file = disk.open(&path, Access::Read).during("open", &path)?;
        let number = segment.number;
        let mut cursor = Cursor::over(Arc::clone(&file), &self.directory, number, segment.end);
        let link = Link {
            identity: self.identity,
            next_sequence: segment.first_sequence,
            previous: Some(segment.previous),
        };
        let scan = Scan::run(&mut cursor, 0, link, Tail::IsFinal)?;
        if scan.end != segment.end || scan.link.previous != Some(segment.last_hash) {
            return Err(corrupt(
                segment,
                scan.end,
                "the segment ends before its last frame",
            ));
        }
        if self.writable {
            let directory = &self.directory;
            write_sidecar(disk, directory, &self.identity, segment, &scan.slots)
                .during("write", &sidecar_path(directory, number))?;
        }
        let files = Arc::new(Opened {
            number,
            file,
            sidecar: None,
            slots: scan.slots,
        });
        let mut opened = self.opened.lock();
        opened.retain(|kept| kept.number != number);
        keep(&mut opened, &files);
        Ok(files)
    }
}

fn keep(opened: &mut Vec<Arc<Opened>>, files: &Arc<Opened>) {
    if opened.len() >= KEPT_OPEN {
        opened.remove(0);
    }
    opened.push(Arc::clone(files));
}

fn corrupt(segment: &Segment, offset: u64, reason: &'static str) -> JournalError {
    JournalError::Corrupt {
        segment: segment.number,
        offset,
        reason,
    }
}
