//! Whatever the disk does: what was acknowledged is there again, and nothing that was not decided.

mod ledgers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ledgers::*;
use loyalty_ledger::engine::{Failure, Ledger, ManualClock, OpenError};
use loyalty_ledger::journal::faulty::{FaultyDisk, Unsynced};
use loyalty_ledger::journal::{Disk, MemoryDisk};
use loyalty_ledger::ledger::answer::Answer;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::Request;

const REQUESTS: usize = 50;

fn open_on(disk: Arc<dyn Disk>, clock: &ManualClock) -> Result<Ledger, OpenError> {
    let mut options = options(clock);
    options.journal.smallest_segment = 1_024;
    options.journal.largest_segment = 4_096;
    Ledger::open_on(disk, options)
}

/// What a run had seen when so many operations of the disk were over.
#[derive(Default)]
struct Seen {
    /// Operations so far → answers acknowledged by then.
    acknowledged: BTreeMap<usize, usize>,
    answers: Vec<(Request<'static>, Answer)>,
    /// Sequence → digest of the state then.
    digests: BTreeMap<u64, [u8; 32]>,
}

/// Submits a history, with a snapshot half way, until something fails.
fn play(disk: &FaultyDisk, clock: &ManualClock) -> Result<Seen, (Seen, Option<Failure>)> {
    let mut seen = Seen::default();
    let Ok(ledger) = open_on(Arc::new(disk.clone()), clock) else {
        return Err((seen, None));
    };
    seen.digests.insert(0, [0; 32]);
    for (place, request) in history(11, REQUESTS).into_iter().enumerate() {
        let answer = match ledger.submit(request.clone()) {
            Ok(answer) => answer,
            Err(Failure::Rejected(_)) => continue,
            Err(failure) => return Err((seen, Some(failure))),
        };
        if !answer.replayed {
            let digest = ledger.digest().expect("it is durable");
            seen.digests.insert(answer.sequence, digest);
            seen.answers.push((request, answer));
            seen.acknowledged
                .insert(disk.operations(), seen.answers.len());
        }
        if place == REQUESTS / 2
            && let Err(failure) = ledger.snapshot()
        {
            return Err((seen, Some(failure)));
        }
    }
    match ledger.close() {
        Ok(()) => Ok(seen),
        Err(failure) => Err((seen, Some(failure))),
    }
}

/// Opens what is left: the first `acknowledged` answers are there, and the state is one that was.
fn check(left: Arc<dyn Disk>, clock: &ManualClock, seen: &Seen, acknowledged: usize) {
    let ledger = open_on(left, clock).expect("it opens");
    let entries = ledger.info().unwrap().entries;
    for (request, answer) in &seen.answers[..acknowledged] {
        let again = ledger.submit(request.clone()).unwrap();
        let first = Answer {
            replayed: true,
            ..answer.clone()
        };
        assert_eq!(again, first);
    }
    if let Some(digest) = seen.digests.get(&entries).filter(|_| entries > 0) {
        assert_eq!(ledger.digest().unwrap(), *digest, "after {entries} entries");
    }
    assert!(ledger.verify().unwrap().ok);
}

#[test]
fn a_power_failure_at_any_operation_loses_nothing_acknowledged() {
    let (disk, clock) = (FaultyDisk::new(), clock());
    let Ok(seen) = play(&disk, &clock) else {
        panic!("nothing fails here");
    };
    assert!(seen.answers.len() > REQUESTS / 2);
    let mut chance = Chance(5);
    for operations in 0..=disk.operations() {
        let before = seen.acknowledged.range(..=operations).next_back();
        let acknowledged = before.map_or(0, |(_, count)| *count);
        let image = |survives: &mut dyn FnMut(&Unsynced) -> bool| {
            let left: MemoryDisk = disk.image(operations, survives);
            check(Arc::new(left), &clock, &seen, acknowledged);
        };
        image(&mut |_| false);
        image(&mut |_| true);
        image(&mut |_| chance.below(2) == 0);
    }
}

#[test]
fn whichever_write_or_sync_fails_nothing_acknowledged_is_lost() {
    let (whole, clock) = (FaultyDisk::new(), clock());
    assert!(play(&whole, &clock).is_ok());
    let writes = (1..=whole.writes()).map(|n| (n, true));
    let syncs = (1..=whole.syncs()).map(|n| (n, false));
    for (n, is_write) in writes.chain(syncs) {
        let disk = FaultyDisk::new();
        if is_write {
            disk.fail_write(n)
        } else {
            disk.fail_sync(n)
        }
        let (seen, failure) = match play(&disk, &clock) {
            Ok(seen) => (seen, None),
            Err((seen, failure)) => (seen, failure),
        };
        if let Some(failure) = failure {
            let expected = [Code::OutcomeUnknown, Code::DiskFull, Code::ReadOnly];
            assert!(expected.contains(&failure.code()), "{failure}");
        }
        check(Arc::new(disk.seen()), &clock, &seen, seen.answers.len());
        let left = disk.image(disk.operations(), |_| false);
        check(Arc::new(left), &clock, &seen, seen.answers.len());
    }
}

#[test]
fn after_a_failed_sync_nothing_is_written_and_only_what_is_durable_is_read() {
    let (disk, clock) = (FaultyDisk::new(), clock());
    let ledger = open_on(Arc::new(disk.clone()), &clock).unwrap();
    run(&ledger, &accrue("a", "ann", 10));
    run(&ledger, &accrue("b", "bob", 10));
    disk.fail_sync(disk.syncs() + 1);
    let failed = ledger.submit(redeem("r", "ann", 3)).unwrap_err();
    assert_eq!(failed.code(), Code::OutcomeUnknown);
    let next = ledger.submit(redeem("s", "bob", 3)).unwrap_err();
    assert_eq!(next.code(), Code::Poisoned);
    assert_eq!(available(&ledger, "bob"), 10);
    let shown = ledger.balance(&id("ann"), "points", None);
    assert_eq!(shown.unwrap_err().code(), Code::OutcomeUnknown);
    assert!(ledger.view().is_err() && ledger.digest().is_err());
    assert!(ledger.close().is_err());
    drop(ledger);
    let again = open_on(Arc::new(disk.image(disk.operations(), |_| false)), &clock).unwrap();
    assert_eq!(available(&again, "ann"), 10);
    assert_eq!(run(&again, &redeem("r", "ann", 3)).code, Code::Applied);
}

#[test]
fn a_full_disk_is_told_and_the_same_keys_work_once_there_is_room() {
    let (disk, clock) = (FaultyDisk::new(), clock());
    let ledger = open_on(Arc::new(disk.clone()), &clock).unwrap();
    disk.limit_space(Some(disk.used()));
    let mut applied = 0;
    let failure = loop {
        let key = format!("k-{applied}");
        match ledger.submit(accrue(&key, "ann", 1)) {
            Ok(answer) => applied += answer.awarded,
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure.code(), Code::DiskFull, "{failure}");
    assert_eq!(
        ledger.submit(accrue("other", "bob", 1)).unwrap_err().code(),
        Code::DiskFull
    );
    assert_eq!(ledger.entries(1, 1_000).unwrap().len() as i64, applied);
    drop(ledger);
    assert!(open_on(Arc::new(disk.clone()), &clock).is_err());
    disk.limit_space(None);
    let again = open_on(Arc::new(disk), &clock).unwrap();
    let key = format!("k-{applied}");
    let answer = run(&again, &accrue(&key, "ann", 1));
    assert_eq!(
        (answer.replayed, answer.balance.available),
        (false, applied + 1)
    );
}

/// Runs a call on a thread of its own.
fn start<T: Send + 'static>(
    ledger: &Ledger,
    call: impl FnOnce(&Ledger) -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = channel();
    let ledger = ledger.clone();
    std::thread::spawn(move || sender.send(call(&ledger)));
    receiver
}

#[test]
fn while_a_sync_is_held_no_answer_leaves_that_rests_on_it() {
    let (disk, clock) = (FaultyDisk::new(), clock());
    let ledger = open_on(Arc::new(disk.clone()), &clock).unwrap();
    run(&ledger, &accrue("a", "ann", 10));
    run(&ledger, &accrue("b", "bob", 10));
    disk.hold_syncs();
    let held = start(&ledger, |ledger| ledger.submit(redeem("r", "ann", 4)));
    disk.wait_for_held_sync();
    let short = start(&ledger, |ledger| ledger.submit(redeem("s", "ann", 7)));
    let unknown = start(&ledger, |ledger| ledger.submit(redeem("u", "eve", 1)));
    let known = start(&ledger, |ledger| ledger.submit(accrue("b", "bob", 10)));
    let read = start(&ledger, |ledger| available(ledger, "ann"));
    let absent = start(&ledger, |ledger| ledger.balance(&id("eve"), "points", None));
    let total = start(&ledger, |ledger| ledger.trial_balance(None));
    for _ in 0..20 {
        assert_eq!(available(&ledger, "bob"), 10);
        assert_eq!(ledger.entry(1).unwrap().sequence, 1);
    }
    let patience = Duration::from_millis(100);
    assert!(held.recv_timeout(patience).is_err(), "its own sync is held");
    assert!(short.try_recv().is_err(), "a refusal rests on it");
    assert!(unknown.try_recv().is_err(), "so does a rejection");
    assert!(known.try_recv().is_err(), "and a replay");
    assert!(read.try_recv().is_err(), "and a balance that it changed");
    assert!(absent.try_recv().is_err() && total.try_recv().is_err());
    disk.release_syncs();
    assert_eq!(held.recv().unwrap().unwrap().balance.available, 6);
    assert_eq!(
        short.recv().unwrap().unwrap().code,
        Code::InsufficientPoints
    );
    assert_eq!(
        unknown.recv().unwrap().unwrap_err().code(),
        Code::MemberNotFound
    );
    assert!(known.recv().unwrap().unwrap().replayed);
    assert_eq!(read.recv().unwrap(), 6);
    assert_eq!(
        absent.recv().unwrap().unwrap_err().code(),
        Code::MemberNotFound
    );
    assert!(total.recv().unwrap().unwrap().balanced());
}

#[test]
fn a_full_queue_is_told_at_once() {
    let (disk, clock) = (FaultyDisk::new(), clock());
    let mut options = options(&clock);
    options.queue = 0;
    let ledger = Ledger::open_on(Arc::new(disk), options).unwrap();
    assert_eq!(
        ledger.submit(accrue("a", "ann", 1)).unwrap_err().code(),
        Code::Overloaded
    );
}

#[test]
fn many_threads_at_once_end_in_one_order() {
    let (disk, clock) = (FaultyDisk::new(), clock());
    let ledger = open_on(Arc::new(disk), &clock).unwrap();
    let done: Vec<Receiver<usize>> = (0..8)
        .map(|thread| {
            start(&ledger, move |ledger| {
                let mut applied = 0;
                for place in 0..40 {
                    let key = format!("{thread}/{place}");
                    let answer = run(ledger, &accrue(&key, "ann", 1));
                    applied += usize::from(answer.code == Code::Applied);
                    // The balance after names the place in the one order.
                    assert_eq!(answer.balance.available as u64, answer.sequence);
                }
                applied
            })
        })
        .collect();
    let applied: usize = done.iter().map(|thread| thread.recv().unwrap()).sum();
    assert_eq!(applied, 320);
    assert_eq!(available(&ledger, "ann"), 320);
    assert!(ledger.verify().unwrap().ok);
}
