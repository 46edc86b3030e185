//! Who may open a ledger and how, what it takes from clocks, copies and journals it did not write itself.

mod ledgers;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use ledgers::*;
use loyalty_ledger::engine::{Clock, Ledger, Options, ScriptedTime, codec, restore_on};
use loyalty_ledger::journal::{
    self, Access, Batch, Disk, DiskFile, DiskLock, FileLog, Kind, Log, MemoryDisk,
};
use loyalty_ledger::ledger::entry::{Entry, Flow, RecordedAt};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{ChangeAlias, Command, MemberName};
use loyalty_ledger::ledger::time::Instant;

const PATIENCE: Duration = Duration::from_secs(20);

fn directory() -> &'static Path {
    Path::new("ledger")
}

#[test]
fn a_second_opener_is_told_who_holds_it_and_a_reader_is_not_kept_out() {
    let (disk, clock) = (memory(), clock());
    let writer = open(&disk, &clock);
    let second = Ledger::open_on(Arc::clone(&disk), options(&clock)).unwrap_err();
    assert!(second.to_string().contains("held by another"), "{second}");
    let read_only = Options {
        read_only: true,
        clock: Clock::System,
        ..options(&clock)
    };
    let reader = Ledger::open_on(Arc::clone(&disk), read_only.clone()).unwrap();
    assert_eq!(
        reader.submit(accrue("x", "ann", 1)).unwrap_err().code(),
        Code::ReadOnly
    );
    assert_eq!(reader.snapshot().unwrap_err().code(), Code::ReadOnly);
    for points in 1..40 {
        let key = format!("k-{points}");
        run(&writer, &accrue(&key, "ann", 1));
        assert_eq!(available(&reader, "ann"), points);
        assert_eq!(reader.digest().unwrap(), writer.digest().unwrap());
    }
    writer.snapshot().unwrap();
    run(&writer, &accrue("last", "ann", 1));
    let later = Ledger::open_on(Arc::clone(&disk), read_only.clone()).unwrap();
    assert_eq!(later.digest().unwrap(), writer.digest().unwrap());
    assert_eq!(later.entry_by_key("till", "last").unwrap().sequence, 40);
    assert!(reader.verify().unwrap().ok);
    writer.close().unwrap();
    assert_eq!(available(&reader, "ann"), 40);
    let none = Ledger::open_on(memory(), read_only).unwrap_err();
    assert!(none.to_string().contains("no ledger"), "{none}");
}

#[test]
fn a_ledger_is_made_only_if_asked_for() {
    let clock = clock();
    let absent = Options {
        create: false,
        ..options(&clock)
    };
    let error = Ledger::open_on(memory(), absent).unwrap_err();
    assert!(error.to_string().contains("no ledger"), "{error}");
}

#[test]
fn a_system_clock_that_jumps_stops_writes_until_it_is_accepted() {
    let disk = memory();
    let time = ScriptedTime::new(START);
    let on = |accept_clock| Options {
        clock: Clock::Scripted(time.clone()),
        accept_clock,
        clock_jump_micros: MINUTE,
        ..options(&clock())
    };
    let ledger = Ledger::open_on(Arc::clone(&disk), on(false)).unwrap();
    run(&ledger, &accrue("a", "ann", 1));
    time.pass(60 * MINUTE);
    run(&ledger, &accrue("b", "ann", 1));
    ledger.check_writable().unwrap();
    time.jump(-30 * MINUTE);
    assert_eq!(
        ledger.check_writable().unwrap_err().code(),
        Code::ClockJump,
        "before a write finds out"
    );
    assert_eq!(
        ledger.submit(accrue("c", "ann", 1)).unwrap_err().code(),
        Code::ClockJump
    );
    assert_eq!(available(&ledger, "ann"), 2);
    assert!(
        run(&ledger, &accrue("b", "ann", 1)).replayed,
        "what needs no instant is answered"
    );
    drop(ledger);
    let still = Ledger::open_on(Arc::clone(&disk), on(false)).unwrap();
    assert_eq!(
        still.submit(accrue("c", "ann", 1)).unwrap_err().code(),
        Code::ClockJump
    );
    drop(still);
    let accepted = Ledger::open_on(Arc::clone(&disk), on(true)).unwrap();
    let before = accepted.entry(2).unwrap().recorded_at;
    let answer = run(&accepted, &accrue("c", "ann", 1));
    assert_eq!(
        answer.recorded_at.0,
        before.0 + 2,
        "the record of the operator stands between"
    );
    assert!(matches!(
        accepted.entry(3).unwrap().request.command,
        Command::Record(_)
    ));
}

