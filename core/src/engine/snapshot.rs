//! Snapshots: the objects at one sequence, so that opening replays only what came after.
//!
//! ```text
//! offset  size  NNNNNNNNNNNNNNNNNNNN.snapshot (named by its sequence), little endian
//!      0     8  magic "LOYSNAPS"
//!      8     4  format number
//!     12     4  chunks
//!     16    16  id of the ledger
//!     32     8  sequence of the last entry it holds
//!     40     8  members
//!     48     4  length of the head h
//!     52     h  head of the image
//!   52+h     4  length of a chunk c     ┐ as often as
//!   56+h     c  chunk of the image      ┘ there are chunks
//!    end    32  BLAKE3 of all bytes before
//! ```
//!
//! Head and chunks are drawn in `ledger/image`. A snapshot is derived: one that is damaged is skipped, and without any
//! the journal is replayed from its start.

use std::io;
use std::path::{Path, PathBuf};

use super::assembling::{assemble, read_block};
use super::sealed::{SealedError, SealedReader, write_sealed};
use crate::journal::{Disk, remove_if_there};
use crate::ledger::image::{Assembly, ImageError, write_chunk, write_head};
use crate::ledger::state::Objects;

/// Format number of the snapshots that this version writes and reads.
pub const FORMAT: u32 = 5;

const MAGIC: &[u8; 8] = b"LOYSNAPS";
/// Ends the name of a snapshot.
pub const SUFFIX: &str = ".snapshot";
const DIGITS: usize = 20;

/// Why a snapshot is of no use. The journal has everything it held.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error(transparent)]
    Sealed(#[from] SealedError),
    #[error("it is no snapshot")]
    NotASnapshot,
    #[error("it has format {0} of an older version; the journal has all it held")]
    Older(u32),
    #[error("it has format {0}; a newer version of this software reads it")]
    Newer(u32),
    #[error("it belongs to another ledger")]
    OtherLedger,
    #[error("it is damaged: {0}")]
    Image(#[from] ImageError),
    #[error("its name, head and content do not agree")]
    Contradiction,
}

impl From<io::Error> for SnapshotError {
    fn from(error: io::Error) -> SnapshotError {
        SnapshotError::Sealed(SealedError::Disk(error))
    }
}

/// The newest snapshot that could be read, and those that could not.
#[derive(Debug)]
pub struct Newest {
    pub objects: Option<Objects>,
    /// Newer than the one that was read: path and what is wrong with it.
    pub skipped: Vec<(PathBuf, SnapshotError)>,
}

/// Writes the snapshot of a view, chunk by chunk, and tells its bytes. The caller knows that the view's sequence is
/// durable in the journal. Each chunk is let go as soon as it is written: what changes afterwards is not copied for it.
pub fn write(
    disk: &dyn Disk,
    directory: &Path,
    ledger: [u8; 16],
    mut objects: Objects,
) -> io::Result<u64> {
    write_sealed(disk, directory, &name(objects.sequence), |writer| {
        let buffer = writer.room()?;
        buffer.extend_from_slice(MAGIC);
        buffer.extend_from_slice(&FORMAT.to_le_bytes());
        let chunks = u32::try_from(objects.chunks.len()).map_err(io::Error::other)?;
        buffer.extend_from_slice(&chunks.to_le_bytes());
        buffer.extend_from_slice(&ledger);
        buffer.extend_from_slice(&objects.sequence.to_le_bytes());
        buffer.extend_from_slice(&u64::from(objects.member_count()).to_le_bytes());
        write_block(buffer, |buffer| write_head(&objects, buffer))?;
        for chunk in std::mem::take(&mut objects.chunks) {
            write_block(writer.room()?, |buffer| write_chunk(&chunk, buffer))?;
        }
        Ok(())
    })
}

/// Appends a block behind its length.
fn write_block(buffer: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; 4]);
    fill(buffer);
    let length = u32::try_from(buffer.len() - start - 4).map_err(io::Error::other)?;
    buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Reads the newest good snapshot whose sequence is at most `through`.
pub fn load_newest(
    disk: &dyn Disk,
    directory: &Path,
    ledger: [u8; 16],
    through: u64,
) -> io::Result<Newest> {
    let mut newest = Newest {
        objects: None,
        skipped: Vec::new(),
    };
    let sequences = list(disk, directory)?;
    for sequence in sequences
        .into_iter()
        .rev()
        .filter(|found| *found <= through)
    {
        match load(disk, directory, ledger, sequence) {
            Ok(objects) => {
                newest.objects = Some(objects);
                break;
            }
            Err(error) => newest.skipped.push((path(directory, sequence), error)),
        }
    }
    Ok(newest)
}

/// Reads the snapshot with this sequence.
pub fn load(
    disk: &dyn Disk,
    directory: &Path,
    ledger: [u8; 16],
    sequence: u64,
) -> Result<Objects, SnapshotError> {
    let mut reader = SealedReader::open(disk, &path(directory, sequence))?;
    if reader.array()? != *MAGIC {
        return Err(SnapshotError::NotASnapshot);
    }
    let format = u32::from_le_bytes(reader.array()?);
    if format < FORMAT {
        return Err(SnapshotError::Older(format));
    }
    if format > FORMAT {
        return Err(SnapshotError::Newer(format));
    }
    let chunks = u32::from_le_bytes(reader.array()?);
    if reader.array()? != ledger {
        return Err(SnapshotError::OtherLedger);
    }
    let stated = (reader.number()?, reader.number()?);
    let head = Assembly::new(read_block(&mut reader)?)?;
    let objects = assemble(head, chunks, reader)?;
    let found = (objects.sequence, u64::from(objects.member_count()));
    if found != stated || sequence != objects.sequence {
        return Err(SnapshotError::Contradiction);
    }
    Ok(objects)
}

/// Sequences of the snapshots in a directory, rising; whether they are good is not looked at.
pub fn list(disk: &dyn Disk, directory: &Path) -> io::Result<Vec<u64>> {
    let names = disk.list(directory)?;
    let mut sequences: Vec<u64> = names.iter().filter_map(|name| sequence_of(name)).collect();
    sequences.sort_unstable();
    Ok(sequences)
}

/// Removes all but the newest `keep` snapshots.
pub fn remove_older(disk: &dyn Disk, directory: &Path, keep: usize) -> io::Result<()> {
    let sequences = list(disk, directory)?;
    let older = sequences.len().saturating_sub(keep);
    for sequence in &sequences[..older] {
        remove_if_there(disk, &path(directory, *sequence))?;
    }
    Ok(())
}

/// The file of the snapshot with this sequence.
pub fn path(directory: &Path, sequence: u64) -> PathBuf {
    directory.join(name(sequence))
}

fn name(sequence: u64) -> String {
    format!("{sequence:0DIGITS$}{SUFFIX}")
}

fn sequence_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let is_number = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}
