//! Owns the public handle: every call on an open ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;

use super::ahead::Told;
use super::alias::OneTimeName;
use super::clock::ClockKind;
use super::core::Core;
use super::failure::{Failure, OpenError};
use super::member::MemberView;
use super::open::{CLOCK_IS_SYSTEM, ENGINE};
use super::partners::PartnerPage;
use super::rows::{RowAnswer, Rows};
use super::syncer;
use super::syncs::Syncs;
use super::whole::WholeAnswer;
use crate::journal::RealDisk;
use crate::ledger::answer::Answer;
use crate::ledger::entry::{Entry, RecordedAt};
use crate::ledger::link::LinkTerms;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{
    Alias, Command, MemberName, Publish, Receipt, ReceiptKind, Record, Request,
};
use crate::ledger::state::{Objects, Terms};
use crate::ledger::time::Instant;
use crate::query::{
    BalanceView, Explanation, Ladder, OpenHold, Page, Position, Report, TillTotal, TrialBalance,
};

/// An open ledger. Clones are the same ledger; it closes with the last of them, or by [`Ledger::close`].
#[derive(Clone, Debug)]
pub struct Ledger {
    open: Arc<Opened>,
}

#[derive(Debug)]
struct Opened {
    core: Arc<Core>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What an open ledger says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    pub path: PathBuf,
    /// Random; tells ledgers apart.
    pub id: [u8; 16],
    pub clock: ClockKind,
    pub read_only: bool,
    /// Sequence and instant of the last entry; 0 if there is none.
    pub entries: u64,
    pub recorded_at: RecordedAt,
    /// Now, by the ledger's clock.
    pub now: Instant,
    pub members: u32,
    /// 0 is the built-in default.
    pub program_version: u32,
    pub zone: String,
    /// Bytes of the journal's frames.
    pub journal_bytes: u64,
    /// Sequence of the newest snapshot; 0 if there is none.
    pub snapshot: u64,
    /// What opening found wanting and mended, and what goes wrong in the background; for a log.
    pub notices: Vec<String>,
}

impl Ledger {
    pub(super) fn start(core: Core) -> Result<Ledger, OpenError> {
        let core = Arc::new(core);
        let mut threads = Vec::new();
        if core.follow.is_none() {
            let syncing = Arc::clone(&core);
            let work = move || {
                syncer::run(&syncing.commit, || syncing.take_open());
                syncing.fall_back();
            };
            threads.push(spawn("ledger-syncer", work)?);
            let keeping = Arc::clone(&core);
            threads.push(spawn("ledger-keeper", move || keeping.keep())?);
        }
        Ok(Ledger {
            open: Arc::new(Opened {
                core,
                threads: Mutex::new(threads),
            }),
        })
    }

    pub(super) fn core(&self) -> &Core {
        &self.open.core
    }

    /// Decides one request; answers when the answer and all it rests on is durable.
    pub fn submit(&self, request: Request<'_>) -> Result<Answer, Failure> {
        self.core().submit(&request)
    }

    /// Decides one request on this thread without waiting for the disk; `tell` is called once, when the answer and all
    /// it rests on is durable or certain not to become so. It has to be quick: others wait behind it. Answers the
    /// sequence that it waits for, if it does: pass that to [`Ledger::ask_for_sync`], perhaps together with others.
    #[must_use = "a sync comes only when it is asked for"]
    pub fn submit_then(
        &self,
        request: &Request<'_>,
        tell: impl FnOnce(Result<Told, Failure>) + Send + 'static,
    ) -> Option<u64> {
        self.core().submit_then(request, tell)
    }

    /// Has what was decided up to `sequence` made durable soon, on another thread.
    pub fn ask_for_sync(&self, sequence: u64) {
        self.core().commit.request(sequence);
    }

    /// Sequence of the last durable entry.
    pub fn durable(&self) -> u64 {
        self.core().commit.durable()
    }

    /// Calls `tell` once the entry `sequence` is durable, which may not be decided yet; or certain not to become so.
    pub fn when_durable(
        &self,
        sequence: u64,
        tell: impl FnOnce(Result<(), Failure>) + Send + 'static,
    ) {
        self.core().commit.when_durable(sequence, tell);
    }

    /// A member with all wallets, at the end of a microsecond of record time: past, now (`None`) or ahead.
    pub fn member(
        &self,
        member: &MemberName<'_>,
        at: Option<Instant>,
    ) -> Result<MemberView, Failure> {
        self.core().member(member, at)
    }

    /// The same as it stands now, without waiting for the disk, as [`Ledger::submit_then`].
    #[must_use = "a sync comes only when it is asked for"]
    pub fn member_then(
        &self,
        member: &MemberName<'_>,
        tell: impl FnOnce(Result<MemberView, Failure>) + Send + 'static,
    ) -> Option<u64> {
        self.core().member_then(member, tell)
    }

    /// What a request would be answered now, with sequence 0; nothing is written. It needs no key.
    pub fn quote(&self, request: Request<'_>) -> Result<Answer, Failure> {
        self.core().quote(&request)
    }

