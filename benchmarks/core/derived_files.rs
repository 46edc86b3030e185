//! Snapshots and lookup files at the size that is claimed: what writing them and opening from them takes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant as Watch};

use loyalty_ledger::engine::lookup::{self, Lookup, Segment};
use loyalty_ledger::engine::snapshot;
use loyalty_ledger::journal::RealDisk;
use loyalty_ledger::ledger::entry::{Entry, Figures, RecordedAt};
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId};
use loyalty_ledger::ledger::members::Chunk;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{Command, Request};
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::tables::Hashing;
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::ledger::wallet::Wallet;

const SECRET: [u8; 16] = [7; 16];
const LEDGER: [u8; 16] = [9; 16];
const MEMBERS: u64 = 5_000_000;
const LOTS: u64 = 4;
const KEYS: u64 = 20_000_000;
const SEGMENT_KEYS: u64 = 600_000;
const ROUNDS: usize = 5;

/// `MEMBERS` members with `LOTS` lots each.
fn state() -> State {
    let mut state = State::new(SECRET);
    let mut number = 0;
    while number < MEMBERS {
        let mut chunk = Chunk::with_room(1_024, 1_024 * 10);
        for place in 0..1_024.min(MEMBERS - number) as usize {
            chunk.add(&format!("m-{number:08}"));
            let lots = (0..LOTS).map(|lot| {
                let sequence = 1 + (number + lot * MEMBERS) * 7_919 % KEYS;
                Lot {
                    id: LotId::new(sequence, 0),
                    amount: 1 + (sequence % 3_000) as i64,
                    activates_at: Instant(1_773_652_500_000_000 + sequence as i64 * 1_001),
                    expires_at: Instant(1_806_537_600_000_000 + lot as i64 * 2_678_400_000_000),
                    origin: sequence,
                    terms: TermsId::NONE,
                    pending: false,
                }
            });
            let wallet = Wallet::from_parts(lots.collect(), Vec::new(), 0, number + 1);
            *chunk.member_mut(place).wallet_mut(0) = wallet;
            number += 1;
        }
        chunk.find_due();
        state.objects.chunks.push(Arc::new(chunk));
    }
    state.objects.sequence = KEYS;
    state.objects.recorded_at = RecordedAt(1);
    state
}

fn segments() -> impl Iterator<Item = Segment> {
    (0..KEYS.div_ceil(SEGMENT_KEYS)).map(|number| Segment {
        ledger: LEDGER,
        number,
        first_sequence: number * SEGMENT_KEYS + 1,
        last_sequence: ((number + 1) * SEGMENT_KEYS).min(KEYS),
    })
}

fn write_lookups(directory: &Path) {
    let hashing = Hashing::new(SECRET);
    for segment in segments() {
        let mut lookup = Lookup::default();
        for sequence in segment.first_sequence..=segment.last_sequence {
            let request = Request {
                caller: "".into(),
                key: format!("store12/t3/{sequence:016}").into(),
                occurred_at: None,
                command: Command::Sweep,
                details: None,
            };
            let entry = Entry {
                sequence,
                recorded_at: RecordedAt(1),
                program: 0,
                request,
                code: Code::Applied,
                figures: Figures::default(),
                original: 0,
                facts: Default::default(),
                effects: Default::default(),
            };
            lookup.add(&hashing, &entry);
        }
        lookup::write(&RealDisk, directory, &segment, lookup).expect("the disk takes it");
    }
}

/// Runs one step and adds how long it took.
fn timed<T>(
    times: &mut Vec<(&'static str, Vec<Duration>)>,
    name: &'static str,
    run: impl FnOnce() -> T,
) -> T {
    let watch = Watch::now();
    let done = run();
    let took = watch.elapsed();
    match times.iter_mut().find(|step| step.0 == name) {
        Some(step) => step.1.push(took),
        None => times.push((name, vec![took])),
    }
    done
}

fn main() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let mut times = Vec::new();
    let mut bytes = 0;
    let written = state();
    write_lookups(folder.path());
    for _ in 0..ROUNDS {
        let view = timed(&mut times, "view taken", || written.objects.clone());
        bytes = timed(&mut times, "snapshot written", || {
            snapshot::write(&RealDisk, folder.path(), LEDGER, view.clone())
                .expect("the disk takes it")
        });
        let objects = timed(&mut times, "snapshot read", || {
            snapshot::load(&RealDisk, folder.path(), LEDGER, KEYS).expect("it is good")
        });
        let mut state = timed(&mut times, "members indexed", || {
            State::around(objects, SECRET)
        });
        timed(&mut times, "keys read", || {
            for segment in segments() {
                let lookup = lookup::load(&RealDisk, folder.path(), &segment);
                lookup.expect("it is good").pour(&mut state);
            }
        });
        assert_eq!(state.keys.len() as u64, KEYS);
    }
    println!(
        "{MEMBERS} members, {} lots, {KEYS} keys; snapshot of {bytes} bytes",
        MEMBERS * LOTS
    );
    for (name, mut took) in times {
        took.sort_unstable();
        println!(
            "{name}: median {:?}, {:?} to {:?}",
            took[ROUNDS / 2],
            took[0],
            took[ROUNDS - 1]
        );
    }
}
