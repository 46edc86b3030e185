//! What a failing disk leaves: acknowledged entries are always recovered, and what is recovered is a prefix.

mod journal_support;

use std::sync::Arc;

use journal_support::{Numbers, append, batch, check_all, create, directory, header, open, small};
use loyalty_ledger::journal::faulty::{FaultyDisk, Unsynced};
use loyalty_ledger::journal::{
    AppendError, FileLog, JournalError, Log, MemoryDisk, Options, backup, verify,
};

const GROUPS: [u64; 12] = [1, 5, 1, 12, 2, 30, 1, 1, 9, 60, 2, 3];

/// What had been acknowledged, and attempted, once so many operations were done.
#[derive(Debug, Clone, Copy)]
struct Moment {
    operations: usize,
    acknowledged: u64,
    attempted: u64,
}

/// Makes a ledger, appends, closes or not, opens again, appends. Notes the moments between.
fn history(disk: &FaultyDisk, close: bool) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut note = |acknowledged, attempted| {
        moments.push(Moment {
            operations: disk.operations(),
            acknowledged,
            attempted,
        });
    };
    let mut log = create(disk);
    note(0, 0);
    for round in 0..2 {
        for count in GROUPS {
            let tail = log.tail_hint();
            note(tail, tail + count);
            append(&mut log, count).unwrap();
            note(tail + count, tail + count);
        }
        if close {
            log.close().unwrap();
        }
        drop(log);
        log = open(disk).unwrap();
        assert_eq!(log.opening().copied, !close, "round {round}");
    }
    moments
}

fn recover(image: &MemoryDisk, moment: Moment) {
    if !FileLog::exists(image, directory()).unwrap() {
        assert_eq!(moment.acknowledged, 0);
        let mut log = create(image);
        append(&mut log, 3).unwrap();
        return;
    }
    let mut log = match open(image) {
        Ok(log) => log,
        Err(error) => panic!("after {moment:?}: {error}"),
    };
    let tail = check_all(&log.reader()).unwrap();
    assert!(tail >= moment.acknowledged, "{tail} after {moment:?}");
    assert!(tail <= moment.attempted, "{tail} after {moment:?}");
    append(&mut log, 40).unwrap();
    drop(log);
    let log = open(image).unwrap();
    assert_eq!(check_all(&log.reader()).unwrap(), tail + 40);
}

/// What had been acknowledged at least, and attempted at most, after so many operations.
fn moment_at(moments: &[Moment], operations: usize) -> Moment {
    let before = moments.iter().rev().find(|m| m.operations <= operations);
    let acknowledged = before.map_or(0, |moment| moment.acknowledged);
    let attempted = before.map_or(0, |moment| moment.attempted);
    Moment {
        operations,
        acknowledged,
        attempted,
    }
}

#[test]
fn a_power_failure_at_any_operation_loses_nothing_acknowledged() {
    for close in [false, true] {
        let disk = FaultyDisk::new();
        let moments = history(&disk, close);
        let mut numbers = Numbers(close.into());
        for operations in 0..=disk.operations() {
            let moment = moment_at(&moments, operations);
            recover(&disk.image(operations, |_| false), moment);
            recover(&disk.image(operations, |_| true), moment);
            recover(
                &disk.image(operations, |item| matches!(item, Unsynced::Name(_))),
                moment,
            );
            recover(
                &disk.image(operations, |item| !matches!(item, Unsynced::Name(_))),
                moment,
            );
            for _ in 0..6 {
                recover(&disk.image(operations, |_| numbers.flip()), moment);
            }
        }
    }
}

#[test]
fn a_power_failure_during_recovery_loses_nothing_either() {
    let disk = FaultyDisk::new();
    let mut log = create(&disk);
    for count in GROUPS {
        append(&mut log, count).unwrap();
    }
    let tail = log.tail_hint();
    // The last sync fails: the group stands in memory, the system takes it for written.
    disk.fail_sync(disk.syncs() + 1);
    let unknown = append(&mut log, 2).unwrap_err();
    assert!(matches!(unknown, AppendError::Unknown { .. }));
    drop(log);
    let before = disk.operations();
    let log = open(&disk).unwrap();
    assert_eq!(check_all(&log.reader()).unwrap(), tail + 2);
    let served = disk.operations();
    let mut numbers = Numbers(5);
    for operations in before..=served {
        for _ in 0..10 {
            let acknowledged = if operations == served { tail + 2 } else { tail };
            let moment = Moment {
                operations,
                acknowledged,
                attempted: tail + 2,
            };
            recover(&disk.image(operations, |_| numbers.flip()), moment);
            recover(&disk.image(operations, |_| false), moment);
        }
    }
}

#[test]
fn a_clean_close_whose_sync_failed_is_made_durable_by_the_next_opening() {
    let disk = FaultyDisk::new();
    let mut log = create(&disk);
    append(&mut log, 1).unwrap();
    disk.fail_sync(disk.syncs() + 1);
    assert!(log.close().is_err());
    drop(log);
    let mut log = open(&disk).unwrap();
    assert!(!log.opening().copied);
    append(&mut log, 1).unwrap();
    let image = disk.image(disk.operations(), |_| false);
    assert_eq!(check_all(&open(&image).unwrap().reader()).unwrap(), 2);
}

