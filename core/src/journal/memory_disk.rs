//! Owns a disk in memory: for tests and for ledgers that are not meant to last.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::disk::{Access, Disk, DiskFile, DiskLock, Kind};

/// Files in memory. A clone is another handle on the same files.
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk {
    names: Arc<Mutex<Names>>,
}

#[derive(Debug, Default)]
struct Names {
    files: BTreeMap<PathBuf, Arc<MemoryFile>>,
    directories: BTreeSet<PathBuf>,
    locks: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> MemoryDisk {
        MemoryDisk::default()
    }

    /// Puts a file there whole, with the directories above it.
    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        let mut names = self.names.lock();
        names.add_directory(path.parent().unwrap_or(Path::new("")));
        names
            .files
            .insert(path.to_owned(), Arc::new(MemoryFile::of(bytes)));
    }

    /// The bytes of a file.
    pub fn get(&self, path: &Path) -> Option<Vec<u8>> {
        let names = self.names.lock();
        names.files.get(path).map(|file| file.bytes.read().clone())
    }

    /// An independent copy of all files, with no lock held.
    pub fn copy(&self) -> MemoryDisk {
        let copy = MemoryDisk::new();
        let names = self.names.lock();
        for directory in &names.directories {
            copy.names.lock().add_directory(directory);
        }
        for (path, file) in &names.files {
            copy.put(path, file.bytes.read().clone());
        }
        copy
    }
}

impl Names {
    fn add_directory(&mut self, directory: &Path) {
        for ancestor in directory.ancestors() {
            self.directories.insert(ancestor.to_owned());
        }
    }

    fn has_parent(&self, path: &Path) -> io::Result<()> {
        let parent = path.parent().unwrap_or(Path::new(""));
        if self.files.contains_key(parent) {
            Err(io::ErrorKind::NotADirectory.into())
        } else if self.directories.contains(parent) {
            Ok(())
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }
}

impl Disk for MemoryDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut names = self.names.lock();
        names.has_parent(path)?;
        if names.files.contains_key(path) || names.directories.contains(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = Arc::new(MemoryFile::default());
        names.files.insert(path.to_owned(), Arc::clone(&file));
        Ok(file)
    }

    fn open(&self, path: &Path, _access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let names = self.names.lock();
        match names.files.get(path) {
            Some(file) => Ok(Arc::clone(file) as Arc<dyn DiskFile>),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut names = self.names.lock();
        names.has_parent(to)?;
        let file = names
            .files
            .remove(from)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        names.files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.names.lock().files.remove(path) {
            Some(_) => Ok(()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let names = self.names.lock();
        if names.files.contains_key(directory) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        if !names.directories.contains(directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inside = names.files.keys().chain(&names.directories);
        let mut found: Vec<String> = inside
            .filter(|path| path.parent() == Some(directory))
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        found.sort_unstable();
        Ok(found)
    }

    fn create_directory(&self, directory: &Path) -> io::Result<()> {
        let mut names = self.names.lock();
        if names.files.contains_key(directory) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        names.add_directory(directory);
        Ok(())
    }

    fn sync_directory(&self, _directory: &Path) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>> {
        let names = self.names.lock();
        if !names.locks.lock().insert(path.to_owned()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(MemoryLock {
            path: path.to_owned(),
            locks: Arc::clone(&names.locks),
        }))
    }

    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        let names = self.names.lock();
        Ok(if names.files.contains_key(path) {
            Some(Kind::File)
        } else if names.directories.contains(path) {
            Some(Kind::Directory)
        } else {
            None
        })
    }
}

/// A file in memory that grows as it is written.
#[derive(Debug, Default)]
pub(crate) struct MemoryFile {
    bytes: RwLock<Vec<u8>>,
}

impl MemoryFile {
    fn of(bytes: Vec<u8>) -> MemoryFile {
        MemoryFile {
            bytes: RwLock::new(bytes),
        }
    }
}

impl DiskFile for MemoryFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let bytes = self.bytes.read();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let available = bytes.get(start..).unwrap_or(&[]);
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        Ok(count)
    }

    fn write_at(&self, written: &[u8], offset: u64) -> io::Result<()> {
        let mut bytes = self.bytes.write();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        if start == bytes.len() {
            bytes.extend_from_slice(written);
            return Ok(());
        }
        let end = start + written.len();
        if end > bytes.len() {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(written);
        Ok(())
    }

    fn prepare(&self, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        self.bytes.write().resize(length, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.bytes.read().len() as u64)
    }
}

#[derive(Debug)]
struct MemoryLock {
    path: PathBuf,
    locks: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl DiskLock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.locks.lock().remove(&self.path);
    }
}
