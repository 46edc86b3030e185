//! Owns what happens ahead of and behind the appending thread: the next segment prepared, sidecars written.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};

use super::catalog::Catalog;
use super::disk::{DiskFile, remove_if_there};
use super::segment::{segment_path, temporary_path};

/// A segment of zeros that is durable under its name.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub number: u32,
    pub bytes: u64,
    pub file: Arc<dyn DiskFile>,
}

/// Does the work, on a thread of its own or on the caller's.
#[derive(Debug)]
pub(crate) struct Preparer {
    shared: Arc<Shared>,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// The process that has the thread; a forked child does not.
    owner: u32,
}

#[derive(Debug)]
struct Shared {
    catalog: Arc<Catalog>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    working: bool,
    ready: Option<Prepared>,
    /// The last thing that went wrong; the work itself is done again when it is needed.
    trouble: Option<String>,
}

#[derive(Debug)]
enum Job {
    Prepare { number: u32, bytes: u64 },
    Sidecars,
}

impl Preparer {
    pub fn new(
        catalog: Arc<Catalog>,
        background: bool,
        ready: Option<Prepared>,
    ) -> io::Result<Preparer> {
        let state = State {
            ready,
            ..State::default()
        };
        let shared = Arc::new(Shared {
            catalog,
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let mut preparer = Preparer {
            shared,
            jobs: None,
            thread: None,
            owner: std::process::id(),
        };
        if background {
            let (sender, receiver) = channel();
            let shared = Arc::clone(&preparer.shared);
            let thread = std::thread::Builder::new().name("journal-prepare".into());
            preparer.thread = Some(thread.spawn(move || shared.work(&receiver))?);
            preparer.jobs = Some(sender);
        }
        Ok(preparer)
    }

    /// Has a segment prepared, unless one is already.
    pub fn request(&self, number: u32, bytes: u64) {
        {
            let mut state = self.shared.state.lock();
            if state.working || state.ready.is_some() {
                return;
            }
            state.working = true;
        }
        self.give(Job::Prepare { number, bytes });
    }

    /// Has the sidecars of sealed segments written.
    pub fn request_sidecars(&self) {
        self.give(Job::Sidecars);
    }

    /// The segment prepared, if it has `needed` bytes; otherwise one of `bytes` is prepared now.
    pub fn take(&self, number: u32, needed: u64, bytes: u64) -> io::Result<Prepared> {
        {
            let mut state = self.shared.state.lock();
            while state.working {
                self.shared.changed.wait(&mut state);
            }
            if let Some(ready) = state.ready.take()
                && ready.number == number
                && ready.bytes >= needed
            {
                return Ok(ready);
            }
        }
        prepare(&self.shared.catalog, number, bytes)
    }

    /// The last thing that went wrong here, if nothing has gone right since.
    pub fn trouble(&self) -> Option<String> {
        self.shared.state.lock().trouble.clone()
    }

    fn give(&self, job: Job) {
        match &self.jobs {
            Some(jobs) => {
                if let Err(unsent) = jobs.send(job) {
                    self.shared.run(unsent.0);
                }
            }
            None => self.shared.run(job),
        }
    }
}

impl Drop for Preparer {
    fn drop(&mut self) {
        self.jobs = None;
        let Some(thread) = self.thread.take() else {
            return;
        };
        if self.owner == std::process::id() {
            // A panic of the thread has been shown by the panic hook; there is nothing left to undo.
            let _ = thread.join();
        } else {
            std::mem::forget(thread);
        }
    }
}

impl Shared {
    fn work(&self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            self.run(job);
        }
    }

    fn run(&self, job: Job) {
        let done = match job {
            Job::Prepare { number, bytes } => {
                let prepared = prepare(&self.catalog, number, bytes);
                let mut state = self.state.lock();
                state.working = false;
                let done = prepared.map(|prepared| state.ready = Some(prepared));
                self.changed.notify_all();
                done
            }
            Job::Sidecars => self.catalog.write_sidecars(),
        };
        self.state.lock().trouble = done.err().map(|error| error.to_string());
    }
}

/// Makes a segment of zeros and gives it its name, replacing one that has it and holds nothing.
pub(crate) fn prepare(catalog: &Catalog, number: u32, bytes: u64) -> io::Result<Prepared> {
    let disk = catalog.disk.as_ref();
    let temporary = temporary_path(&catalog.directory, number);
    remove_if_there(disk, &temporary)?;
    let file = disk.create(&temporary)?;
    let prepared = file.prepare(bytes).and_then(|()| file.sync_data());
    if let Err(error) = prepared {
        // Space first: what could not be finished must not take it. The first error is the one to tell.
        let _ = remove_if_there(disk, &temporary);
        return Err(error);
    }
    disk.rename(&temporary, &segment_path(&catalog.directory, number))?;
    disk.sync_directory(&catalog.directory)?;
    Ok(Prepared {
        number,
        bytes,
        file,
    })
}
