//! Owns the disk for crash tests: it keeps what is durable apart from what is merely written, fails where it is told
//! to, and shows what a power failure at any moment would leave. Directories are taken as durable when created.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::disk::{Access, Disk, DiskFile, DiskLock, Kind};
use super::frame::SECTOR;
use super::memory_disk::MemoryDisk;

/// A disk in memory that fails on demand. A clone is another handle on the same disk.
#[derive(Debug, Clone, Default)]
pub struct FaultyDisk {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    released: Condvar,
    locks: MemoryDisk,
}

#[derive(Debug, Default)]
struct State {
    operations: Vec<Operation>,
    world: World,
    writes: u64,
    syncs: u64,
    failing_write: Option<u64>,
    failing_sync: Option<u64>,
    space: Option<u64>,
    holding: bool,
    waiting: usize,
}

/// Something not yet durable, which a power failure may keep or lose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsynced {
    /// A name given, changed or removed.
    Name(PathBuf),
    /// The length of a file.
    Length(PathBuf),
    /// A sector of a file, by index.
    Sector(PathBuf, u64),
}

#[derive(Debug, Clone)]
enum Operation {
    CreateDirectory(PathBuf),
    Create(PathBuf),
    Write(usize, u64, Arc<[u8]>),
    Prepare(usize, u64),
    Sync(usize),
    FailSync(usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    SyncDirectory(PathBuf),
}

#[derive(Debug, Default)]
struct World {
    files: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    directories: BTreeSet<PathBuf>,
}

#[derive(Debug, Default)]
struct Content {
    current: Vec<u8>,
    synced: Vec<u8>,
    /// Sectors the next sync makes durable.
    dirty: BTreeSet<u64>,
    /// Sectors whose sync failed: the system takes them for clean, and no later sync writes them.
    lost: BTreeSet<u64>,
}

/// How long a test waits for a sync.
const PATIENCE: Duration = Duration::from_secs(10);

impl FaultyDisk {
    /// An empty disk without faults.
    pub fn new() -> FaultyDisk {
        FaultyDisk::default()
    }

    /// Operations so far; each changes the disk or makes something durable.
    pub fn operations(&self) -> usize {
        self.shared.state.lock().operations.len()
    }

    /// Writes so far, preparing included.
    pub fn writes(&self) -> u64 {
        self.shared.state.lock().writes
    }

    /// Syncs so far, of files and directories.
    pub fn syncs(&self) -> u64 {
        self.shared.state.lock().syncs
    }

    /// Lets the n-th write from the start, counted from 1, fail after half of it was written.
    pub fn fail_write(&self, n: u64) {
        self.shared.state.lock().failing_write = Some(n);
    }

    /// Lets the n-th sync from the start, counted from 1, fail.
    pub fn fail_sync(&self, n: u64) {
        self.shared.state.lock().failing_sync = Some(n);
    }

    /// Limits the bytes of all files together; `None` lifts the limit.
    pub fn limit_space(&self, bytes: Option<u64>) {
        self.shared.state.lock().space = bytes;
    }

    /// Bytes of all files together.
    pub fn used(&self) -> u64 {
        self.shared.state.lock().world.used()
    }

    /// Lets syncs of files wait until released.
    pub fn hold_syncs(&self) {
        self.shared.state.lock().holding = true;
    }

    /// Lets held syncs go on.
    pub fn release_syncs(&self) {
        self.shared.state.lock().holding = false;
        self.shared.released.notify_all();
    }

    /// Waits until a sync is held.
    ///
    /// # Panics
    /// If none is within ten seconds.
    pub fn wait_for_held_sync(&self) {
        let mut state = self.shared.state.lock();
        while state.waiting == 0 {
            let wait = self.shared.released.wait_for(&mut state, PATIENCE);
            assert!(!wait.timed_out(), "no sync came to be held");
        }
    }