    /// Decides many requests in order, each for itself; answers when all of it is durable. Any number of rows.
    pub fn submit_rows(&self, rows: Arc<dyn Rows>) -> Result<Vec<RowAnswer>, Failure> {
        self.core().submit_rows(rows.as_ref())
    }

    /// Decides at most [`BATCH_REQUESTS`] requests in order, and applies all of them or none, under a key of their own.
    /// What `recorded_at` the rows bring along is not looked at.
    ///
    /// [`BATCH_REQUESTS`]: crate::ledger::bounds::BATCH_REQUESTS
    pub fn submit_whole(
        &self,
        caller: &str,
        key: &str,
        rows: Arc<dyn Rows>,
    ) -> Result<WholeAnswer, Failure> {
        self.core().submit_whole(caller, key, rows.as_ref())
    }

    /// A wallet at the end of a microsecond of record time: past, now (`None`) or ahead.
    pub fn balance(
        &self,
        member: &MemberName<'_>,
        wallet: &str,
        at: Option<Instant>,
    ) -> Result<BalanceView, Failure> {
        self.core().balance(member, wallet, at)
    }

    /// A wallet's rows, newest first.
    pub fn statement(
        &self,
        member: &MemberName<'_>,
        wallet: &str,
        limit: usize,
        before: Option<Position>,
    ) -> Result<Page, Failure> {
        self.core().statement(member, wallet, limit, before)
    }