#[test]
fn an_alias_finds_its_member_without_the_clear_value_being_stored() {
    let (disk, clock) = (Arc::new(MemoryDisk::new()), clock());
    let ledger = Ledger::open_on(disk.clone(), options(&clock)).unwrap();
    run(&ledger, &accrue("a", "ann", 7));
    let card = ledger.alias("card", "2760 0012 3456").unwrap();
    let change = ChangeAlias {
        member: id("ann"),
        alias: card.clone(),
    };
    run(&ledger, &request("add", Command::AddAlias(change)));
    let by_card = |ledger: &Ledger| {
        let name = MemberName::Alias(ledger.alias("card", "276000123456").unwrap());
        ledger
            .balance(&name, "points", None)
            .unwrap()
            .balance
            .available
    };
    assert_eq!((by_card(&ledger), card.last_digits), (7, 3456));
    ledger.close().unwrap();
    for name in disk.list(directory()).unwrap() {
        let bytes = disk.get(&directory().join(name)).unwrap();
        assert!(!bytes.windows(12).any(|window| window == b"276000123456"));
    }
    let key_file = directory().join(loyalty_ledger::engine::ALIAS_KEY_FILE);
    assert_eq!(
        by_card(&Ledger::open_on(disk.clone(), options(&clock)).unwrap()),
        7
    );
    disk.put(&key_file, vec![1; 32]);
    let foreign = Ledger::open_on(disk.clone(), options(&clock)).unwrap_err();
    assert!(
        foreign.to_string().contains("not this ledger's"),
        "{foreign}"
    );
    disk.remove(&key_file).unwrap();
    let missing = Ledger::open_on(disk, options(&clock)).unwrap_err();
    assert!(missing.to_string().contains("backup"), "{missing}");
}

#[test]
fn a_backup_is_restored_whole_or_up_to_an_entry() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    let mut digests = vec![ledger.digest().unwrap()];
    for points in 1..=30 {
        let key = format!("k-{points}");
        run(&ledger, &accrue(&key, "ann", points));
        digests.push(ledger.digest().unwrap());
    }
    let target = |name: &'static str| Path::new(name);
    for (name, through) in [("whole", None), ("part", Some(17)), ("nothing", Some(0))] {
        let last = restore_on(
            Arc::clone(&disk),
            directory(),
            Arc::clone(&disk),
            target(name),
            through,
        )
        .unwrap();
        assert_eq!(last, through.unwrap_or(30));
    }
    run(&ledger, &accrue("after", "ann", 1));
    let part = Arc::new(MemoryDisk::new());
    restore_on(
        Arc::clone(&disk),
        directory(),
        part.clone(),
        directory(),
        Some(17),
    )
    .unwrap();
    let restored = Ledger::open_on(part, options(&clock)).unwrap();
    assert_eq!(restored.info().unwrap().entries, 18);
    assert_eq!(available(&restored, "ann"), (1..=17).sum::<i64>());
    assert!(restored.verify().unwrap().ok);
    assert!(run(&restored, &accrue("k-17", "ann", 17)).replayed);
    assert!(!run(&restored, &accrue("k-18", "ann", 18)).replayed);
    let refused = |to: Arc<dyn Disk>, through| {
        restore_on(Arc::clone(&disk), directory(), to, target("part"), through).unwrap_err()
    };
    let occupied = refused(Arc::clone(&disk), None);
    assert_eq!(occupied.code(), Some(Code::DirectoryNotEmpty));
    let beyond = refused(memory(), Some(99));
    assert_eq!(beyond.code(), Some(Code::TransactionNotFound));
    let told = "the journal ends at sequence 31, sequence 99 is not in it; ask for at most 31";
    assert_eq!(beyond.to_string(), told);
}