    /// What a power failure after the first `operations` operations leaves: all that was durable, and of the rest
    /// what `survives` says.
    pub fn image(
        &self,
        operations: usize,
        mut survives: impl FnMut(&Unsynced) -> bool,
    ) -> MemoryDisk {
        let state = self.shared.state.lock();
        let mut world = World::default();
        for operation in &state.operations[..operations] {
            world.apply(operation);
        }
        world.image(&mut survives)
    }

    /// The disk as programs see it now.
    pub fn seen(&self) -> MemoryDisk {
        self.image(self.operations(), |_| true)
    }
}

impl State {
    fn perform(&mut self, operation: Operation) {
        self.world.apply(&operation);
        self.operations.push(operation);
    }

    fn check_space(&self, growth: u64) -> io::Result<()> {
        match self.space {
            Some(space) if self.world.used() + growth > space => {
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        }
    }

    fn count_write(&mut self) -> bool {
        self.writes += 1;
        self.failing_write == Some(self.writes)
    }

    fn count_sync(&mut self) -> bool {
        self.syncs += 1;
        self.failing_sync == Some(self.syncs)
    }
}

fn device_error() -> io::Error {
    io::Error::other("injected fault of the device")
}

impl World {
    fn used(&self) -> u64 {
        let named: BTreeSet<&usize> = self.names.values().collect();
        let lengths = named.iter().map(|file| self.files[**file].current.len());
        lengths.sum::<usize>() as u64
    }

    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateDirectory(path) => {
                for ancestor in path.ancestors() {
                    self.directories.insert(ancestor.to_owned());
                }
            }
            Operation::Create(path) => {
                self.names.insert(path.clone(), self.files.len());
                self.files.push(Content::default());
            }
            Operation::Write(file, offset, bytes) => self.files[*file].write(*offset, bytes),
            Operation::Prepare(file, length) => {
                self.files[*file].current.resize(*length as usize, 0);
            }
            Operation::Sync(file) => self.files[*file].sync(),
            Operation::FailSync(file) => {
                let file = &mut self.files[*file];
                file.lost.append(&mut file.dirty);
            }
            Operation::Rename(from, to) => {
                if let Some(file) = self.names.remove(from) {
                    self.names.insert(to.clone(), file);
                }
            }
            Operation::Remove(path) => {
                self.names.remove(path);
            }
            Operation::SyncDirectory(directory) => {
                let inside = |path: &PathBuf| path.parent() == Some(directory);
                self.synced_names.retain(|path, _| !inside(path));
                let names = self.names.iter().filter(|(path, _)| inside(path));
                let names: Vec<_> = names.map(|(path, file)| (path.clone(), *file)).collect();
                self.synced_names.extend(names);
            }
        }
    }

    fn image(&self, survives: &mut impl FnMut(&Unsynced) -> bool) -> MemoryDisk {
        let disk = MemoryDisk::new();
        for directory in &self.directories {
            disk.put(&directory.join("x"), Vec::new());
            disk.remove(&directory.join("x")).expect("it was just put");
        }
        let paths: BTreeSet<&PathBuf> = self.names.keys().chain(self.synced_names.keys()).collect();
        for path in paths {
            let (now, then) = (self.names.get(path), self.synced_names.get(path));
            let kept = if now == then || survives(&Unsynced::Name(path.clone())) {
                now
            } else {
                then
            };
            if let Some(file) = kept {
                disk.put(path, self.files[*file].image(path, survives));
            }
        }
        disk
    }
}

impl Content {
    fn write(&mut self, offset: u64, bytes: &[u8]) {
        let start = offset as usize;
        let end = start + bytes.len();
        if end > self.current.len() {
            self.current.resize(end, 0);
        }
        self.current[start..end].copy_from_slice(bytes);
        for sector in start / SECTOR..end.div_ceil(SECTOR) {
            self.dirty.insert(sector as u64);
            self.lost.remove(&(sector as u64));
        }
    }

    fn sync(&mut self) {
        self.synced.resize(self.current.len(), 0);
        for sector in std::mem::take(&mut self.dirty) {
            let range = self.range(sector);
            self.synced[range.clone()].copy_from_slice(&self.current[range]);
        }
    }

