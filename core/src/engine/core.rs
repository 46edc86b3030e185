//! Owns what all handles of one open ledger share, and the way in: every call passes `enter_write` or `enter_read`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::{Mutex, RwLock};

use super::alias::AliasKey;
use super::clock::Clock;
use super::failure::Failure;
use super::follow::Follow;
use super::group::Group;
use super::keeper::Snapshots;
use super::syncer::Commit;
use super::writer::Decider;
use crate::journal::{Disk, Reader};
use crate::ledger::members::Chunk;
use crate::ledger::rejection::Code;
use crate::ledger::state::State;
use crate::ledger::tables::Hashing;

/// One open ledger. Locks are taken in this order: decider, state, commit.
#[derive(Debug)]
pub(super) struct Core {
    pub disk: Arc<dyn Disk>,
    pub path: PathBuf,
    pub clock: Clock,
    pub alias_key: AliasKey,
    /// Keys the hash tables.
    pub secret: [u8; 16],
    pub state: RwLock<State>,
    pub decider: Mutex<Decider>,
    pub commit: Commit,
    pub reader: Reader,
    /// Set on a ledger opened read-only.
    pub follow: Option<Follow>,
    /// A panic left the state half changed.
    pub broken: AtomicBool,
    pub closed: AtomicBool,
    pub snapshots: Snapshots,
    /// What opening found wanting and mended.
    pub notices: Vec<String>,
    /// Calls that wait for the decider now, and how many may.
    waiting: AtomicUsize,
    queue: usize,
    /// The process that opened it; a forked child has the memory but neither lock nor threads.
    owner: u32,
}

/// What a core is made of.
pub(super) struct Parts {
    pub disk: Arc<dyn Disk>,
    pub path: PathBuf,
    pub clock: Clock,
    pub alias_key: AliasKey,
    pub secret: [u8; 16],
    pub state: State,
    pub decider: Decider,
    pub commit: Commit,
    pub reader: Reader,
    pub follow: Option<Follow>,
    pub snapshots: Snapshots,
    pub notices: Vec<String>,
    pub queue: usize,
}

impl Core {
    pub fn new(parts: Parts) -> Core {
        Core {
            disk: parts.disk,
            path: parts.path,
            clock: parts.clock,
            alias_key: parts.alias_key,
            secret: parts.secret,
            state: RwLock::new(parts.state),
            decider: Mutex::new(parts.decider),
            commit: parts.commit,
            reader: parts.reader,
            follow: parts.follow,
            broken: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            snapshots: parts.snapshots,
            notices: parts.notices,
            waiting: AtomicUsize::new(0),
            queue: parts.queue,
            owner: std::process::id(),
        }
    }

    /// Lets a write in, if it may wait in line.
    pub fn enter_write(&self) -> Result<InLine<'_>, Failure> {
        self.check_owner()?;
        if self.follow.is_some() {
            return Err(Failure::plain(Code::ReadOnly));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let in_line = InLine(&self.waiting);
        if before >= self.queue {
            return Err(Failure::plain(Code::Overloaded));
        }
        Ok(in_line)
    }

    /// How many calls wait to be decided, and how many may.
    pub fn queue(&self) -> (usize, usize) {
        (self.waiting.load(Ordering::Relaxed), self.queue)
    }

    /// Lets a read in; beside a writer it first takes in what was appended since.
    pub fn enter_read(&self) -> Result<(), Failure> {
        self.check_owner()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(Failure::plain(Code::ShuttingDown));
        }
        if let Some(follow) = &self.follow {
            follow.refresh(self)?;
        }
        if self.broken.load(Ordering::Acquire) {
            let message = "a defect of this program left the state in doubt; open the ledger again";
            return Err(Failure::system(Code::Poisoned, message));
        }
        Ok(())
    }

    pub fn check_owner(&self) -> Result<(), Failure> {
        if self.is_owner() {
            return Ok(());
        }
        let message = "this process is a fork of the one that opened the ledger; open the ledger after the fork";
        Err(Failure::system(Code::ShuttingDown, message))
    }

    pub fn is_owner(&self) -> bool {
        std::process::id() == self.owner
    }

    pub fn hashing(&self) -> Hashing {
        Hashing::new(self.secret)
    }

    /// Whether time has moved something that no entry has recorded.
    pub fn anything_due(&self) -> Result<bool, Failure> {
        self.enter_read()?;
        let now = self.clock.now();
        let (due, tail): (Vec<Arc<Chunk>>, u64) = {
            let objects = &self.state.read().objects;
            let due = objects.chunks.iter().filter(|chunk| chunk.due <= now);
            (due.cloned().collect(), objects.sequence)
        };
        self.commit.wait(tail)?;
        let mut members = due.iter().flat_map(|chunk| chunk.members());
        Ok(members.any(|member| member.next_due() <= now))
    }

    /// The group decided and not yet in flight, for whoever has the syncer's role.
    pub fn take_open(&self) -> Option<Arc<Group>> {
        self.decider.lock().take_open()
    }

    /// Waits until all that was decided up to `target` is durable; takes the syncer's role if nobody else has it.
    pub fn make_durable(&self, target: u64) -> Result<(), Failure> {
        while let Some(role) = self.commit.wait_or_claim(target)? {
            match self.take_open() {
                Some(group) => self.commit.sync(role, &group),
                None => self.commit.give_back(role),
            }
        }
        Ok(())
    }
}

/// A place among the calls that wait for the decider.
pub(super) struct InLine<'c>(&'c AtomicUsize);

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