#[test]
fn an_online_backup_opens_as_the_ledger_it_copied() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let place = |name: &str| directory.path().join(name);
    let ledger = Ledger::open(&place("live"), options(&clock)).unwrap();
    rows(&ledger, &history(4, 200));
    let digest = ledger.digest().unwrap();
    let last = ledger.backup(&place("copy")).unwrap();
    assert_eq!(last, ledger.info().unwrap().entries);
    run(&ledger, &accrue("after", "m-1", 1));
    let copy = Ledger::open(&place("copy"), options(&clock)).unwrap();
    assert_eq!(copy.digest().unwrap(), digest);
    assert_eq!(
        copy.alias("card", "1").unwrap(),
        ledger.alias("card", "1").unwrap()
    );
    let again = ledger.backup(&place("copy")).unwrap_err();
    assert_eq!(again.code(), Code::DirectoryNotEmpty);
    let told = again.to_string();
    assert!(told.ends_with("choose an empty directory"), "{told}");
}

/// Appends an entry to the journal of a closed ledger, as no engine would.
fn append_by_hand(disk: &Arc<dyn Disk>, change: impl FnOnce(&mut Entry<'static>)) -> u64 {
    let mut log = FileLog::open(Arc::clone(disk), directory(), options(&clock()).journal).unwrap();
    let tail = log.tail_hint();
    let found = log.entry(tail).unwrap().unwrap();
    let expected = RecordedAt(found.time_base + i64::from(found.index));
    let mut entry = codec::decode(tail, expected, &found.bytes)
        .unwrap()
        .into_owned();
    entry.sequence += 1;
    entry.recorded_at.0 += 1;
    entry.request.key = "by hand".into();
    change(&mut entry);
    let mut batch = Batch::new();
    batch.clear(tail + 1, entry.recorded_at.0);
    batch.push_with(|bytes| codec::encode(&entry, entry.recorded_at, bytes));
    log.append(tail, &mut batch).unwrap();
    log.close().unwrap();
    tail + 1
}

/// A redemption that drew the lot which expires first; another one expires later.
fn two_lots_and_a_redemption(disk: &Arc<dyn Disk>) {
    let ledger = open(disk, &clock());
    run(
        &ledger,
        &accrue_until("a", "ann", 50, Instant(START.0 + 9 * DAY)),
    );
    run(
        &ledger,
        &accrue_until("b", "ann", 50, Instant(START.0 + 5 * DAY)),
    );
    run(&ledger, &redeem("r", "ann", 10));
}

#[test]
fn an_entry_that_contradicts_the_state_is_named_and_nothing_opens() {
    let disk = memory();
    two_lots_and_a_redemption(&disk);
    let bad = append_by_hand(&disk, |entry| {
        entry.effects[0].previous = 3;
        entry.effects[0].after.available -= 10;
        entry.effects[0].movements[0].lot.amount = 41;
    });
    let error = Ledger::open_on(Arc::clone(&disk), options(&clock())).unwrap_err();
    assert_eq!(error.code(), Some(Code::AuditFailed));
    assert!(
        error.to_string().contains(&format!("entry {bad} ")),
        "{error}"
    );
    let before = Arc::new(MemoryDisk::new());
    restore_on(
        disk,
        directory(),
        before.clone(),
        directory(),
        Some(bad - 1),
    )
    .unwrap();
    assert_eq!(
        available(&Ledger::open_on(before, options(&clock())).unwrap(), "ann"),
        90
    );
}

#[test]
fn facts_that_todays_rules_would_not_decide_are_replayed_as_they_are() {
    let disk = memory();
    two_lots_and_a_redemption(&disk);
    let sequence = append_by_hand(&disk, |entry| {
        // Drawn from the lot that expires last, which no draw order does before the other is empty.
        let effect = &mut entry.effects[0];
        effect.previous = 3;
        effect.after.available -= 10;
        effect.movements[0].lot = loyalty_ledger::ledger::lot::Lot {
            id: loyalty_ledger::ledger::lot::LotId::new(1, 0),
            origin: 1,
            expires_at: Instant(START.0 + 9 * DAY),
            ..effect.movements[0].lot
        };
    });
    let ledger = open(&disk, &clock());
    let drawn = ledger.entry(sequence).unwrap();
    assert_eq!(drawn.effects[0].movements[0].flow, Flow::Redeemed);
    let lots = ledger.balance(&id("ann"), "points", None).unwrap().lots;
    assert_eq!(
        lots.iter().map(|lot| lot.amount).collect::<Vec<_>>(),
        [40, 40]
    );
    assert!(run(&ledger, &redeem("by hand", "ann", 10)).replayed);
    assert!(ledger.verify().unwrap().ok);
}

/// A disk that panics at the next write once it is armed.
#[derive(Debug)]
struct Defect {
    disk: MemoryDisk,
    armed: Arc<AtomicBool>,
}

#[derive(Debug)]
struct DefectFile {
    file: Arc<dyn DiskFile>,
    armed: Arc<AtomicBool>,
}

impl Defect {
    fn wrap(&self, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        let armed = Arc::clone(&self.armed);
        Arc::new(DefectFile { file, armed })
    }
}

impl Disk for Defect {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(self.disk.create(path)?))
    }
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(self.disk.open(path, access)?))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }
    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        self.disk.list(directory)
    }
    fn create_directory(&self, directory: &Path) -> io::Result<()> {
        self.disk.create_directory(directory)
    }
    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        self.disk.sync_directory(directory)
    }
    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>> {
        self.disk.lock(path)
    }
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        self.disk.kind(path)
    }
}

