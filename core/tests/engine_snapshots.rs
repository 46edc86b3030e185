//! Opening from a snapshot and the tail ends as opening from the journal alone.

mod ledgers;

use std::path::Path;
use std::sync::Arc;

use ledgers::*;
use loyalty_ledger::engine::{Ledger, Options, RowAnswer};
use loyalty_ledger::journal::{Disk, MemoryDisk};
use loyalty_ledger::ledger::rejection::Code;

fn names(disk: &MemoryDisk, suffix: &str) -> Vec<String> {
    let mut names = disk.list(Path::new("ledger")).unwrap();
    names.retain(|name| name.ends_with(suffix));
    names
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new("ledger").join(name)
}

/// A ledger with a long history in many small segments and a snapshot somewhere in it.
struct Made {
    disk: Arc<MemoryDisk>,
    digest: [u8; 32],
    answers: Vec<RowAnswer>,
}

fn with_snapshot(seed: u64, before: usize) -> Made {
    let disk = Arc::new(MemoryDisk::new());
    let ledger = reopen(&disk);
    let requests = history(seed, 400);
    let mut answers = Vec::new();
    for few in requests[..before].chunks(3) {
        answers.extend(rows(&ledger, few));
    }
    ledger.snapshot().unwrap();
    for few in requests[before..].chunks(3) {
        answers.extend(rows(&ledger, few));
    }
    let digest = ledger.digest().unwrap();
    ledger.close().unwrap();
    Made {
        disk,
        digest,
        answers,
    }
}

fn reopen(disk: &Arc<MemoryDisk>) -> Ledger {
    let mut options = options(&clock());
    options.journal.largest_segment = 4_096;
    Ledger::open_on(disk.clone(), options).unwrap()
}

#[test]
fn a_snapshot_at_any_moment_and_the_tail_are_the_whole() {
    for (seed, before) in (0..24).map(|seed| (seed, 17 * seed as usize)) {
        let made = with_snapshot(seed, before);
        let again = reopen(&made.disk);
        assert_eq!(again.digest().unwrap(), made.digest, "seed {seed}");
        let info = again.info().unwrap();
        assert_eq!(info.snapshot > 0, before > 0);
        let report = again.verify().unwrap();
        assert!(report.ok, "{:?}", report.problems);
        let second = rows(&again, &history(seed, 400));
        for (first, second) in made.answers.iter().zip(second) {
            let replayed = RowAnswer {
                replayed: true,
                ..*first
            };
            assert!(
                first.sequence == 0 || second == replayed,
                "seed {seed}: {second:?}"
            );
        }
    }
}

#[test]
fn damaged_snapshots_and_lookup_files_are_passed_over_and_made_again() {
    let Made { disk, digest, .. } = with_snapshot(3, 300);
    let snapshots = names(&disk, ".snapshot");
    let lookups = names(&disk, ".keys");
    assert!(
        snapshots.len() == 1 && lookups.len() > 1,
        "{snapshots:?} {lookups:?}"
    );
    for name in snapshots.iter().chain(&lookups) {
        let damaged = disk.copy();
        let mut bytes = damaged.get(&path(name)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        damaged.put(&path(name), bytes);
        let ledger = reopen(&Arc::new(damaged));
        assert_eq!(ledger.digest().unwrap(), digest);
        let notices = ledger.info().unwrap().notices;
        assert_eq!(notices.len(), 1, "{notices:?}");
    }
    for name in &lookups {
        disk.remove(&path(name)).unwrap();
    }
    assert_eq!(reopen(&disk).digest().unwrap(), digest);
    assert_eq!(names(&disk, ".keys"), lookups);
    assert_eq!(reopen(&disk).info().unwrap().notices, Vec::<String>::new());
}

#[test]
fn a_snapshot_ahead_of_the_journal_says_that_entries_are_lost() {
    let clock = clock();
    let disk = Arc::new(MemoryDisk::new());
    let ledger = Ledger::open_on(disk.clone(), options(&clock)).unwrap();
    run(&ledger, &accrue("a", "ann", 1));
    ledger.close().unwrap();
    let before = disk.copy();
    let ledger = Ledger::open_on(disk.clone(), options(&clock)).unwrap();
    run(&ledger, &accrue("b", "ann", 1));
    ledger.snapshot().unwrap();
    ledger.close().unwrap();
    let name = names(&disk, ".snapshot").pop().unwrap();
    before.put(&path(&name), disk.get(&path(&name)).unwrap());
    let error = Ledger::open_on(Arc::new(before), options(&clock)).unwrap_err();
    assert_eq!(error.code(), Some(Code::ChainBroken));
    assert!(error.to_string().contains("entries are lost"), "{error}");
}

#[test]
fn snapshots_come_by_themselves_and_old_ones_go() {
    let clock = clock();
    let disk = Arc::new(MemoryDisk::new());
    let every = Options {
        snapshot_every: 10,
        ..options(&clock)
    };
    let ledger = Ledger::open_on(disk.clone(), every).unwrap();
    let mut seen = Vec::new();
    let start = std::time::Instant::now();
    for place in 0.. {
        if start.elapsed().as_secs() > 60 {
            break;
        }
        std::thread::yield_now();
        let key = format!("k-{place}");
        run(&ledger, &accrue(&key, "ann", 1));
        let newest = ledger.info().unwrap().snapshot;
        if newest > seen.last().copied().unwrap_or(0) {
            seen.push(newest);
        }
        if seen.len() == 4 {
            break;
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    let digest = ledger.digest().unwrap();
    ledger.close().unwrap();
    let kept = names(&disk, ".snapshot");
    assert!(kept.len() <= 2, "{kept:?}");
    assert_eq!(
        open(&(disk as Arc<dyn Disk>), &clock).digest().unwrap(),
        digest
    );
}
