//! Owns the log in local files: creating, appending, closing.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::batch::Batch;
use super::catalog::Catalog;
use super::disk::{Disk, DiskFile, DiskLock, Kind, TEMPORARY_SUFFIX, read_whole};
use super::error::{AppendError, DuringDisk, JournalError};
use super::frame::{Hash, MAX_FRAME_BYTES, is_zero};
use super::header::{HEADER_FILE, LedgerHeader};
use super::log::Log;
use super::prepare::{Prepared, Preparer, prepare};
use super::reader::Reader;
use super::recovery::{Opening, Recovered, lock, recover};
use super::segment::{Options, Segment, Slots, segment_number, segment_path};

/// Name of the file whose lock the writer holds.
pub const LOCK_FILE: &str = "LOCK";

/// A log in the files of one directory, held exclusively.
#[derive(Debug)]
pub struct FileLog {
    catalog: Arc<Catalog>,
    preparer: Preparer,
    options: Options,
    target: Target,
    /// Sequence of the last entry.
    tail: u64,
    /// Hash of the last frame.
    previous: Hash,
    /// Whether the last frame marks a clean close.
    closed: bool,
    poisoned: bool,
    /// The process that opened it; a forked child shares its lock but must not write.
    owner: u32,
    opening: Opening,
    _lock: Box<dyn DiskLock>,
}

/// Where the next frame goes.
#[derive(Debug)]
struct Target {
    number: u32,
    file: Arc<dyn DiskFile>,
    capacity: u64,
    offset: u64,
}

impl FileLog {
    /// Whether there is a ledger in `directory`.
    pub fn exists(disk: &dyn Disk, directory: &Path) -> Result<bool, JournalError> {
        let path = directory.join(HEADER_FILE);
        match disk.kind(&path) {
            Ok(kind) => Ok(kind == Some(Kind::File)),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
            Err(error) => Err(JournalError::of_disk("look at", &path, error)),
        }
    }

    /// Makes a ledger in `directory`, which is created if need be and must hold no other files.
    pub fn create(
        disk: Arc<dyn Disk>,
        directory: &Path,
        header: &LedgerHeader,
        options: Options,
    ) -> Result<FileLog, JournalError> {
        let kind = disk.kind(directory).during("look at", directory)?;
        if kind == Some(Kind::File) {
            let path = directory.to_owned();
            return Err(JournalError::NotADirectory { path });
        }
        disk.create_directory(directory)
            .during("create", directory)?;
        check_empty(disk.as_ref(), directory)?;
        let lock = lock(disk.as_ref(), directory)?;
        check_empty(disk.as_ref(), directory)?;
        let identity = header.identity();
        let directory = directory.to_owned();
        let catalog = Catalog::new(disk, directory, header.clone(), true, Vec::new());
        let path = segment_path(&catalog.directory, 1);
        let first = prepare(&catalog, 1, options.segment_bytes(1, 0)).during("prepare", &path)?;
        // The header comes last: a ledger whose making was cut short is none.
        header.write(catalog.disk.as_ref(), &catalog.directory)?;
        catalog.update(|segments| {
            segments.push(Segment {
                number: 1,
                first_sequence: 1,
                next_sequence: 1,
                end: 0,
                previous: identity.start,
                last_hash: identity.start,
                slots: Slots::Memory(Arc::default()),
                file: Some(Arc::clone(&first.file)),
            });
        });
        let recovered = Recovered {
            catalog: Arc::new(catalog),
            capacity: first.bytes,
            closed: false,
            spare: None,
            opening: Opening::default(),
        };
        FileLog::start(recovered, options, lock)
    }

    /// Opens the ledger in `directory` for writing. A torn frame is cut and reported in [`FileLog::opening`].
    pub fn open(
        disk: Arc<dyn Disk>,
        directory: &Path,
        options: Options,
    ) -> Result<FileLog, JournalError> {
        let header = LedgerHeader::read(disk.as_ref(), directory)?;
        let lock = lock(disk.as_ref(), directory)?;
        let recovered = recover(disk, directory, header)?;
        FileLog::start(recovered, options, lock)
    }

    fn start(
        recovered: Recovered,
        options: Options,
        lock: Box<dyn DiskLock>,
    ) -> Result<FileLog, JournalError> {
        let catalog = recovered.catalog;
        let active = catalog.update(|segments| segments.last().cloned());
        let active = active.expect("a catalog has an active segment");
        let file = active.file.expect("the active segment is open");
        let next = active.number + 1;
        let preparer = Preparer::new(Arc::clone(&catalog), options.background, recovered.spare)
            .during("start the helper of", &catalog.directory)?;
        preparer.request(next, options.segment_bytes(next, 0));
        Ok(FileLog {
            preparer,
            options,
            target: Target {
                number: active.number,
                file,
                capacity: recovered.capacity,
                offset: active.end,
            },
            tail: active.next_sequence - 1,
            previous: active.last_hash,
            closed: recovered.closed,
            poisoned: false,
            owner: std::process::id(),
            opening: recovered.opening,
            catalog,
            _lock: lock,
        })
    }