/// Appends until something fails. Answers the last acknowledged and the last attempted sequence.
fn run(disk: &FaultyDisk) -> (u64, u64) {
    let made = FileLog::create(Arc::new(disk.clone()), directory(), &header(), small());
    let Ok(mut log) = made else {
        return (0, 0);
    };
    for count in GROUPS {
        let tail = log.tail_hint();
        match append(&mut log, count) {
            Ok(()) => {}
            Err(AppendError::Unknown { .. }) => {
                for _ in 0..2 {
                    let again = append(&mut log, 1).unwrap_err();
                    assert!(matches!(again, AppendError::Poisoned));
                }
                assert!(matches!(log.close().unwrap_err(), AppendError::Poisoned));
                assert_eq!(log.tail_hint(), tail);
                assert_eq!(check_all(&log.reader()).unwrap(), tail);
                return (tail, tail + count);
            }
            Err(AppendError::Unavailable { .. }) => {
                assert_eq!(check_all(&log.reader()).unwrap(), tail);
                // Only the one write fails: the next attempt goes through.
                append(&mut log, count).unwrap();
            }
            Err(other) => panic!("{other}"),
        }
    }
    (log.tail_hint(), log.tail_hint())
}

fn faults(count: impl Fn(&FaultyDisk) -> u64, set: impl Fn(&FaultyDisk, u64)) {
    let unharmed = FaultyDisk::new();
    run(&unharmed);
    let total = count(&unharmed);
    assert!(total > 15);
    for n in 1..=total {
        let disk = FaultyDisk::new();
        set(&disk, n);
        let (acknowledged, attempted) = run(&disk);
        let moment = Moment {
            operations: disk.operations(),
            acknowledged,
            attempted,
        };
        // The process alone died; then also the power failed.
        recover(&disk.seen(), moment);
        recover(&disk.image(disk.operations(), |_| false), moment);
        let mut numbers = Numbers(n);
        let subset = disk.image(disk.operations(), |_| numbers.flip());
        recover(&subset, moment);
    }
}

#[test]
fn every_write_may_fail() {
    faults(FaultyDisk::writes, FaultyDisk::fail_write);
}

#[test]
fn every_sync_may_fail() {
    faults(FaultyDisk::syncs, FaultyDisk::fail_sync);
}

#[test]
fn every_write_and_sync_of_an_opening_may_fail() {
    for close in [false, true] {
        let disk = FaultyDisk::new();
        let mut log = create(&disk);
        for count in GROUPS {
            append(&mut log, count).unwrap();
        }
        let tail = log.tail_hint();
        if close {
            log.close().unwrap();
        }
        drop(log);
        let moment = Moment {
            operations: 0,
            acknowledged: tail,
            attempted: tail,
        };
        for n in 1.. {
            disk.fail_write(disk.writes() + n);
            disk.fail_sync(disk.syncs() + n);
            let opened = open(&disk);
            recover(&disk.seen(), moment);
            recover(&disk.image(disk.operations(), |_| false), moment);
            if opened.is_ok() {
                assert!(n > 1);
                break;
            }
        }
    }
}

#[test]
fn a_full_disk_refuses_and_takes_up_again() {
    let needed = {
        let disk = FaultyDisk::new();
        run(&disk);
        disk.used()
    };
    for space in (0..needed).step_by(512) {
        let disk = FaultyDisk::new();
        disk.limit_space(Some(space));
        let made = FileLog::create(Arc::new(disk.clone()), directory(), &header(), small());
        let mut log = match made {
            Ok(log) => log,
            Err(error) => {
                assert!(matches!(error, JournalError::NoSpace { .. }), "{error}");
                disk.limit_space(None);
                append(&mut create(&disk), 1).unwrap();
                continue;
            }
        };
        let mut refused = None;
        for count in GROUPS {
            if let Err(error) = append(&mut log, count) {
                assert!(matches!(error, AppendError::Unavailable { .. }), "{error}");
                refused = Some(log.tail_hint());
                break;
            }
        }
        if let Some(tail) = refused {
            assert!(append(&mut log, 100).is_err());
            assert_eq!(check_all(&log.reader()).unwrap(), tail);
            disk.limit_space(None);
            append(&mut log, 50).unwrap();
            assert_eq!(check_all(&log.reader()).unwrap(), tail + 50);
        }
        drop(log);
        disk.limit_space(Some(disk.used()));
        if let Err(error) = open(&disk) {
            assert!(matches!(error, JournalError::NoSpace { .. }), "{error}");
        }
        disk.limit_space(None);
        open(&disk).unwrap();
    }
}

#[test]
fn what_is_not_synced_is_not_seen() {
    let disk = FaultyDisk::new();
    let options = Options {
        smallest_segment: 4096,
        ..small()
    };
    let mut log = FileLog::create(Arc::new(disk.clone()), directory(), &header(), options).unwrap();
    append(&mut log, 2).unwrap();
    let reader = log.reader();
    disk.hold_syncs();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| log.append(2, &mut batch(3, 4)));
        disk.wait_for_held_sync();
        assert_eq!(check_all(&reader).unwrap(), 2);
        assert_eq!(reader.entry(3).unwrap(), None);
        disk.release_syncs();
        writer.join().unwrap().unwrap();
    });
    assert_eq!(check_all(&reader).unwrap(), 6);
}

#[test]
fn a_backup_cut_short_is_no_ledger() {
    let disk = FaultyDisk::new();
    let mut log = create(&disk);
    for count in GROUPS {
        append(&mut log, count).unwrap();
    }
    let reader = log.reader();
    let seen = verify(&reader).unwrap();
    let target = FaultyDisk::new();
    assert_eq!(backup(&reader, &target, directory(), None).unwrap(), seen);
    let mut numbers = Numbers(1);
    for operations in 0..target.operations() {
        let image = target.image(operations, |_| numbers.flip());
        if FileLog::exists(&image, directory()).unwrap() {
            assert_eq!(verify(&open(&image).unwrap().reader()).unwrap(), seen);
        }
    }
}