    fn range(&self, sector: u64) -> std::ops::Range<usize> {
        let start = sector as usize * SECTOR;
        start..(start + SECTOR).min(self.current.len())
    }

    fn image(&self, path: &Path, survives: &mut impl FnMut(&Unsynced) -> bool) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        if bytes.len() != self.current.len() && survives(&Unsynced::Length(path.to_owned())) {
            bytes.resize(self.current.len(), 0);
        }
        for sector in self.dirty.union(&self.lost) {
            if survives(&Unsynced::Sector(path.to_owned(), *sector)) {
                let range = self.range(*sector);
                if bytes.len() < range.end {
                    bytes.resize(range.end, 0);
                }
                bytes[range.clone()].copy_from_slice(&self.current[range]);
            }
        }
        bytes
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.shared.state.lock();
        let parent = path.parent().unwrap_or(Path::new(""));
        if !state.world.directories.contains(parent) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if state.world.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = state.world.files.len();
        state.perform(Operation::Create(path.to_owned()));
        Ok(Arc::new(FaultyFile {
            shared: Arc::clone(&self.shared),
            file,
        }))
    }

    fn open(&self, path: &Path, _access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let state = self.shared.state.lock();
        let file = state.world.names.get(path).copied();
        let file = file.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Arc::new(FaultyFile {
            shared: Arc::clone(&self.shared),
            file,
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        if !state.world.names.contains_key(from) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.perform(Operation::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        if !state.world.names.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.perform(Operation::Remove(path.to_owned()));
        Ok(())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let state = self.shared.state.lock();
        if !state.world.directories.contains(directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let paths = state.world.names.keys().chain(&state.world.directories);
        let inside = paths.filter(|path| path.parent() == Some(directory));
        let mut names: Vec<String> = inside
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    fn create_directory(&self, directory: &Path) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        if state.world.names.contains_key(directory) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if !state.world.directories.contains(directory) {
            state.perform(Operation::CreateDirectory(directory.to_owned()));
        }
        Ok(())
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        if state.count_sync() {
            return Err(device_error());
        }
        state.perform(Operation::SyncDirectory(directory.to_owned()));
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>> {
        self.shared.locks.lock(path)
    }

    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        let state = self.shared.state.lock();
        Ok(if state.world.names.contains_key(path) {
            Some(Kind::File)
        } else if state.world.directories.contains(path) {
            Some(Kind::Directory)
        } else {
            None
        })
    }
}

#[derive(Debug)]
struct FaultyFile {
    shared: Arc<Shared>,
    file: usize,
}

impl DiskFile for FaultyFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let state = self.shared.state.lock();
        let bytes = &state.world.files[self.file].current;
        let available = bytes.get(offset as usize..).unwrap_or(&[]);
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        let length = state.world.files[self.file].current.len() as u64;
        let growth = (offset + bytes.len() as u64).saturating_sub(length);
        if growth > 0 {
            state.check_space(growth)?;
        }
        let failing = state.count_write();
        let written = if failing {
            &bytes[..bytes.len() / 2]
        } else {
            bytes
        };
        state.perform(Operation::Write(self.file, offset, written.into()));
        if failing { Err(device_error()) } else { Ok(()) }
    }

    fn prepare(&self, length: u64) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        let held = state.world.files[self.file].current.len() as u64;
        state.check_space(length.saturating_sub(held))?;
        if state.count_write() {
            return Err(device_error());
        }
        state.perform(Operation::Prepare(self.file, length));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        while state.holding {
            state.waiting += 1;
            self.shared.released.notify_all();
            self.shared.released.wait(&mut state);
            state.waiting -= 1;
        }
        if state.count_sync() {
            state.perform(Operation::FailSync(self.file));
            return Err(device_error());
        }
        state.perform(Operation::Sync(self.file));
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.shared.state.lock().world.files[self.file]
            .current
            .len() as u64)
    }
}
