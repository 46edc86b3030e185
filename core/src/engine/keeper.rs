//! Owns snapshots and the lookup files beside them: written from views, on demand or every so many entries.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Condvar, Mutex};

use super::core::Core;
use super::failure::Failure;
use super::recover::{make_lookup, segment_of};
use super::{lookup, snapshot};
use crate::ledger::rejection::Code;

/// Snapshots kept: the newest, and one more in case that is damaged.
const KEPT: usize = 2;

/// Which snapshot is the newest, and when the next one is due.
#[derive(Debug)]
pub(super) struct Snapshots {
    newest: AtomicU64,
    /// Sequence at which one was last begun.
    begun: AtomicU64,
    every: u64,
    state: Mutex<Keeping>,
    changed: Condvar,
    /// Held while one is written.
    writing: Mutex<()>,
}

#[derive(Debug, Default)]
struct Keeping {
    wanted: bool,
    stopped: bool,
    /// What went wrong with the last one that was due by itself.
    trouble: Option<String>,
}

impl Snapshots {
    pub fn new(newest: u64, every: u64) -> Snapshots {
        Snapshots {
            newest: AtomicU64::new(newest),
            begun: AtomicU64::new(newest),
            every,
            state: Mutex::default(),
            changed: Condvar::new(),
            writing: Mutex::new(()),
        }
    }

    /// Sequence of the newest one; 0 if there is none.
    pub fn newest(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    pub fn trouble(&self) -> Option<String> {
        self.state.lock().trouble.clone()
    }

    pub fn note_trouble(&self, trouble: String) {
        self.state.lock().trouble = Some(trouble);
    }

    /// Has one written if enough entries have come since the last.
    pub fn note(&self, sequence: u64) {
        let begun = self.begun.load(Ordering::Relaxed);
        if self.every > 0 && sequence.saturating_sub(begun) >= self.every {
            self.begun.store(sequence, Ordering::Relaxed);
            self.state.lock().wanted = true;
            self.changed.notify_all();
        }
    }

    /// Ends the keeper's thread.
    pub fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Waits until a snapshot is wanted; false once all is over.
    fn wait(&self) -> bool {
        let mut state = self.state.lock();
        while !state.wanted && !state.stopped {
            self.changed.wait(&mut state);
        }
        state.wanted = false;
        !state.stopped
    }
}

impl Core {
    /// The work of the keeper's thread.
    pub fn keep(&self) {
        while self.snapshots.wait() {
            let trouble = self.snapshot().err().map(|failure| failure.to_string());
            self.snapshots.state.lock().trouble = trouble;
        }
    }

    /// Writes a snapshot of a view, and the lookup files of the segments it stands for.
    pub fn snapshot(&self) -> Result<(), Failure> {
        if self.follow.is_some() {
            return Err(Failure::plain(Code::ReadOnly));
        }
        let _one_at_a_time = self.snapshots.writing.lock();
        self.enter_read()?;
        let decided = self.state.read().objects.sequence;
        self.commit.wait(decided)?;
        if decided <= self.snapshots.newest() {
            return Ok(());
        }
        // Most lookup files come before the view: as long as it lasts, what changes is copied.
        self.write_lookups(decided)?;
        let view = self.view()?;
        let sequence = view.sequence;
        self.write_lookups(sequence)?;
        let (disk, id) = (self.disk.as_ref(), self.reader.header().id);
        snapshot::write(disk, &self.path, id, view)
            .and_then(|_bytes| snapshot::remove_older(disk, &self.path, KEPT))
            .map_err(|error| not_written("snapshot", &error))?;
        self.snapshots.newest.store(sequence, Ordering::Relaxed);
        self.snapshots.begun.fetch_max(sequence, Ordering::Relaxed);
        Ok(())
    }

    /// Writes the lookup files of sealed segments that have none.
    fn write_lookups(&self, through: u64) -> Result<(), Failure> {
        let directory = &self.path;
        let id = self.reader.header().id;
        let sealed = self
            .reader
            .segments()
            .into_iter()
            .filter(|segment| segment.sealed);
        for info in sealed.filter(|info| info.last_sequence <= through) {
            let segment = segment_of(id, &info);
            let kind = self.disk.kind(&lookup::path(directory, segment.number));
            if kind
                .map_err(|error| not_written("lookup file", &error))?
                .is_some()
            {
                continue;
            }
            let made = make_lookup(
                &self.reader,
                &self.hashing(),
                &segment,
                segment.last_sequence,
            );
            lookup::write(
                self.disk.as_ref(),
                directory,
                &segment,
                made.map_err(Failure::reading)?,
            )
            .map_err(|error| not_written("lookup file", &error))?;
        }
        Ok(())
    }
}

fn not_written(what: &str, error: &io::Error) -> Failure {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::ReadOnly,
    };
    let message = format!(
        "the {what} was not written ({error}); the journal has everything, so try again later"
    );
    Failure::system(code, message)
}
