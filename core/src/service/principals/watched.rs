//! The principals file as it is now: read again when it has changed, kept as it was while it is broken.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::file::FileFault;
use super::roster::Roster;

/// A principals file that may change while the server runs.
#[derive(Debug)]
pub struct WatchedFile {
    path: PathBuf,
    current: RwLock<Arc<Roster>>,
    /// What was read last, good or not.
    seen: Mutex<Seen>,
}

/// What a file held: told by its hash, for files change within one tick of a file system's clock too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Text(blake3::Hash),
    Unreadable(io::ErrorKind),
}

/// Why a principals file is not used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the principals file {} cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the principals file {}, {fault}", path.display())]
    Faulty { path: PathBuf, fault: FileFault },
}

/// What became of a look at the file.
#[derive(Debug)]
pub enum Reload {
    Unchanged,
    /// So many principals are known from now on.
    Changed(usize),
    /// The file is broken; what it said before stays in force. Told once for each state of the file.
    Kept(FileError),
}

impl WatchedFile {
    pub fn open(path: &Path) -> Result<WatchedFile, FileError> {
        let read = read(path);
        let seen = seen(&read);
        Ok(WatchedFile {
            path: path.to_owned(),
            current: RwLock::new(Arc::new(roster(path, read)?)),
            seen: Mutex::new(seen),
        })
    }

    /// Everybody known now.
    pub fn current(&self) -> Arc<Roster> {
        Arc::clone(&self.current.read())
    }

    /// Reads the file, and what it says takes effect if it has changed and is right. Waits for the disk.
    pub fn reload_if_changed(&self) -> Reload {
        let mut last = self.seen.lock();
        let read = read(&self.path);
        let seen = seen(&read);
        if *last == seen {
            return Reload::Unchanged;
        }
        *last = seen;
        match roster(&self.path, read) {
            Ok(roster) => {
                let known = roster.all().len();
                *self.current.write() = Arc::new(roster);
                Reload::Changed(known)
            }
            Err(error) => Reload::Kept(error),
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

fn seen(read: &io::Result<String>) -> Seen {
    match read {
        Ok(text) => Seen::Text(blake3::hash(text.as_bytes())),
        Err(error) => Seen::Unreadable(error.kind()),
    }
}

fn roster(path: &Path, read: io::Result<String>) -> Result<Roster, FileError> {
    let path = path.to_owned();
    match read.map(|text| Roster::parse(&text)) {
        Ok(Ok(roster)) => Ok(roster),
        Ok(Err(fault)) => Err(FileError::Faulty { path, fault }),
        Err(source) => Err(FileError::Unreadable { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[principals.a]\nrole = \"pos\"\n";
    const TWO: &str = "[principals.a]\nrole = \"pos\"\n[principals.b]\nrole = \"support\"\n";
    const BROKEN: &str = "[principals.a]\nrole = \"boss\"\n";

    fn names(watched: &WatchedFile) -> Vec<String> {
        let current = watched.current();
        current.all().map(|found| found.name.clone()).collect()
    }

    #[test]
    fn a_change_takes_effect_and_a_broken_file_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("principals.toml");
        fs::write(&path, ONE).unwrap();
        let watched = WatchedFile::open(&path).unwrap();
        let before = watched.current();
        assert!(matches!(watched.reload_if_changed(), Reload::Unchanged));

        fs::write(&path, TWO).unwrap();
        assert!(matches!(watched.reload_if_changed(), Reload::Changed(2)));
        assert_eq!(names(&watched), ["a", "b"]);
        assert_eq!(before.all().len(), 1);

        fs::write(&path, BROKEN).unwrap();
        let Reload::Kept(error) = watched.reload_if_changed() else {
            panic!("a broken file took effect");
        };
        assert!(error.to_string().contains("line 2, column 8"), "{error}");
        assert_eq!(names(&watched), ["a", "b"]);
        assert!(matches!(watched.reload_if_changed(), Reload::Unchanged));

        fs::remove_file(&path).unwrap();
        let gone = watched.reload_if_changed();
        assert!(matches!(gone, Reload::Kept(FileError::Unreadable { .. })));
        assert!(matches!(watched.reload_if_changed(), Reload::Unchanged));
        assert_eq!(names(&watched), ["a", "b"]);

        fs::write(&path, ONE).unwrap();
        assert!(matches!(watched.reload_if_changed(), Reload::Changed(1)));
        assert_eq!(names(&watched), ["a"]);
    }

    #[test]
    fn a_server_does_not_start_with_a_file_that_is_broken_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("principals.toml");
        let missing = WatchedFile::open(&path).unwrap_err();
        assert!(
            missing
                .to_string()
                .contains("principals.toml cannot be read")
        );
        fs::write(&path, BROKEN).unwrap();
        let broken = WatchedFile::open(&path).unwrap_err();
        assert!(broken.to_string().contains("boss"), "{broken}");
    }
}
