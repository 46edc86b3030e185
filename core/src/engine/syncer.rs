//! Owns durability: one thread at a time writes and syncs a group, everybody else waits for it.
//!
//! ```text
//!  decided  ──▶ open group ──▶ in flight ──▶ durable          a lone caller claims the role at once and syncs itself;
//!               (decider)      (the role)    (answers leave)  bulk work asks the syncer's thread to
//! ```
//!
//! The role exists once, so group N + 1 is written only after the sync of N returned. A failed write or sync ends it
//! for good.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant as Timer;

use parking_lot::{Condvar, Mutex, MutexGuard};

use super::failure::Failure;
use super::group::Group;
use super::syncs::Syncs;
use crate::journal::{AppendError, Batch, Log};
use crate::ledger::rejection::Code;

/// Called once, with the lock free.
pub(super) type Told = Box<dyn FnOnce(Result<(), Failure>) + Send>;

/// How far the journal is durable, and the one role that takes it further.
#[derive(Debug)]
pub(super) struct Commit {
    state: Mutex<CommitState>,
    /// The durable tail moved, the role is free, or all is over.
    changed: Condvar,
    /// Somebody wants a sync and will not do it himself.
    wanted: Condvar,
    durable: AtomicU64,
    syncs: Syncs,
}

struct CommitState {
    /// Here while nobody has it.
    role: Option<Role>,
    /// Who is to be told that the journal is durable up to a sequence, or will not become so.
    waiting: Vec<(u64, Told)>,
    /// Up to which sequence a sync was asked for.
    wanted: u64,
    poison: Option<Poison>,
    closing: bool,
}

impl fmt::Debug for CommitState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CommitState")
            .field("role", &self.role)
            .field("waiting", &self.waiting.len())
            .field("wanted", &self.wanted)
            .field("poison", &self.poison)
            .field("closing", &self.closing)
            .finish()
    }
}

impl CommitState {
    /// The first cause stays; but what a later failed write left unknown is unknown.
    fn add_poison(&mut self, poison: Poison) {
        let unknown_through = poison.unknown_through;
        let kept = self.poison.get_or_insert(poison);
        kept.unknown_through = kept.unknown_through.max(unknown_through);
    }
}

/// Whoever holds it writes and syncs.
#[derive(Debug)]
pub(super) struct Role {
    log: Box<dyn Log>,
    batch: Batch,
}

/// Why nothing more is written.
#[derive(Clone, Debug)]
struct Poison {
    /// Entries up to here may or may not be recorded; later ones certainly are not.
    unknown_through: u64,
    /// The code for what certainly is not.
    code: Code,
    message: String,
}

impl Poison {
    fn failure(&self, target: u64) -> Failure {
        if target <= self.unknown_through {
            let message = format!(
                "{}; whether entry {target} was recorded is unknown: open the ledger again and ask under the same key",
                self.message
            );
            return Failure::system(Code::OutcomeUnknown, message);
        }
        Failure::system(
            self.code,
            format!("{}; open the ledger again", self.message),
        )
    }
}

impl Commit {
    pub fn new(log: Box<dyn Log>) -> Commit {
        let durable = log.tail_hint();
        Commit {
            state: Mutex::new(CommitState {
                role: Some(Role {
                    log,
                    batch: Batch::new(),
                }),
                waiting: Vec::new(),
                wanted: durable,
                poison: None,
                closing: false,
            }),
            changed: Condvar::new(),
            wanted: Condvar::new(),
            durable: AtomicU64::new(durable),
            syncs: Syncs::default(),
        }
    }

    /// For a ledger opened read-only: all that is seen is durable, and there is no role to wait for, so that it is
    /// closing from the start.
    pub fn without_log() -> Commit {
        Commit {
            state: Mutex::new(CommitState {
                role: None,
                waiting: Vec::new(),
                wanted: 0,
                poison: None,
                closing: true,
            }),
            changed: Condvar::new(),
            wanted: Condvar::new(),
            durable: AtomicU64::new(u64::MAX),
            syncs: Syncs::default(),
        }
    }

    pub fn syncs(&self) -> &Syncs {
        &self.syncs
    }

