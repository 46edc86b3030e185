//! Derived files: written as a stream, sealed with a BLAKE3 of all before it, and seen whole or not at all.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::journal::{Access, Disk, DiskFile, TEMPORARY_SUFFIX, remove_if_there};

/// Bytes gathered before they are written, and read at once.
const GATHERED: usize = 1 << 20;
const HASH: usize = 32;

/// Why a derived file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    #[error("{0}; make the directory readable and open again")]
    Disk(#[from] io::Error),
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
}

/// Writes a file under a temporary name.
pub(super) struct SealedWriter<'d> {
    disk: &'d dyn Disk,
    directory: &'d Path,
    temporary: PathBuf,
    name: &'d str,
    file: Arc<dyn DiskFile>,
    hasher: blake3::Hasher,
    gathered: Vec<u8>,
    written: u64,
}

/// Writes a file: `fill` gives its content; what fails leaves no file behind.
pub(super) fn write_sealed(
    disk: &dyn Disk,
    directory: &Path,
    name: &str,
    fill: impl FnOnce(&mut SealedWriter<'_>) -> io::Result<()>,
) -> io::Result<u64> {
    let temporary = directory.join(format!("{name}{TEMPORARY_SUFFIX}"));
    remove_if_there(disk, &temporary)?;
    let mut writer = SealedWriter {
        disk,
        directory,
        name,
        file: disk.create(&temporary)?,
        temporary,
        hasher: blake3::Hasher::new(),
        gathered: Vec::with_capacity(GATHERED * 2),
        written: 0,
    };
    let done = fill(&mut writer).and_then(|()| writer.seal());
    if let Err(failed) = &done {
        remove_if_there(disk, &writer.temporary).map_err(|error| {
            io::Error::new(
                failed.kind(),
                format!("{failed}; and what was written stays: {error}"),
            )
        })?;
    }
    done
}

/// Removes what writers of files with one of these suffixes left behind when they were interrupted. Called before any
/// of them writes again.
pub fn remove_unfinished(disk: &dyn Disk, directory: &Path, suffixes: &[&str]) -> io::Result<()> {
    for name in disk.list(directory)? {
        let finished = name.strip_suffix(TEMPORARY_SUFFIX);
        let is_ours = |name: &str| suffixes.iter().any(|suffix| name.ends_with(suffix));
        if finished.is_some_and(is_ours) {
            remove_if_there(disk, &directory.join(name))?;
        }
    }
    Ok(())
}

impl SealedWriter<'_> {
    /// Where the next bytes go; what was gathered before is written once it is enough.
    pub fn room(&mut self) -> io::Result<&mut Vec<u8>> {
        if self.gathered.len() >= GATHERED {
            self.flush()?;
        }
        Ok(&mut self.gathered)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hasher.update(&self.gathered);
        self.file.write_at(&self.gathered, self.written)?;
        self.written += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }

    fn seal(&mut self) -> io::Result<u64> {
        self.flush()?;
        let hash = self.hasher.finalize();
        self.file.write_at(hash.as_bytes(), self.written)?;
        self.file.sync_data()?;
        let name = self.directory.join(self.name);
        self.disk.rename(&self.temporary, &name)?;
        self.disk.sync_directory(self.directory)?;
        Ok(self.written + HASH as u64)
    }
}

/// Reads a file from its start to its seal.
pub(super) struct SealedReader {
    file: Arc<dyn DiskFile>,
    hasher: blake3::Hasher,
    /// Read and hashed; from `taken` on not yet taken.
    held: Vec<u8>,
    taken: usize,
    /// Bytes before the seal that were not yet read.
    ahead: u64,
    read: u64,
}

impl SealedReader {
    pub fn open(disk: &dyn Disk, path: &Path) -> Result<SealedReader, SealedError> {
        let file = disk.open(path, Access::Read)?;
        let length = file.length()?;
        let ahead = length
            .checked_sub(HASH as u64)
            .ok_or(SealedError::Damaged("it is shorter than its seal"))?;
        Ok(SealedReader {
            file,
            hasher: blake3::Hasher::new(),
            held: Vec::new(),
            taken: 0,
            ahead,
            read: 0,
        })
    }

    /// Bytes before the seal that were not yet taken.
    pub fn left(&self) -> u64 {
        self.ahead + (self.held.len() - self.taken) as u64
    }

    /// The next bytes, no more than are left.
    pub fn take(&mut self, length: usize) -> Result<&[u8], SealedError> {
        if length as u64 > self.left() {
            return Err(SealedError::Damaged("it ends too early"));
        }
        if self.held.len() - self.taken < length {
            self.fill(length)?;
        }
        let start = self.taken;
        self.taken += length;
        Ok(&self.held[start..self.taken])
    }

    pub fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], SealedError> {
        let bytes = self.take(LENGTH)?;
        Ok(*bytes
            .first_chunk()
            .expect("as many bytes were taken as asked for"))
    }

    pub fn number(&mut self) -> Result<u64, SealedError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// Everything was taken and the seal is right. Before this nothing taken may be trusted.
    pub fn finish(mut self) -> Result<(), SealedError> {
        if self.left() > 0 {
            return Err(SealedError::Damaged("more follows than its content"));
        }
        let mut seal = [0; HASH];
        self.read_exactly(&mut seal)?;
        if self.hasher.finalize() == seal {
            Ok(())
        } else {
            Err(SealedError::Damaged("its checksum is wrong"))
        }
    }

    /// Drops what was taken and reads on, so that at least `length` bytes are held.
    fn fill(&mut self, length: usize) -> Result<(), SealedError> {
        self.held.drain(..self.taken);
        self.taken = 0;
        let start = self.held.len();
        let more = (length - start).max(GATHERED) as u64;
        let more = more.min(self.ahead) as usize;
        let mut held = std::mem::take(&mut self.held);
        held.resize(start + more, 0);
        self.read_exactly(&mut held[start..])?;
        self.hasher.update(&held[start..]);
        self.ahead -= more as u64;
        self.held = held;
        Ok(())
    }

    fn read_exactly(&mut self, buffer: &mut [u8]) -> Result<(), SealedError> {
        let read = self.file.read_at(buffer, self.read)?;
        if read < buffer.len() {
            return Err(SealedError::Damaged("it became shorter while being read"));
        }
        self.read += read as u64;
        Ok(())
    }
}