    /// What opening found and did.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// What the ledger is.
    pub fn header(&self) -> &LedgerHeader {
        &self.catalog.header
    }

    /// What went wrong last while preparing a segment or writing a sidecar. Neither endangers entries: the work is
    /// done again when it is needed.
    pub fn trouble(&self) -> Option<String> {
        self.preparer.trouble()
    }

    fn append_frame(&mut self, batch: &mut Batch) -> Result<(), AppendError> {
        let bytes = batch.bytes();
        let sealing = self.make_room(bytes)?;
        let target = &mut self.target;
        let (frame, hash) = batch.seal(&self.catalog.identity, self.previous);
        let written = target.file.write_at(frame, target.offset);
        if let Err(source) = written.and_then(|()| target.file.sync_data()) {
            self.poisoned = true;
            return Err(AppendError::Unknown { source });
        }
        if sealing {
            self.catalog.update(|segments| {
                segments.push(Segment {
                    number: target.number,
                    first_sequence: batch.first_sequence(),
                    next_sequence: batch.first_sequence(),
                    end: 0,
                    previous: self.previous,
                    last_hash: self.previous,
                    slots: Slots::Memory(Arc::default()),
                    file: Some(Arc::clone(&target.file)),
                });
            });
        }
        let start = target.offset as u32;
        self.catalog.publish(batch.starts(), start, bytes, hash);
        target.offset += bytes;
        self.previous = hash;
        self.tail = batch.next_sequence() - 1;
        self.closed = batch.is_empty();
        if sealing {
            let next = target.number + 1;
            self.preparer.request_sidecars();
            self.preparer
                .request(next, self.options.segment_bytes(next, 0));
        }
        Ok(())
    }

    /// Turns to a segment that has room for a frame; says whether the active one is sealed by that. A segment that is
    /// too small for its very first frame is replaced.
    fn make_room(&mut self, bytes: u64) -> Result<bool, AppendError> {
        if self.target.offset + bytes <= self.target.capacity {
            return Ok(false);
        }
        let sealing = self.target.offset > 0;
        let number = self.target.number + u32::from(sealing);
        let preferred = self.options.segment_bytes(number, bytes);
        let taken = if sealing {
            self.preparer.take(number, bytes, preferred)
        } else {
            prepare(&self.catalog, number, preferred)
        };
        let Prepared { bytes, file, .. } = taken.map_err(|error| AppendError::Unavailable {
            reason: format!("segment {number} of the journal cannot be prepared ({error})"),
        })?;
        if !sealing {
            self.catalog.update(|segments| {
                let active = segments
                    .last_mut()
                    .expect("a catalog has an active segment");
                active.file = Some(Arc::clone(&file));
            });
        }
        self.target = Target {
            number,
            file,
            capacity: bytes,
            offset: 0,
        };
        Ok(sealing)
    }

    fn check_owner(&self) -> Result<(), AppendError> {
        if self.poisoned {
            return Err(AppendError::Poisoned);
        }
        if self.owner != std::process::id() {
            return Err(AppendError::Unavailable {
                reason: "this process is a fork of the one that opened the ledger".into(),
            });
        }
        Ok(())
    }
}

impl Log for FileLog {
    fn append(&mut self, expected: u64, batch: &mut Batch) -> Result<(), AppendError> {
        self.check_owner()?;
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
        self.check_owner()?;
        if self.closed {
            return Ok(());
        }
        let mut empty = Batch::new();
        empty.clear(self.tail + 1, 0);
        self.append_frame(&mut empty)
    }
}

/// Refuses a directory that holds a ledger or anything else; leftovers of a making that was cut short are fine.
pub(crate) fn check_empty(disk: &dyn Disk, directory: &Path) -> Result<(), JournalError> {
    for name in disk.list(directory).during("list", directory)? {
        let directory = directory.to_owned();
        if name == HEADER_FILE {
            return Err(JournalError::AlreadyExists { directory });
        }
        let leftover = name == LOCK_FILE
            || name.ends_with(TEMPORARY_SUFFIX)
            || is_blank(disk, &directory, &name)?;
        if !leftover {
            return Err(JournalError::NotEmpty { directory });
        }
    }
    Ok(())
}

/// Whether a file is a segment that was prepared and never used.
fn is_blank(disk: &dyn Disk, directory: &Path, name: &str) -> Result<bool, JournalError> {
    if segment_number(name) != Some(1) {
        return Ok(false);
    }
    let path = directory.join(name);
    let bytes = read_whole(disk, &path).during("read", &path)?;
    Ok(is_zero(&bytes))
}