impl DiskFile for DefectFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        assert!(!self.armed.load(Ordering::SeqCst), "a defect");
        self.file.write_at(bytes, offset)
    }
    fn prepare(&self, length: u64) -> io::Result<()> {
        self.file.prepare(length)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}

#[test]
fn a_panic_while_writing_poisons() {
    let armed = Arc::new(AtomicBool::new(false));
    let disk = Defect {
        disk: MemoryDisk::new(),
        armed: Arc::clone(&armed),
    };
    let ledger = Ledger::open_on(Arc::new(disk), options(&clock())).unwrap();
    run(&ledger, &accrue("a", "ann", 1));
    run(&ledger, &accrue("b", "bob", 1));
    armed.store(true, Ordering::SeqCst);
    assert_eq!(
        ledger.submit(accrue("c", "ann", 1)).unwrap_err().code(),
        Code::OutcomeUnknown
    );
    armed.store(false, Ordering::SeqCst);
    assert_eq!(
        ledger.submit(accrue("d", "bob", 1)).unwrap_err().code(),
        Code::Poisoned
    );
    let ready = Ready(vec![(accrue("e", "bob", 1).into_owned(), None)]);
    assert_eq!(
        ledger.submit_rows(Arc::new(ready)).unwrap_err().code(),
        Code::Poisoned
    );
    assert_eq!(available(&ledger, "bob"), 1);
}

#[test]
fn what_cannot_be_a_ledger_is_told_apart() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let options = || options(&clock());
    let error = Ledger::open(&file, options()).unwrap_err();
    assert!(error.to_string().contains("not a directory"), "{error}");
    let other = place.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("notes.txt"), "x").unwrap();
    let error = Ledger::open(&other, options()).unwrap_err();
    assert!(
        error.to_string().contains("in use by other files"),
        "{error}"
    );
    assert_eq!(
        std::fs::read_dir(&other).unwrap().count(),
        1,
        "the notes alone; no key is left behind"
    );
    let ledger = place.path().join("ledger");
    Ledger::open(&ledger, options()).unwrap().close().unwrap();
    let error = journal::FileLog::create(
        Arc::new(journal::RealDisk),
        &ledger,
        &journal::LedgerHeader::read(&journal::RealDisk, &ledger).unwrap(),
        journal::Options::default(),
    );
    assert!(error.is_err());
}

/// A watcher waits for an entry that nobody has decided. It must not use up the wish of whoever decides it.
#[test]
fn who_waits_for_what_is_not_decided_holds_up_nobody() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    for number in 0..3_000 {
        let (watched, watcher) = channel();
        ledger.when_durable(ledger.durable() + 1, move |reached| {
            watched.send(reached).unwrap();
        });
        let (tell, told) = channel();
        let key = format!("k-{number}");
        let waits_for = ledger.submit_then(&accrue(&key, "ann", 1), move |answer| {
            tell.send(answer).unwrap()
        });
        ledger.ask_for_sync(waits_for.unwrap());
        let answer = told.recv_timeout(PATIENCE).expect("it is answered");
        assert_eq!(answer.unwrap().answer.sequence, number + 1);
        watcher.recv_timeout(PATIENCE).expect("it is told").unwrap();
    }
}
