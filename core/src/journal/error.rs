//! Owns the errors of the journal: each names what is wrong, where, and what to do next.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::frame::FORMAT;

/// The journal cannot be opened, read or copied.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JournalError {
    #[error(
        "journal segment {segment} is corrupt at byte {offset}: {reason}; \
         restore this ledger from a backup, or copy it aside and restore up to a sequence before the damage"
    )]
    Corrupt {
        segment: u32,
        offset: u64,
        reason: &'static str,
    },
    #[error(
        "journal segment {segment} is missing; put the file back, or restore this ledger from a backup"
    )]
    MissingSegment { segment: u32 },
    #[error(
        "journal segment {segment} belongs to another ledger; put this ledger's own file back, \
         or restore from a backup"
    )]
    OtherLedger { segment: u32 },
    #[error(
        "{} was written in format {found}, this program knows up to format {FORMAT}; \
         use a release that knows format {found}", file.display()
    )]
    NewerFormat { file: PathBuf, found: u16 },
    #[error(
        "the ledger in {} is held by another process or handle; close it first, or open read-only",
        directory.display()
    )]
    Locked { directory: PathBuf },
    #[error("{} is not a directory; name a directory for the ledger", path.display())]
    NotADirectory { path: PathBuf },
    #[error("there is no ledger in {}; create one, or check the path", directory.display())]
    NotALedger { directory: PathBuf },
    #[error("the ledger header {} is damaged ({reason}); restore it from a backup", path.display())]
    DamagedHeader { path: PathBuf, reason: &'static str },
    #[error("{} already holds a ledger; open it, or choose another directory", directory.display())]
    AlreadyExists { directory: PathBuf },
    #[error("{} is in use by other files; choose an empty directory", directory.display())]
    NotEmpty { directory: PathBuf },
    #[error(
        "{} cannot be written (read-only or no permission); \
         grant write access, or open read-only", path.display()
    )]
    ReadOnly { path: PathBuf },
    #[error("no space left for {}; free space and try again", path.display())]
    NoSpace { path: PathBuf },
    #[error(
        "the journal ends at sequence {tail}, sequence {asked} is not in it; ask for at most {tail}"
    )]
    BeyondTail { asked: u64, tail: u64 },
    #[error("cannot {action} {}: {source}; check the disk and open the ledger again", path.display())]
    Disk {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl JournalError {
    /// Sorts an error of the disk by what the caller can do about it.
    pub fn of_disk(action: &'static str, path: &Path, source: io::Error) -> JournalError {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                JournalError::NoSpace { path }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                JournalError::ReadOnly { path }
            }
            io::ErrorKind::NotADirectory => JournalError::NotADirectory { path },
            _ => JournalError::Disk {
                action,
                path,
                source,
            },
        }
    }
}

/// Adds to an error of the disk what was being done and to which file.
pub(crate) trait DuringDisk<T> {
    fn during(self, action: &'static str, path: &Path) -> Result<T, JournalError>;
}

impl<T> DuringDisk<T> for io::Result<T> {
    fn during(self, action: &'static str, path: &Path) -> Result<T, JournalError> {
        self.map_err(|source| JournalError::of_disk(action, path, source))
    }
}

/// A group was not appended, or it is not known whether it was.
#[derive(Debug, Error)]
pub enum AppendError {
    #[error(
        "the journal's tail is {tail}, not what the batch expects; read up to the tail and decide again"
    )]
    Conflict { tail: u64 },
    #[error(
        "writing the journal failed ({source}): whether the group was recorded is unknown; \
         close the ledger, check the disk and open it again"
    )]
    Unknown { source: io::Error },
    #[error("nothing was written: {reason}; remove the cause and try again")]
    Unavailable { reason: String },
    #[error(
        "an earlier write of this journal failed; close the ledger, check the disk and open it again"
    )]
    Poisoned,
    #[error("the batch needs {bytes} bytes, a frame holds at most {limit}; send smaller batches")]
    TooLarge { bytes: u64, limit: u64 },
}
