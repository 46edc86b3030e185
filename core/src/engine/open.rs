//! Owns opening: lock, header, snapshot, replay, clock, program; a ledger serves only after all of it is right.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::alias::AliasKey;
use super::clock::{Clock, ClockKind, ManualClock, Stamper};
use super::core::{Core, Parts};
use super::failure::{Failure, OpenError};
use super::follow::Follow;
use super::header::{Birth, clock_of, secret_of};
use super::keeper::Snapshots;
use super::ledger::Ledger;
use super::recover::{Recovered, Source};
use super::syncer::Commit;
use super::writer::Decider;
use crate::journal::{
    self, Disk, FileLog, Follower, JournalError, Kind, LedgerHeader, Log, Reader, RealDisk,
};
use crate::ledger::keys::Print;
use crate::ledger::program::Program;
use crate::ledger::request::Record;
use crate::ledger::state::State;
use crate::ledger::tables::Hashing;

/// How a ledger is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program file's text; published if it differs from the program in force.
    pub program: Option<String>,
    pub clock: Clock,
    /// No lock, no writes; beside a writer, or alone.
    pub read_only: bool,
    /// Take the system's clock as it is, after it jumped.
    pub accept_clock: bool,
    /// Make the ledger if there is none.
    pub create: bool,
    /// Calls that may wait to be decided; one more is `OVERLOADED`.
    pub queue: usize,
    /// By how much the system's clock may be off what time has passed, or behind the last entry.
    pub clock_jump_micros: i64,
    /// Entries after which a snapshot is written by itself; 0: never.
    pub snapshot_every: u64,
    #[doc(hidden)]
    pub journal: journal::Options,
    /// Instead of chance, where tests need ledgers born alike.
    #[doc(hidden)]
    pub seed: Option<[u8; 32]>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            program: None,
            clock: Clock::System,
            read_only: false,
            accept_clock: false,
            create: true,
            queue: 4_096,
            clock_jump_micros: 900 * 1_000_000,
            snapshot_every: 5_000_000,
            journal: journal::Options::default(),
            seed: None,
        }
    }
}

/// Whose clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockChoice {
    /// The one in the options.
    Given,
    /// One of the kind the ledger was made with; a manual one stands at the last entry.
    AsMade,
}

impl Ledger {
    /// Opens the ledger in a directory, or makes it.
    pub fn open(path: &Path, options: Options) -> Result<Ledger, OpenError> {
        open(Arc::new(RealDisk), path, options, ClockChoice::Given)
    }

    /// Opens the ledger that a disk holds under the directory `ledger`.
    pub fn open_on(disk: Arc<dyn Disk>, options: Options) -> Result<Ledger, OpenError> {
        open(disk, Path::new("ledger"), options, ClockChoice::Given)
    }
}

/// Who the engine itself is, as a caller: its records have keys in a key space that nobody else can name.
pub(super) const ENGINE: &str = "\0engine";
/// Key of the record that the ledger left its manual clock.
pub(super) const CLOCK_IS_SYSTEM: &str = "clock is system";

pub(super) fn open(
    disk: Arc<dyn Disk>,
    path: &Path,
    options: Options,
    choice: ClockChoice,
) -> Result<Ledger, OpenError> {
    if options.read_only {
        return open_beside(disk, path, options);
    }
    let log = open_log(&disk, path, &options)?;
    let reader = log.reader();
    let header = reader.header().clone();
    let secret = secret_of(&header)?;
    let alias_key = AliasKey::read(disk.as_ref(), path, header.alias_key_fingerprint)?;
    alias_key
        .settle(disk.as_ref(), path)
        .map_err(cannot("the alias key cannot be given its name"))?;
    let recovered = Source {
        disk: disk.as_ref(),
        directory: path,
        reader: &reader,
        secret,
        writes: true,
    }
    .recover()?;
    let Recovered {
        state,
        snapshot,
        mut notices,
    } = recovered;
    notices.extend(notices_of(&log));
    let (clock, moves) = choose_clock(&header, &state, secret, &options.clock, choice)?;
    let objects = &state.objects;
    let stamper = Stamper::new(
        clock.clone(),
        options.clock_jump_micros,
        options.accept_clock,
    );
    let decider = Decider::new(stamper, objects.sequence, objects.recorded_at);
    let is_new = objects.sequence == 0;
    let ledger = Ledger::start(Core::new(Parts {
        path: path.to_owned(),
        alias_key,
        secret,
        decider,
        commit: Commit::new(Box::new(log)),
        reader,
        follow: None,
        snapshots: Snapshots::new(snapshot, options.snapshot_every),
        queue: options.queue,
        notices,
        disk,
        state,
        clock: clock.clone(),
    }))?;
    if moves {
        ledger.record(Record::ClockIsSystem)?;
    } else if options.accept_clock
        && clock.kind() == ClockKind::System
        && !is_new
        && choice == ClockChoice::Given
    {
        ledger.record(Record::ClockAccepted)?;
    }
    if let Some(program) = &options.program {
        ledger.publish_if_different(program)?;
    }
    Ok(ledger)
}

