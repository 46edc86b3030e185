//! What a ledger does whose state has been damaged in memory: nothing of it may reach the journal.

use std::sync::Arc;

use super::clock::{Clock, ManualClock};
use super::ledger::Ledger;
use super::open::Options;
use crate::journal::{self, Disk, MemoryDisk};
use crate::ledger::keys::Slot;
use crate::ledger::rejection::Code;
use crate::ledger::request::{Accrue, Command, MemberName, Request};
use crate::ledger::time::Instant;

fn open(disk: &Arc<dyn Disk>) -> Ledger {
    let options = Options {
        clock: Clock::Manual(ManualClock::new(Instant(1_767_225_600_000_000))),
        journal: journal::Options {
            background: false,
            ..journal::Options::default()
        },
        ..Options::default()
    };
    Ledger::open_on(Arc::clone(disk), options).unwrap()
}

fn accrue(key: &str) -> Request<'_> {
    let accrue = Accrue {
        member: MemberName::Id("ann".into()),
        wallet: "points".into(),
        points: 5,
        activates_at: None,
        expires_at: None,
        funder: None,
        price: None,
        enroll: true,
        joining: None,
    };
    Request {
        caller: "".into(),
        key: key.into(),
        occurred_at: None,
        details: None,
        command: Command::Accrue(accrue),
    }
}

fn available(ledger: &Ledger) -> i64 {
    let ann = MemberName::Id("ann".into());
    let view = ledger.balance(&ann, "points", None).unwrap();
    view.balance.available
}

#[test]
fn an_entry_that_contradicts_the_state_is_dropped_and_writes_stop() {
    let disk: Arc<dyn Disk> = Arc::new(MemoryDisk::new());
    let ledger = open(&disk);
    ledger.submit(accrue("one")).unwrap();
    let sound = ledger.digest().unwrap();
    let day = 86_400_000_000_000;
    ledger.core().state.write().objects.recorded_at.0 += day;
    let damaged = ledger.digest().unwrap();
    for key in ["two", "three"] {
        let refused = ledger.submit(accrue(key)).unwrap_err();
        assert_eq!(refused.code(), Code::AuditFailed);
        let told = refused.to_string();
        assert!(
            told.contains("entry 2 contradicts the state: it is recorded before its predecessor"),
            "{told}"
        );
    }
    assert_eq!(ledger.digest().unwrap(), damaged, "the state is untouched");
    assert_eq!(ledger.entries(1, 10).unwrap().len(), 1);
    assert_eq!(available(&ledger), 5, "reads stay");
    assert!(!ledger.verify().unwrap().ok);
    ledger.close().unwrap();
    let again = open(&disk);
    assert_eq!(again.digest().unwrap(), sound);
    again.submit(accrue("two")).unwrap();
    assert_eq!(available(&again), 10);
}

#[test]
fn a_key_that_the_journal_does_not_know_is_found() {
    let disk: Arc<dyn Disk> = Arc::new(MemoryDisk::new());
    let ledger = open(&disk);
    ledger.submit(accrue("one")).unwrap();
    assert!(ledger.verify().unwrap().ok);
    let mut state = ledger.core().state.write();
    let print = state.print("", "never sent");
    state.keys.insert(Slot::new(print, 1));
    drop(state);
    let expected = [
        "the state has 2 keys, the journal gives 1",
        "a key leads to entry 1, but the journal has no such key",
    ];
    assert_eq!(ledger.verify().unwrap().problems, expected);
}