    pub fn durable(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// The role, if nobody has it and nothing failed before.
    pub fn try_claim(&self) -> Option<Role> {
        let mut state = self.state.lock();
        if state.poison.is_some() {
            return None;
        }
        state.role.take()
    }

    /// Gives the role back unused: there was nothing to sync.
    pub fn give_back(&self, role: Role) {
        let mut state = self.state.lock();
        state.role = Some(role);
        state.wanted = self.durable();
        drop(state);
        self.changed.notify_all();
        self.wanted.notify_all();
    }

    /// Makes a group durable.
    pub fn sync(&self, mut role: Role, group: &Group) {
        let begun = Timer::now();
        let appended = catch_unwind(AssertUnwindSafe(|| append(&mut role, group)));
        self.syncs.note(begun.elapsed(), group);
        let mut state = self.state.lock();
        match appended {
            Ok(Ok(())) => {
                self.durable.store(group.last(), Ordering::Release);
                if state.wanted > group.last() {
                    self.wanted.notify_one();
                }
            }
            Ok(Err(error)) => state.add_poison(poison_of(&error, group)),
            Err(_) => state.add_poison(Poison {
                unknown_through: group.last(),
                code: Code::Poisoned,
                message: "writing the journal ended in a defect of this program".to_owned(),
            }),
        }
        state.role = Some(role);
        self.tell(state);
    }

    /// Calls `told` once `target` is durable, or certain not to become so; answers `target` if that is still to come.
    /// It may not be decided yet, so nothing is asked for here: whoever has decided it does that, by
    /// [`Commit::request`].
    pub fn when_durable(
        &self,
        target: u64,
        told: impl FnOnce(Result<(), Failure>) + Send + 'static,
    ) -> Option<u64> {
        if self.durable() >= target {
            told(Ok(()));
            return None;
        }
        let mut state = self.state.lock();
        let reached = match self.durable() >= target {
            true => Ok(()),
            false => match self.check(&state, target) {
                Ok(()) => {
                    state.waiting.push((target, Box::new(told)));
                    return Some(target);
                }
                failed => failed,
            },
        };
        drop(state);
        told(reached);
        None
    }

    /// Tells everybody who waits how things stand; only while the role is free.
    fn tell(&self, mut state: MutexGuard<'_, CommitState>) {
        let waiting = std::mem::take(&mut state.waiting);
        let (mut ready, mut still) = (Vec::new(), Vec::new());
        for (target, told) in waiting {
            let reached = match self.durable() >= target {
                true => Some(Ok(())),
                false => self.check(&state, target).err().map(Err),
            };
            match reached {
                Some(reached) => ready.push((told, reached)),
                None => still.push((target, told)),
            }
        }
        state.waiting = still;
        drop(state);
        self.changed.notify_all();
        self.wanted.notify_all();
        for (told, reached) in ready {
            told(reached);
        }
    }

    /// Waits until `target` is durable, or certain not to become so.
    pub fn wait(&self, target: u64) -> Result<(), Failure> {
        if self.durable() >= target {
            return Ok(());
        }
        let mut state = self.state.lock();
        loop {
            if self.durable() >= target {
                return Ok(());
            }
            self.check(&state, target)?;
            self.changed.wait(&mut state);
        }
    }

    /// Waits until `target` is durable (`None`), or until the role is free for the caller to take it there.
    pub fn wait_or_claim(&self, target: u64) -> Result<Option<Role>, Failure> {
        let mut state = self.state.lock();
        loop {
            if self.durable() >= target {
                return Ok(None);
            }
            self.check(&state, target)?;
            if let Some(role) = state.role.take() {
                return Ok(Some(role));
            }
            self.changed.wait(&mut state);
        }
    }

    /// Asks the syncer's thread to take the durable tail up to `target`, which is decided.
    pub fn request(&self, target: u64) {
        let mut state = self.state.lock();
        if state.wanted < target {
            state.wanted = target;
            if state.role.is_some() {
                self.wanted.notify_one();
            }
        }
    }

    /// For the syncer's thread: waits until a sync is wanted and the role is free. `None` once all is over.
    pub fn next_wanted(&self) -> Option<Role> {
        let mut state = self.state.lock();
        loop {
            if state.closing || state.poison.is_some() {
                return None;
            }
            if state.wanted > self.durable() {
                match state.role.take() {
                    Some(role) => return Some(role),
                    None => self.changed.wait(&mut state),
                }
            } else {
                self.wanted.wait(&mut state);
            }
        }
    }

    /// Whether the disk is full, and all that is not durable certain not to become so.
    pub fn is_full(&self) -> bool {
        let state = self.state.lock();
        let next = self.durable() + 1;
        let poison = state.poison.as_ref();
        poison.is_some_and(|poison| poison.failure(next).code() == Code::DiskFull)
    }

    /// Ends writing after a panic: what is not durable yet will not be.
    pub fn poison(&self, message: &str) {
        let mut state = self.state.lock();
        state.add_poison(Poison {
            unknown_through: 0,
            code: Code::Poisoned,
            message: message.to_owned(),
        });
        self.tell(state);
    }

    /// The failure that a write gets by now, if any.
    pub fn failure(&self) -> Option<Failure> {
        let state = self.state.lock();
        let poison = state.poison.as_ref()?;
        Some(poison.failure(u64::MAX))
    }

    /// Takes the log out for good, once nobody has the role. `None` if it is gone already.
    pub fn close(&self) -> Option<Box<dyn Log>> {
        let mut state = self.state.lock();
        if state.closing {
            return None;
        }
        while state.role.is_none() {
            if state.poison.is_some() {
                break;
            }
            self.changed.wait(&mut state);
        }
        state.closing = true;
        let role = state.role.take();
        self.tell(state);
        role.map(|role| role.log)
    }

    fn check(&self, state: &MutexGuard<'_, CommitState>, target: u64) -> Result<(), Failure> {
        if let Some(poison) = &state.poison
            && state.role.is_some()
        {
            return Err(poison.failure(target));
        }
        if state.closing {
            return Err(Failure::plain(Code::ShuttingDown));
        }
        Ok(())
    }
}

fn poison_of(error: &AppendError, group: &Group) -> Poison {
    let (unknown_through, code) = match error {
        AppendError::Unknown { .. } => (group.last(), Code::Poisoned),
        AppendError::Unavailable { .. } => (0, Code::DiskFull),
        AppendError::TooLarge { .. } => (0, Code::BatchTooLarge),
        AppendError::Conflict { .. } | AppendError::Poisoned => (0, Code::Poisoned),
    };
    Poison {
        unknown_through,
        code,
        message: error.to_string(),
    }
}

fn append(role: &mut Role, group: &Group) -> Result<(), AppendError> {
    let Role { log, batch } = role;
    batch.clear(group.first(), group.base().0);
    for entry in group.entries() {
        batch.push(entry.bytes);
    }
    log.append(group.first() - 1, batch)
}

/// The work of the syncer's thread.
pub(super) fn run(commit: &Commit, take_open: impl Fn() -> Option<Arc<Group>>) {
    while let Some(role) = commit.next_wanted() {
        match take_open() {
            Some(group) => commit.sync(role, &group),
            None => commit.give_back(role),
        }
    }
}