fn open_log(disk: &Arc<dyn Disk>, path: &Path, options: &Options) -> Result<FileLog, OpenError> {
    if FileLog::exists(disk.as_ref(), path)? || !options.create {
        return Ok(FileLog::open(Arc::clone(disk), path, options.journal)?);
    }
    if matches!(disk.kind(path), Ok(Some(Kind::File))) {
        let path = path.to_owned();
        return Err(JournalError::NotADirectory { path }.into());
    }
    let mut seed = options.seed.unwrap_or_default();
    if options.seed.is_none() {
        fill_random(&mut seed).map_err(cannot("the system gives no random bytes"))?;
    }
    let birth = Birth::new(options.clock.kind(), &seed);
    let key = &birth.alias_key;
    let prepared = disk
        .create_directory(path)
        .and_then(|()| key.write(disk.as_ref(), path));
    prepared.map_err(|error| JournalError::of_disk("create", path, error))?;
    let made = FileLog::create(Arc::clone(disk), path, &birth.header, options.journal);
    if let Err(JournalError::AlreadyExists { .. } | JournalError::NotEmpty { .. }) = &made {
        // The directory is somebody else's. After any other failure the header may be there, and needs its key.
        let withdrawn = key.withdraw(disk.as_ref(), path);
        withdrawn.map_err(cannot("an unfinished alias key cannot be removed"))?;
    }
    Ok(made?)
}

/// What the journal found and mended.
fn notices_of(log: &FileLog) -> Vec<String> {
    let opening = log.opening();
    let torn = opening.torn.map(|torn| {
        format!(
            "{} bytes of a group that was never acknowledged were cut from the journal (segment {}, offset {})",
            torn.bytes, torn.segment, torn.offset
        )
    });
    let rebuilt = opening.rebuilt_sidecars.iter();
    let rebuilt = rebuilt.map(|number| format!("the index of segment {number} was made again"));
    torn.into_iter().chain(rebuilt).collect()
}

/// The clock to use, and whether the ledger leaves its manual clock by that.
fn choose_clock(
    header: &LedgerHeader,
    state: &State,
    secret: [u8; 16],
    given: &Clock,
    choice: ClockChoice,
) -> Result<(Clock, bool), OpenError> {
    let moved = state
        .keys
        .find(Print::of(&Hashing::new(secret), ENGINE, CLOCK_IS_SYSTEM))
        .is_some();
    let kind = if moved {
        ClockKind::System
    } else {
        clock_of(header)?
    };
    let standing = || Clock::Manual(ManualClock::new(state.objects.recorded_at.instant()));
    match (kind, given.kind(), choice) {
        (ClockKind::Manual, _, ClockChoice::AsMade) => Ok((standing(), false)),
        (ClockKind::Manual, ClockKind::System, ClockChoice::Given) => Ok((given.clone(), true)),
        (ClockKind::System, ClockKind::Manual, _) => Err(OpenError::ClockKind(
            "this ledger lives on the system's clock and never goes back to a manual one; open it without a clock",
        )),
        _ => Ok((given.clone(), false)),
    }
}

/// Opens without lock and without a single write.
fn open_beside(disk: Arc<dyn Disk>, path: &Path, options: Options) -> Result<Ledger, OpenError> {
    let follower = Follower::open(Arc::clone(&disk), path)?;
    let reader: Reader = follower.reader();
    let header = reader.header().clone();
    let secret = secret_of(&header)?;
    let alias_key = AliasKey::read(disk.as_ref(), path, header.alias_key_fingerprint)?;
    let recovered = Source {
        disk: disk.as_ref(),
        directory: path,
        reader: &reader,
        secret,
        writes: false,
    }
    .recover()?;
    let Recovered {
        state,
        snapshot,
        notices,
    } = recovered;
    let choice = match options.clock {
        Clock::Manual(_) => ClockChoice::Given,
        Clock::System | Clock::Scripted(_) => ClockChoice::AsMade,
    };
    let (clock, _) = choose_clock(&header, &state, secret, &options.clock, choice)?;
    let objects = &state.objects;
    let stamper = Stamper::new(clock.clone(), options.clock_jump_micros, false);
    Ledger::start(Core::new(Parts {
        path: path.to_owned(),
        alias_key,
        secret,
        decider: Decider::new(stamper, objects.sequence, objects.recorded_at),
        commit: Commit::without_log(),
        reader,
        follow: Some(Follow::new(follower, &clock)),
        snapshots: Snapshots::new(snapshot, 0),
        queue: options.queue,
        notices,
        disk,
        state,
        clock,
    }))
}

impl Ledger {
    /// Publishes a program unless it is the one in force.
    fn publish_if_different(&self, toml: &str) -> Result<(), Failure> {
        let in_force = {
            let state = self.core().state.read();
            Arc::clone(state.objects.program())
        };
        if Program::parse(toml).is_ok_and(|program| program == *in_force) {
            return Ok(());
        }
        self.publish(toml).map(|_published| ())
    }
}

/// Random bytes of the system.
pub(crate) fn fill_random(mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let filled = rustix::rand::getrandom(&mut *bytes, rustix::rand::GetRandomFlags::empty())?;
        bytes = &mut bytes[filled..];
    }
    Ok(())
}

fn cannot(what: &'static str) -> impl Fn(io::Error) -> OpenError {
    move |source| OpenError::System { what, source }
}
