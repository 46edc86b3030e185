//! Owns the traits through which everything durable is read and written, so that tests can bring a faulty disk.

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A file system as the journal and the snapshots need it. Paths are used as given.
pub trait Disk: Send + Sync + Debug {
    /// Creates a file for reading and writing; fails with `AlreadyExists` if the name is taken.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens a file that exists.
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>>;
    /// Gives a file another name, replacing a file that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file's name.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Names of the files and directories in a directory, sorted.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;
    /// Creates a directory and its parents; one that exists is fine.
    fn create_directory(&self, directory: &Path) -> io::Result<()>;
    /// Makes the names of a directory durable.
    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
    /// Takes the exclusive lock that a file stands for, creating the file. `WouldBlock` says it is held.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>>;
    /// What stands at a path; `None` if nothing.
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>>;
}

/// An open file. Reads and writes name their offset, so a handle is shared freely.
pub trait DiskFile: Send + Sync + Debug {
    /// Reads up to `buffer.len()` bytes; fewer only where the file ends.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all bytes or fails; after a failure any part may have been written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Makes the file `length` bytes of zeros that occupy real space, so that later writes within it and their
    /// `sync_data` change no metadata. For files just created.
    fn prepare(&self, length: u64) -> io::Result<()>;
    /// Makes what was written durable. Never called again after it failed.
    fn sync_data(&self) -> io::Result<()>;
    /// Length in bytes.
    fn length(&self) -> io::Result<u64>;
}

/// An exclusive lock, held until dropped.
pub trait DiskLock: Send + Sync + Debug {}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    ReadWrite,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
}

/// Reads a whole file.
pub fn read_whole(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let file = disk.open(path, Access::Read)?;
    let length = usize::try_from(file.length()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Writes a whole file so that it is seen complete and durable, or not at all: a temporary name, a sync, a rename, a
/// sync of the directory.
pub fn write_whole(disk: &dyn Disk, directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = directory.join(format!("{name}{TEMPORARY_SUFFIX}"));
    remove_if_there(disk, &temporary)?;
    let file = disk.create(&temporary)?;
    file.write_at(bytes, 0)?;
    file.sync_data()?;
    disk.rename(&temporary, &directory.join(name))?;
    disk.sync_directory(directory)
}

/// Removes a file that may not be there.
pub fn remove_if_there(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Ends the name of a file that is not finished; the next opening removes it.
pub const TEMPORARY_SUFFIX: &str = ".new";
