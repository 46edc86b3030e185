//! Owns opening for writing: what was found is repaired where that loses nothing, and is durable before it is served.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::catalog::Catalog;
use super::disk::{Access, Disk, DiskFile, DiskLock, TEMPORARY_SUFFIX, remove_if_there};
use super::error::{DuringDisk, JournalError};
use super::file_log::LOCK_FILE;
use super::header::LedgerHeader;
use super::prepare::{Prepared, prepare};
use super::segment::{segment_path, sidecar_path, temporary_path};
use super::survey::{Survey, Torn, survey};

/// What opening found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// A frame that was cut short and is gone; it was never acknowledged.
    pub torn: Option<Torn>,
    /// Whether the active segment was copied, because the ledger had not been closed cleanly.
    pub copied: bool,
    /// Sealed segments whose sidecar was rebuilt.
    pub rebuilt_sidecars: Vec<u32>,
}

/// A journal ready to be served.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub catalog: Arc<Catalog>,
    /// Length of the active segment's file.
    pub capacity: u64,
    /// Whether the last frame marks a clean close.
    pub closed: bool,
    /// The next segment, if it is prepared.
    pub spare: Option<Prepared>,
    pub opening: Opening,
}

/// Takes the exclusive lock of a ledger's directory.
pub(crate) fn lock(disk: &dyn Disk, directory: &Path) -> Result<Box<dyn DiskLock>, JournalError> {
    let path = directory.join(LOCK_FILE);
    disk.lock(&path).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => JournalError::Locked {
            directory: directory.to_owned(),
        },
        _ => JournalError::of_disk("lock", &path, error),
    })
}

/// Brings the journal in `directory` to a state in which it can be served. The lock is held.
pub(crate) fn recover(
    disk: Arc<dyn Disk>,
    directory: &Path,
    header: LedgerHeader,
) -> Result<Recovered, JournalError> {
    remove_unfinished(disk.as_ref(), directory)?;
    let mut survey = survey(disk.as_ref(), directory, header.identity())?;
    // Whoever was here before may have died between a rename and its sync.
    disk.sync_directory(directory).during("sync", directory)?;
    let number = survey.segments.last().map_or(1, |active| active.number);
    remove_if_there(disk.as_ref(), &sidecar_path(directory, number))
        .during("remove", &sidecar_path(directory, number))?;
    let closed = match survey.closed_at {
        Some(offset) if survey.torn.is_none() => Some(offset),
        _ => None,
    };
    let file = match closed {
        Some(offset) => confirm_close(disk.as_ref(), directory, &survey, offset)?,
        None => copy_active(disk.as_ref(), directory, &mut survey)?,
    };
    if let Some(active) = survey.segments.last_mut() {
        active.file = Some(file);
    }
    let Survey {
        segments,
        capacity,
        torn,
        spares,
        without_sidecar,
        ..
    } = survey;
    let directory = directory.to_owned();
    let catalog = Catalog::new(disk, directory, header, true, segments);
    let spare = settle_spares(&catalog, number, &spares)?;
    catalog
        .write_sidecars()
        .during("write sidecars in", &catalog.directory)?;
    Ok(Recovered {
        catalog: Arc::new(catalog),
        capacity,
        closed: closed.is_some(),
        spare,
        opening: Opening {
            torn,
            copied: closed.is_none(),
            rebuilt_sidecars: without_sidecar,
        },
    })
}

/// Removes what a process that died had not finished.
fn remove_unfinished(disk: &dyn Disk, directory: &Path) -> Result<(), JournalError> {
    for name in disk.list(directory).during("list", directory)? {
        if name.starts_with("segment-") && name.ends_with(TEMPORARY_SUFFIX) {
            let path = directory.join(name);
            disk.remove(&path).during("remove", &path)?;
        }
    }
    Ok(())
}

/// Writes the frame of the clean close once more, as it is, and syncs: if its first sync had failed, it may stand in
/// memory alone, and the system would not write it again by itself.
fn confirm_close(
    disk: &dyn Disk,
    directory: &Path,
    survey: &Survey,
    offset: u64,
) -> Result<Arc<dyn DiskFile>, JournalError> {
    let active = survey
        .segments
        .last()
        .expect("a survey has an active segment");
    let path = segment_path(directory, active.number);
    let file = disk.open(&path, Access::ReadWrite).during("open", &path)?;
    copy_bytes(file.as_ref(), file.as_ref(), offset, active.end).during("write", &path)?;
    file.sync_data().during("sync", &path)?;
    Ok(file)
}

/// Copies the good frames of the active segment to a new file that takes its name. What was read may stand in memory
/// alone, after a sync that failed; the copy does not.
fn copy_active(
    disk: &dyn Disk,
    directory: &Path,
    survey: &mut Survey,
) -> Result<Arc<dyn DiskFile>, JournalError> {
    let active = survey
        .segments
        .last()
        .expect("a survey has an active segment");
    let path = segment_path(directory, active.number);
    let temporary = temporary_path(directory, active.number);
    let capacity = survey.capacity.max(active.end).max(512).next_power_of_two();
    let source = active.file.as_ref().expect("the active segment is open");
    let file = disk.create(&temporary).during("create", &temporary)?;
    file.prepare(capacity).during("prepare", &temporary)?;
    copy_bytes(source.as_ref(), file.as_ref(), 0, active.end).during("copy", &path)?;
    file.sync_data().during("sync", &temporary)?;
    disk.rename(&temporary, &path)
        .during("rename", &temporary)?;
    disk.sync_directory(directory).during("sync", directory)?;
    survey.capacity = capacity;
    Ok(file)
}

const PIECE: u64 = 1 << 20;

fn copy_bytes(from: &dyn DiskFile, to: &dyn DiskFile, mut offset: u64, end: u64) -> io::Result<()> {
    let mut piece = vec![0; (end - offset).min(PIECE) as usize];
    while offset < end {
        let length = (end - offset).min(PIECE) as usize;
        let read = from.read_at(&mut piece[..length], offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        to.write_at(&piece[..read], offset)?;
        offset += read as u64;
    }
    Ok(())
}

/// Keeps the next segment if it is as prepared, makes it anew if not, and removes any further ones.
fn settle_spares(
    catalog: &Catalog,
    active: u32,
    spares: &[super::survey::Spare],
) -> Result<Option<Prepared>, JournalError> {
    let disk = catalog.disk.as_ref();
    let mut kept = None;
    for spare in spares.iter().rev() {
        let path = segment_path(&catalog.directory, spare.number);
        if spare.number != active + 1 {
            disk.remove(&path).during("remove", &path)?;
        } else if spare.blank {
            let file = disk.open(&path, Access::ReadWrite).during("open", &path)?;
            kept = Some(Prepared {
                number: spare.number,
                bytes: spare.bytes,
                file,
            });
        } else {
            let bytes = spare.bytes.max(512).next_power_of_two();
            kept = Some(prepare(catalog, spare.number, bytes).during("prepare", &path)?);
        }
    }
    Ok(kept)
}
