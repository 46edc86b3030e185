//! Owns opening read-only, also beside a writer: no lock, nothing written, nothing shown before it is durable.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use super::catalog::Catalog;
use super::disk::{Disk, Kind};
use super::error::{DuringDisk, JournalError};
use super::frame::{FrameHeader, HEADER_BYTES};
use super::header::LedgerHeader;
use super::reader::Reader;
use super::scan::{Cursor, Link, Scan, Tail};
use super::segment::{Segment, Slots, segment_path};
use super::survey::{segment_of, survey};

/// A journal opened read-only. A frame that is incomplete is "not yet".
#[derive(Debug)]
pub struct Follower {
    catalog: Arc<Catalog>,
}

impl Follower {
    /// Opens the ledger in `directory` as it is now.
    pub fn open(disk: Arc<dyn Disk>, directory: &Path) -> Result<Follower, JournalError> {
        let header = LedgerHeader::read(disk.as_ref(), directory)?;
        let identity = header.identity();
        let survey = patiently(|| survey(disk.as_ref(), directory, identity))?;
        let active = survey
            .segments
            .last()
            .expect("a survey has an active segment");
        if let Some(file) = &active.file {
            let path = segment_path(directory, active.number);
            file.sync_data().during("sync", &path)?;
        }
        let directory = directory.to_owned();
        let catalog = Catalog::new(disk, directory, header, false, survey.segments);
        Ok(Follower {
            catalog: Arc::new(catalog),
        })
    }

    /// Takes in what was appended since; answers the sequence of the last entry.
    pub fn refresh(&mut self) -> Result<u64, JournalError> {
        patiently(|| self.advance())?;
        Ok(self.catalog.durable())
    }

    /// A handle that reads, from any thread.
    pub fn reader(&self) -> Reader {
        Reader {
            catalog: Arc::clone(&self.catalog),
        }
    }

    fn advance(&self) -> Result<(), JournalError> {
        let catalog = &self.catalog;
        let (disk, directory) = (catalog.disk.as_ref(), &catalog.directory);
        loop {
            let (number, end, link) = self.tail();
            let mut cursor = Cursor::open(disk, directory, number)?;
            let scan = Scan::run(&mut cursor, end, link, Tail::MayGrow)?;
            let grown = scan.end > end;
            if grown {
                let path = segment_path(directory, number);
                cursor.file().sync_data().during("sync", &path)?;
                catalog.update(|segments| take_in(segments, &cursor, scan));
            }
            let Some(next) = self.head(number + 1)? else {
                return Ok(());
            };
            let (_, _, link) = self.tail();
            if next.first_sequence == link.next_sequence && Some(next.previous) == link.previous {
                self.seal(number + 1, link)?;
            } else if !grown {
                let offset = scan_end(catalog);
                return Err(cursor.corrupt(offset, "the next segment does not continue this one"));
            }
        }
    }

    /// Number and end of the active segment, and what its next frame must continue.
    fn tail(&self) -> (u32, u64, Link) {
        self.catalog.update(|segments| {
            let active = segments.last().expect("a catalog has an active segment");
            let link = Link {
                identity: self.catalog.identity,
                next_sequence: active.next_sequence,
                previous: Some(active.last_hash),
            };
            (active.number, active.end, link)
        })
    }

    /// The head of the first frame of a segment, if there is one yet.
    fn head(&self, number: u32) -> Result<Option<FrameHeader>, JournalError> {
        let catalog = &self.catalog;
        let path = segment_path(&catalog.directory, number);
        let kind = catalog.disk.kind(&path).during("look at", &path)?;
        if kind != Some(Kind::File) {
            return Ok(None);
        }
        let mut cursor = Cursor::open(catalog.disk.as_ref(), &catalog.directory, number)?;
        let head = FrameHeader::decode(cursor.bytes(0, HEADER_BYTES as u64)?);
        if let Ok(head) = &head {
            cursor.check_origin(head, &catalog.identity)?;
        }
        Ok(head.ok())
    }

    /// Makes the segment after the active one the active one, as yet without its frames.
    fn seal(&self, number: u32, link: Link) -> Result<(), JournalError> {
        let catalog = &self.catalog;
        let cursor = Cursor::open(catalog.disk.as_ref(), &catalog.directory, number)?;
        let segment = segment_of(&cursor, number, link, Scan::nothing(0, link));
        catalog.update(|segments| segments.push(segment));
        Ok(())
    }
}

fn scan_end(catalog: &Catalog) -> u64 {
    catalog.update(|segments| segments.last().map_or(0, |active| active.end))
}

fn take_in(segments: &mut [Segment], cursor: &Cursor, scan: Scan) {
    let active = segments
        .last_mut()
        .expect("a catalog has an active segment");
    if let Slots::Memory(slots) = &mut active.slots {
        Arc::make_mut(slots).extend(scan.slots);
    }
    active.next_sequence = scan.link.next_sequence;
    active.end = scan.end;
    active.last_hash = scan.link.previous.unwrap_or(active.last_hash);
    active.file = Some(Arc::clone(cursor.file()));
}

/// Looks again when a writer may just have been in the middle of something.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(2);

fn patiently<T>(mut look: impl FnMut() -> Result<T, JournalError>) -> Result<T, JournalError> {
    for _ in 1..LOOKS {
        match look() {
            Err(JournalError::Corrupt { .. } | JournalError::MissingSegment { .. }) => {}
            Err(JournalError::Disk { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        sleep(PAUSE);
    }
    look()
}