    pub fn entry(&self, sequence: u64) -> Result<Entry<'static>, Failure> {
        self.core().entry(sequence)
    }

    pub fn entry_by_key(&self, caller: &str, key: &str) -> Result<Entry<'static>, Failure> {
        self.core().entry_by_key(caller, key)
    }

    /// Whether an entry has this key, be it durable or on its way to the disk.
    pub fn has_key(&self, caller: &str, key: &str) -> bool {
        let state = self.core().state.read();
        state.keys.find(state.print(caller, key)).is_some()
    }

    /// The purchase with a sales receipt, or the reversal with a return's.
    pub fn entry_by_receipt(
        &self,
        kind: ReceiptKind,
        receipt: &Receipt<'_>,
    ) -> Result<Entry<'static>, Failure> {
        self.core().entry_by_receipt(kind, receipt)
    }

    /// Up to `limit` entries from a sequence on, in order.
    pub fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry<'static>>, Failure> {
        self.core().entries(from, limit)
    }

    /// When points expire: of one member, or of all.
    pub fn ladder(&self, member: Option<&MemberName<'_>>, wallet: &str) -> Result<Ladder, Failure> {
        self.core().ladder(member, wallet)
    }

    /// Everything that ever happened to a wallet, sorted by lots and debt; reads all of its entries.
    pub fn explain(&self, member: &MemberName<'_>, wallet: &str) -> Result<Explanation, Failure> {
        self.core().explain(member, wallet)
    }

    /// What a store recorded under receipts of a business date (days since 1970-01-01), by verb and code.
    pub fn till_totals(
        &self,
        store: &str,
        terminal: Option<&str>,
        business_date: i32,
    ) -> Result<Vec<TillTotal>, Failure> {
        self.core().till_totals(store, terminal, business_date)
    }

    /// A page of open holds, oldest first: of a store, or opened longer ago than this many microseconds; those that
    /// were opened by entries after `after`, at most [`PAGE_ROWS`](crate::ledger::bounds::PAGE_ROWS).
    pub fn open_holds(
        &self,
        store: Option<&str>,
        older_than_micros: Option<i64>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<OpenHold>, Failure> {
        self.core()
            .open_holds(store, older_than_micros, after, limit)
    }

    pub fn trial_balance(&self, at: Option<Instant>) -> Result<TrialBalance, Failure> {
        self.core().trial_balance(at)
    }

    /// Who pays for a lot and at what price, by number of terms.
    pub fn terms(&self) -> Result<Arc<Vec<Terms>>, Failure> {
        self.core().terms()
    }

    /// All objects at one point of the journal, durable; cheap to take, free to walk.
    pub fn view(&self) -> Result<Objects, Failure> {
        self.core().view()
    }

    /// Writes down what time has done to every wallet; answers how many it settled.
    pub fn sweep(&self) -> Result<u64, Failure> {
        // A ledger that cannot write says so also when nothing is due.
        drop(self.core().enter_write()?);
        let mut settled = 0;
        while self.core().anything_due()? {
            let answer = self.submit(plain(Command::Sweep))?;
            settled += answer.awarded.unsigned_abs();
            if answer.awarded == 0 {
                break;
            }
        }
        Ok(settled)
    }

    /// Puts the next version of the program in force.
    pub fn publish(&self, toml: &str) -> Result<Answer, Failure> {
        self.submit(plain(Command::Publish(Publish { toml: toml.into() })))
    }

    /// Re-derives everything from the journal and compares it with the live state.
    pub fn verify(&self) -> Result<Report, Failure> {
        self.core().verify()
    }

    /// One number for the whole state; equal states have equal ones.
    pub fn digest(&self) -> Result<[u8; 32], Failure> {
        self.core().digest()
    }

    /// Writes a snapshot, so that the next opening replays less.
    pub fn snapshot(&self) -> Result<(), Failure> {
        self.core().snapshot()
    }

    /// Copies the ledger to an empty directory while it goes on; answers the sequence of the last entry copied.
    pub fn backup(&self, target: &Path) -> Result<u64, Failure> {
        self.core().backup(&RealDisk, target)
    }

    /// Normalises an alias and hashes it; the clear value goes no further.
    pub fn alias(&self, kind: &str, clear_value: &str) -> Result<Alias<'static>, Rejection> {
        self.core().alias_key.alias(kind, clear_value)
    }

    /// The one-time code of a caller's key: the same whenever it is asked for.
    pub fn one_time_code(&self, caller: &str, key: &str) -> OneTimeName {
        self.core().alias_key.one_time_code(caller, key)
    }

    /// What a member that was named so at an instant, or is now, has agreed to with a partner, if that is in force now.
    pub fn link(
        &self,
        member: &MemberName<'_>,
        partner: &str,
        at: Option<Instant>,
    ) -> Option<LinkTerms> {
        self.core().link(member, partner, at)
    }

    /// Entries that were made on behalf of a partner, about one member or all, newest first.
    pub fn entries_of_partner(
        &self,
        partner: &str,
        member: Option<&MemberName<'_>>,
        limit: usize,
        before: Option<u64>,
    ) -> Result<PartnerPage, Failure> {
        self.core()
            .entries_of_partner(partner, member, limit, before)
    }

    pub fn info(&self) -> Result<Info, Failure> {
        let core = self.core();
        core.enter_read()?;
        let segments = core.reader.segments();
        let state = core.state.read();
        let objects = &state.objects;
        Ok(Info {
            path: core.path.clone(),
            id: core.reader.header().id,
            clock: core.clock.kind(),
            read_only: core.follow.is_some(),
            entries: objects.sequence,
            recorded_at: objects.recorded_at,
            now: core.clock.now().max(objects.recorded_at.instant()),
            members: objects.member_count(),
            program_version: objects.program_version(),
            zone: objects.program().zone.clone(),
            journal_bytes: segments.iter().map(|segment| segment.bytes).sum(),
            snapshot: core.snapshots.newest(),
            notices: core
                .notices
                .iter()
                .cloned()
                .chain(core.snapshots.trouble())
                .collect(),
        })
    }

    /// Now, by the ledger's clock.
    pub fn now(&self) -> Instant {
        self.core().clock.now()
    }

    /// What the groups took that were made durable since the ledger was opened.
    pub fn syncs(&self) -> &Syncs {
        self.core().commit.syncs()
    }

    /// Whether writes go on.
    pub fn check_writable(&self) -> Result<(), Failure> {
        drop(self.core().enter_write()?);
        self.core().lock_decider()?.check_clock()
    }

    /// How many calls wait to be decided, and how many may.
    pub fn queue(&self) -> (usize, usize) {
        self.core().queue()
    }

    /// Waits for what was decided, marks the journal as closed and gives up the lock. Closing twice is fine.
    pub fn close(&self) -> Result<(), Failure> {
        self.core().check_owner()?;
        self.open.close()
    }

    pub(super) fn record(&self, record: Record) -> Result<Answer, Failure> {
        let key = match record {
            Record::ClockIsSystem => CLOCK_IS_SYSTEM,
            Record::ClockAccepted | Record::Restored { .. } => "",
        };
        let caller = if key.is_empty() { "" } else { ENGINE };
        self.submit(Request {
            caller: caller.into(),
            key: key.into(),
            ..plain(Command::Record(record))
        })
    }
}

impl Opened {
    fn close(&self) -> Result<(), Failure> {
        let core = &self.core;
        core.closed
            .store(true, std::sync::atomic::Ordering::Release);
        let last = {
            let mut decider = core.decider.lock();
            decider.stop(Failure::plain(Code::ShuttingDown));
            decider.last()
        };
        if core.follow.is_some() {
            return Ok(());
        }
        let durable = core.make_durable(last);
        let log = core.commit.close();
        core.snapshots.stop();
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                core.commit
                    .poison("a thread of the ledger ended in a defect of this program");
            }
        }
        match log {
            Some(mut log) => {
                durable?;
                log.close()
                    .map_err(|error| Failure::system(Code::OutcomeUnknown, error.to_string()))
            }
            None => Ok(()),
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if self.core.is_owner() {
            // Nobody is left to tell; what was acknowledged is durable whatever happens here.
            let _unheard = self.close();
        }
    }
}

/// A request of nobody in particular, without key.
fn plain(command: Command<'_>) -> Request<'_> {
    Request {
        caller: "".into(),
        key: "".into(),
        occurred_at: None,
        command,
        details: None,
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|source| OpenError::System {
            what: "a thread cannot be started",
            source,
        })
}
